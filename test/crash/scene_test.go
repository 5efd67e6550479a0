package crash_test

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
	org       = "crash"
	seed      = 20261123
	pieces    = 12               // in each lane
	readyTime = 30 * time.Second // for a start, on a busy machine
	endTime   = 4 * time.Minute  // for everything to end; an order unknown to the provider takes one alone
	auditTime = 30 * time.Second
)

// scene is one installation with one cabinet, and the trap that kills it.
type scene struct {
	t        *testing.T
	site     *rig.Site
	provider *rig.Provider
	rig      *rig.Rig
	trap     *trap
	platform *rig.Platform
}

// trap kills the platform the n-th time that its moment comes, and is sprung then.
type trap struct {
	at     string // see moment
	sprung chan struct{}

	mu     sync.Mutex // guards what follows
	victim *rig.Platform
}

// moment tells a trap that something is happening; it returns when the platform is dead, if that was
// the moment.
func (tr *trap) moment(at string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if at != tr.at || tr.victim == nil {
		return
	}
	tr.victim.Kill()
	tr.victim = nil
	close(tr.sprung)
}

func (tr *trap) arm(p *rig.Platform) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.victim = p
}

// newScene sets an installation up and starts it, with a trap for the moment.
func newScene(t *testing.T, at string) *scene {
	t.Helper()
	s := &scene{t: t, trap: &trap{at: at, sprung: make(chan struct{})}}
	ctx := t.Context()
	var err error
	s.provider, err = rig.StartProvider(ctx, rig.Ears{
		Arrived:   func(call string) { s.trap.moment("provider asked: " + call) },
		Sending:   func(kind string) { s.trap.moment("callback leaves: " + kind) },
		Delivered: func(kind string) { s.trap.moment("callback answered: " + kind) },
	})
	must(t, err)
	t.Cleanup(func() { check(t, s.provider.Close()) })
	s.site, err = rig.NewSite(ctx, t.TempDir(), s.provider, nil)
	must(t, err)
	plan, err := rig.Fleet(1, pieces, seed)
	must(t, err)
	s.rig, err = rig.New(rig.Config{
		Plan: plan, Registered: s.furnish(ctx, plan), Seed: seed, Site: s.site, Provider: s.provider,
		Hook: func(c cabinet.Change) { s.trap.moment(name(c)) },
	})
	must(t, err)
	s.start()
	s.live()
	return s
}

// name is how a test calls a change of the cabinet.
func name(c cabinet.Change) string {
	if c.Event != "" {
		return string(c.Kind) + ": " + string(c.Event)
	}
	return string(c.Kind)
}

// furnish registers the fleet before the platform starts.
func (s *scene) furnish(ctx context.Context, plan demo.Plan) []demo.Registered {
	s.t.Helper()
	setup, err := app.OpenSetup(ctx, config.Config{DB: s.site.DB, Master: config.Master{Key: config.NewSecret(s.site.MasterKey)}})
	must(s.t, err)
	_, err = setup.AddOrg(ctx, org, "Crash")
	must(s.t, err)
	registered, err := setup.Furnish(ctx, org, plan)
	must(s.t, err)
	must(s.t, setup.Close())
	return registered
}

// start starts the platform and waits until it is ready.
func (s *scene) start() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), readyTime)
	defer cancel()
	var err error
	s.platform, err = s.site.Start(context.Background(), program) //nolint:usetesting // the process outlives the test's context until it is killed in the clean-up
	must(s.t, err)
	s.t.Cleanup(s.platform.Kill)
	must(s.t, s.platform.WaitReady(ctx))
}

// live lets the cabinet live until the test ends.
func (s *scene) live() {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background()) //nolint:usetesting // it ends in the clean-up
	var fleet sync.WaitGroup
	fleet.Go(func() { s.rig.Run(ctx) })
	s.t.Cleanup(func() { cancel(); fleet.Wait() })
	within, stop := context.WithTimeout(s.t.Context(), readyTime)
	defer stop()
	must(s.t, s.rig.WaitConnected(within))
}

// audit runs `larder audit` on the database in use.
func (s *scene) audit() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), auditTime)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, "audit", "--db", s.site.DB).CombinedOutput() //nolint:gosec // our own program
	if err != nil {
		s.t.Errorf("larder audit: %v\n%s", err, out)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
