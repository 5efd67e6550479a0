package stand

import (
	"context"
	"os/exec"
	"sync"
	"testing"
	"time"

	"larder/internal/app"
	"larder/internal/app/config"
	"larder/internal/sim/cabinet"
	"larder/internal/sim/demo"
	"larder/internal/sim/rig"
)

const (
	org       = "stand"
	seed      = 20261123
	pieces    = 12               // in each lane
	readyTime = 30 * time.Second // for a start, on a busy machine
	stopTime  = 10 * time.Second // what the platform promises
	auditTime = 30 * time.Second
)

// Options say who listens, and what is not as usual. The zero value is nobody, one cabinet, and a
// database file in a folder of the test.
type Options struct {
	Ears     rig.Ears
	Hook     func(cabinet.Change) // of every cabinet; see [cabinet.Config]
	Cabinets int
	Settings map[string]string // by their keys

	// Furnish registers the fleet before the platform starts; nil: the way the demo does it.
	Furnish func(*rig.Site, demo.Plan) []demo.Registered
}

// Stand is one installation with its cabinets, living until the test ends.
type Stand struct {
	Site     *rig.Site
	Rig      *rig.Rig
	Platform *rig.Platform // the latest

	t *testing.T
}

// New sets an installation up and starts it; the cabinets are connected.
func New(t *testing.T, o Options) *Stand {
	t.Helper()
	s := &Stand{t: t}
	ctx := t.Context()
	provider, err := rig.StartProvider(ctx, o.Ears)
	s.must(err)
	t.Cleanup(func() {
		if err := provider.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Site, err = rig.NewSite(ctx, t.TempDir(), provider, o.Settings)
	s.must(err)
	plan, err := rig.Fleet(max(o.Cabinets, 1), pieces, seed)
	s.must(err)
	var registered []demo.Registered
	if o.Furnish != nil {
		registered = o.Furnish(s.Site, plan)
	} else {
		registered = s.furnish(ctx, plan)
	}
	s.Rig, err = rig.New(rig.Config{
		Plan: plan, Registered: registered, Seed: seed, Site: s.Site, Provider: provider, Hook: o.Hook,
	})
	s.must(err)
	s.Start()
	s.live()
	return s
}

// furnish registers the fleet before the platform starts.
func (s *Stand) furnish(ctx context.Context, plan demo.Plan) []demo.Registered {
	s.t.Helper()
	setup, err := app.OpenSetup(ctx, config.Config{DB: s.Site.DB, Master: config.Master{Key: config.NewSecret(s.Site.MasterKey)}})
	s.must(err)
	_, err = setup.AddOrg(ctx, org, "Stand")
	s.must(err)
	registered, err := setup.Furnish(ctx, org, plan)
	s.must(err)
	s.must(setup.Close())
	return registered
}

// live lets the cabinets live until the test ends.
func (s *Stand) live() {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.t.Context()))
	var fleet sync.WaitGroup
	fleet.Go(func() { s.Rig.Run(ctx) })
	s.t.Cleanup(func() { cancel(); fleet.Wait() })
	within, stop := context.WithTimeout(s.t.Context(), readyTime)
	defer stop()
	s.must(s.Rig.WaitConnected(within))
}

// Start starts the platform, for the first time or again, and waits until it is ready.
func (s *Stand) Start() {
	s.t.Helper()
	s.Launch()
	ctx, cancel := context.WithTimeout(s.t.Context(), readyTime)
	defer cancel()
	s.must(s.Platform.WaitReady(ctx))
}

// Launch starts the platform and waits for nothing: it may die before it is ready.
func (s *Stand) Launch() {
	s.t.Helper()
	var err error
	s.Platform, err = s.Site.Start(context.WithoutCancel(s.t.Context()), Program)
	s.must(err)
	s.t.Cleanup(s.Platform.Kill)
}

// Stop stops the platform with SIGTERM; the test fails if that takes longer than it may.
func (s *Stand) Stop() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), stopTime)
	defer cancel()
	s.must(s.Platform.Stop(ctx))
}

// Audit runs `larder audit` on the database in use; the test fails if it is not clean.
func (s *Stand) Audit() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), auditTime)
	defer cancel()
	out, err := exec.CommandContext(ctx, Program, "audit", "--db", s.Site.DB).CombinedOutput() //nolint:gosec // our own program
	if err != nil {
		s.t.Errorf("larder audit: %v\n%s", err, out)
	}
}

// Shopper makes a person who is signed in.
func (s *Stand) Shopper() *rig.Shopper {
	s.t.Helper()
	shopper, err := s.Rig.NewShopper(s.t.Context())
	s.must(err)
	return shopper
}

// Bought is how an errand came out.
type Bought struct {
	Result rig.Result
	Err    error
}

// Buy runs an errand at the stand's cabinet in the background; its outcome comes by the channel.
func (s *Stand) Buy(ctx context.Context, e rig.Errand) <-chan Bought {
	e.Machine = s.Rig.Machines()[0]
	done := make(chan Bought, 1)
	go func() {
		result, err := s.Rig.Buy(ctx, e)
		done <- Bought{result, err}
	}()
	return done
}

// Judge fails the test unless an errand came to a right end.
func (s *Stand) Judge(b Bought) {
	s.t.Helper()
	v := b.Result.Visit
	s.t.Logf("%s %s, payment %s", v.State, v.Outcome, v.Payment.State)
	err := b.Err
	if err == nil {
		err = b.Result.Check()
	}
	if err != nil {
		s.t.Errorf("%v\n%s", err, s.Site.LogTail())
	}
}

func (s *Stand) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}
