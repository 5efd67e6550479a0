package command

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"larder/internal/app/config"
	"larder/internal/sim/fault"
	"larder/internal/sim/rules"
	"larder/internal/sim/trial"
)

// sims is `larder sim`.
type sims struct {
	World    simWorld    `cmd:"" name:"world" default:"withargs" hidden:"" help:"Run the platform's own code in virtual time."`
	Sessions simSessions `cmd:"" help:"Make up sessions with their truth, one JSON object a line."`
}

// Help is that of what it does by itself.
func (*sims) Help() string { return (*simWorld)(nil).Help() }

// simWorld is `larder sim world`, and `larder sim` alone.
type simWorld struct {
	Seed     uint64 `name:"seed" default:"1" help:"Decides what happens, what goes wrong and what comes first."`
	Sessions int    `name:"sessions" default:"1000" help:"Visits that the platform accepts."`
	Faults   string `name:"faults" default:"all" placeholder:"all|none|ID,…" help:"What goes wrong: rows of docs/faults.md."`
	NoStore  bool   `name:"no-store" help:"The rules alone, in memory, verdicts scripted: thousands of visits a second. Plays fewer faults."`
	JSON     bool   `name:"json" help:"One JSON object on the last line."`
}

// Help says what the simulator is and how it fails.
func (*simWorld) Help() string {
	return `It runs the platform's own code in virtual time, on a database in memory, with cabinets, people, a network and a payment provider that are not real, and lets things go wrong. Every thousand visits everything heals; then every visit must have ended, every row agrees with every other, and both agree with what people took and what the provider collected.

  larder sim --seed 1 --sessions 10000 --faults all --json
  larder sim --seed 7 --sessions 300 --faults P9,O2
  larder sim --seed 1 --sessions 100000 --no-store

Flags: larder sim world --help. The same seed of the same commit gives the same trace_hash. What led to a violation is printed. The exit status is 1 for a violation, and for a fault that was asked for and never happened.`
}

// alone guards the number of processors, which is the process's: one task of a simulation runs at a
// time, so that a second processor only makes handing over dearer, by a third.
var alone sync.Mutex

// Run simulates.
func (c *simWorld) Run(ctx context.Context, w World) error {
	ids, err := fault.Parse(c.Faults)
	if err != nil {
		return &config.Invalid{Problems: []config.Problem{{Key: "faults", Reason: err.Error()}}}
	}
	if c.Sessions < 1 {
		return &config.Invalid{Problems: []config.Problem{{Key: "sessions", Reason: "is at least 1"}}}
	}
	alone.Lock()
	defer alone.Unlock()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	run := c.whole
	if c.NoStore {
		run = c.rules
	}
	r, err := run(ctx, w, ids)
	if err != nil {
		return err
	}
	if err := c.print(w, r); err != nil {
		return err
	}
	missing := r.Missing()
	for _, id := range missing {
		fmt.Fprintf(w.Err, "larder: fault %s was asked for and never happened\n", id)
	}
	if r.Violations > 0 || len(missing) > 0 {
		return errFound
	}
	return nil
}

// whole simulates everything.
func (c *simWorld) whole(ctx context.Context, w World, ids []fault.ID) (trial.Result, error) {
	return trial.Run(ctx, trial.Config{Seed: c.Seed, Sessions: c.Sessions, Faults: ids, Out: w.Err})
}

// rules simulates the rules alone. All faults are then those that mean something without a store.
func (c *simWorld) rules(ctx context.Context, w World, ids []fault.ID) (trial.Result, error) {
	if c.Faults == "all" {
		ids = rules.Plays()
	}
	for _, id := range ids {
		if !slices.Contains(rules.Plays(), id) {
			return trial.Result{}, &config.Invalid{Problems: []config.Problem{{Key: "faults", Reason: string(id) + " needs the store"}}}
		}
	}
	began := time.Now()
	r, err := rules.Run(ctx, rules.Config{Seed: c.Seed, Sessions: c.Sessions, Faults: ids, Out: w.Err})
	return trial.Result{
		Sessions: r.Sessions, DeviceHours: r.Hours, Violations: r.Violations, Fired: r.Fired, TraceHash: r.TraceHash,
		Seconds: time.Since(began).Seconds(),
	}, err
}

func (c *simWorld) print(w World, r trial.Result) error {
	if c.JSON {
		return json.NewEncoder(w.Out).Encode(r)
	}
	fmt.Fprintf(w.Out, "sessions    %d\ndevice      %.1f h\nviolations  %d\ntrace       %s\ntook        %.1f s\n",
		r.Sessions, r.DeviceHours, r.Violations, r.TraceHash, r.Seconds)
	ids := make([]fault.ID, 0, len(r.Fired))
	for id := range r.Fired {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		fmt.Fprintf(w.Out, "%-11s %d\n", id, r.Fired[id])
	}
	return nil
}
