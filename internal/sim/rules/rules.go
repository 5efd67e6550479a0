package rules

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/sim/fault"
	"larder/internal/sim/history"
	"larder/internal/sim/kernel"
)

// start is when every simulated world begins.
var start = time.Date(2026, time.March, 2, 6, 0, 0, 0, time.UTC)

// Plays returns the faults that mean something without a store.
func Plays() []fault.ID {
	return []fault.ID{
		fault.StaleAnswer, fault.NoAnswer, fault.CloseFirst, fault.CloseRepeated, fault.AnswerLost, fault.Shuffled,
		fault.WildAfterClose, fault.ConsentTwice, fault.PaidTwice, fault.Ignored, fault.Race, fault.NoCallback,
		fault.EarlyCallback, fault.Unknown, fault.LeftOpen, fault.Restart,
	}
}

// Config says what is simulated.
type Config struct {
	Seed     uint64
	Sessions int
	Faults   []fault.ID // those of [Plays] count
	Out      io.Writer  // for people: what led to a violation
	// Apply is [payment.Apply] unless it is given: a test plants its mistakes here.
	Apply func(payment.Payment, payment.Status, larder.Millis) (payment.Payment, payment.Change)
}

// Result is what became of it.
type Result struct {
	Sessions   int
	Hours      float64 // of virtual time, all visits together
	Violations int
	Fired      map[fault.ID]int
	TraceHash  string
}

// visitTime is how long a visit may take with everything healed: T2 behind the longest wait.
const visitTime = time.Hour

// world is what visits share.
type world struct {
	cfg        Config
	kernel     *kernel.Kernel
	chance     *rand.Rand
	faults     *fault.Injector
	history    *history.History
	ids        *larder.IDs
	windows    session.Windows
	violations int
}

// Run simulates one visit after the other. The error says that the simulator could not go on.
func Run(ctx context.Context, cfg Config) (Result, error) {
	chance := rand.New(rand.NewPCG(cfg.Seed, 2)) //nolint:gosec // the seed decides
	w := &world{
		cfg: cfg, chance: chance, history: history.New(start), windows: session.DefaultWindows(),
		kernel: kernel.New(start, rand.New(rand.NewPCG(cfg.Seed, 3))),             //nolint:gosec // the seed decides
		faults: fault.NewInjector(cfg.Faults, rand.New(rand.NewPCG(cfg.Seed, 4))), //nolint:gosec // the seed decides
	}
	if cfg.Out == nil {
		w.cfg.Out = io.Discard
	}
	if cfg.Apply == nil {
		w.cfg.Apply = payment.Apply
	}
	var err error
	if w.ids, err = larder.NewIDs(1, w.kernel.Now); err != nil {
		return Result{}, err
	}
	r := Result{}
	for ; r.Sessions < cfg.Sessions && ctx.Err() == nil; r.Sessions++ {
		if err := w.visit(); err != nil {
			return r, fmt.Errorf("simulator: seed %d, visit %d: %w", cfg.Seed, r.Sessions, err)
		}
	}
	r.Hours, r.Violations = w.kernel.Now().Sub(start).Hours(), w.violations
	r.Fired, r.TraceHash = w.faults.Counts(), w.history.Hash()
	return r, ctx.Err()
}

// visit plays one visit to its end and audits it.
func (w *world) visit() error {
	w.faults.Rest(false)
	v := newVisit(w)
	v.begin()
	end := w.kernel.Now().Add(visitTime)
	for !v.over() && w.kernel.Now().Before(end) {
		if err := w.kernel.Run(w.kernel.Now().Add(30 * time.Second)); err != nil {
			return err
		}
		if w.kernel.Now().Sub(v.began) > 15*time.Minute {
			w.faults.Rest(true) // from here on everything heals
		}
	}
	v.audit()
	v.stop()
	return nil
}

// between draws a duration.
func (w *world) between(from, to time.Duration) time.Duration {
	return from + time.Duration(w.chance.Int64N(int64(to-from)+1))
}

// violate notes that an invariant does not hold.
func (v *visit) violate(invariant, detail string) {
	w := v.w
	w.violations++
	v.say("VIOLATION " + invariant + ": " + detail)
	if w.violations <= 3 {
		fmt.Fprintf(w.cfg.Out, "violation of %s: %s\n", invariant, detail)
		w.history.Window(w.cfg.Out, history.About{Session: int64(v.s.ID)}, 80)
	}
}
