package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"larder/internal/app"
	"larder/internal/app/config"
	"larder/internal/edge/store/invariant"
	"larder/internal/edge/store/sqlite"
	"larder/internal/sim/demo"
	"larder/internal/sim/rig"
)

const (
	org         = "bench"
	seed        = 20261123         // of goods, scales and hands; every run is the same fleet
	pieces      = 40               // in each lane: no lane weighs more than a scale carries
	readyTime   = 30 * time.Second // for the platform to start
	connectTime = 60 * time.Second // for the whole fleet to get through
	stopTime    = 12 * time.Second // the platform promises 10
	signInsWide = 16               // at once
)

// Config is a measurement.
type Config struct {
	Program string        // path of the binary whose `serve` is measured
	Dir     string        // a folder on the disk to be measured; a folder in it is made and removed
	Rate    float64       // purchases begun a second, evenly
	Window  time.Duration // of the measurement; the load begins earlier, so that it is full by then
	Doors   int           // cabinets with one door each
	Open    time.Duration // how long each door is open
	Profile string        // where the platform writes its CPU profile; "" for none
	Tell    io.Writer     // progress, for people
}

// Check judges the measurement's size; the error is [*config.Invalid] under the keys of the command.
func (c Config) Check() error {
	var wrong []config.Problem
	unless := func(ok bool, key, format string, args ...any) {
		if !ok {
			wrong = append(wrong, config.Problem{Key: key, Reason: fmt.Sprintf(format, args...)})
		}
	}
	unless(c.Rate > 0 && c.Rate <= 1000, "rate", "%v a second is outside 0..1000", c.Rate) // NaN is, too
	unless(c.Window >= time.Second && c.Window <= time.Hour, "seconds", "%s is outside 1s..1h", c.Window)
	unless(c.Doors >= 1 && c.Doors <= 2000, "doors", "%d is outside 1..2000", c.Doors)
	unless(c.Open >= time.Second && c.Open <= time.Minute, "open", "%s is outside 1s..1m", c.Open)
	if folder, err := os.Stat(c.Dir); err != nil || !folder.IsDir() {
		unless(false, "dir", "%q is no folder", c.Dir)
	}
	if len(wrong) == 0 {
		return nil
	}
	return &config.Invalid{Problems: wrong}
}

// Run sets an installation up, loads it and returns what was measured, nil if it did not come to that.
// A result comes with an error if purchases came out wrong or were lost, or if the books do not agree.
func Run(ctx context.Context, c Config) (result *Result, err error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(c.Dir, "larder-bench-")
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	provider, err := rig.StartProvider(ctx, rig.Ears{})
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	defer func() { err = errors.Join(err, provider.Close()) }()
	site, err := rig.NewSite(ctx, dir, provider, nil)
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	site.Profile = c.Profile
	r, err := furnish(ctx, c, site, provider)
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	return serve(ctx, c, site, r)
}

// furnish registers the fleet and builds it.
func furnish(ctx context.Context, c Config, site *rig.Site, provider *rig.Provider) (*rig.Rig, error) {
	plan, err := rig.Fleet(c.Doors, pieces, seed)
	if err != nil {
		return nil, err
	}
	setup, err := app.OpenSetup(ctx, config.Config{DB: site.DB, Master: config.Master{Key: config.NewSecret(site.MasterKey)}})
	if err != nil {
		return nil, err
	}
	registered, err := register(ctx, setup, plan)
	if err := errors.Join(err, setup.Close()); err != nil {
		return nil, err
	}
	return rig.New(rig.Config{Plan: plan, Registered: registered, Seed: seed, Site: site, Provider: provider})
}

func register(ctx context.Context, setup *app.Setup, plan demo.Plan) ([]demo.Registered, error) {
	if _, err := setup.AddOrg(ctx, org, "Larder Bench"); err != nil {
		return nil, err
	}
	return setup.Furnish(ctx, org, plan)
}

// serve runs the platform and the fleet for the time of the measurement.
func serve(ctx context.Context, c Config, site *rig.Site, r *rig.Rig) (*Result, error) {
	within, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	platform, err := site.Start(ctx, c.Program)
	if err != nil {
		return nil, err
	}
	defer platform.Kill()
	if err := platform.WaitReady(within); err != nil {
		return nil, err
	}
	live, end := context.WithCancel(ctx)
	fleet := make(chan struct{})
	go func() { defer close(fleet); r.Run(live) }()
	defer func() { end(); <-fleet }()
	result, err := measure(ctx, c, site, r)
	if err != nil {
		return result, err
	}
	stopping, cancel := context.WithTimeout(ctx, stopTime)
	defer cancel()
	return result, errors.Join(look(ctx, site.DB), platform.Stop(stopping))
}

// measure signs shoppers in, loads the platform and reads what it tells of itself at both ends of the
// window.
func measure(ctx context.Context, c Config, site *rig.Site, r *rig.Rig) (*Result, error) {
	within, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	if err := r.WaitConnected(within); err != nil {
		return nil, err
	}
	l, err := newLoad(ctx, c, r)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(c.Tell, "%d cabinets are connected, %d shoppers signed in\n", c.Doors, len(l.shoppers))
	gauge := newGauge(site.URL(), l)
	defer gauge.close()
	shopping, giveUp := context.WithCancel(ctx)
	ended := l.begin(shopping)
	defer func() { giveUp(); <-ended }() // at once if they have all gone
	var ends [2]reading
	for i, wait := range []time.Duration{l.fill(), c.Window} {
		if err := pause(ctx, wait); err != nil {
			return nil, err
		}
		if ends[i], err = gauge.read(ctx); err != nil {
			return nil, err
		}
		fmt.Fprintf(c.Tell, "%s: %d purchases have ended\n", []string{"the window opens", "the window closes"}[i], l.tally.ended.Load())
	}
	l.stop()
	<-ended
	l.tell(c.Tell)
	result := resultOf(ends[0], ends[1])
	return &result, l.verdict()
}

// look audits the database that is in use.
func look(ctx context.Context, path string) (err error) {
	db, err := sqlite.OpenReadOnly(ctx, sqlite.Config{Path: path})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	report, err := invariant.Run(ctx, db)
	if err == nil && !report.Clean {
		err = errors.New("bench: the audit found broken invariants")
	}
	return err
}

// pause lets d pass, or returns the context's error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
