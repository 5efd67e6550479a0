package trial

import (
	"context"
	"fmt"
	"io"
	"time"

	"larder/internal/core/payment"
	"larder/internal/sim/fault"
)

// Config says what is simulated.
type Config struct {
	Seed     uint64
	Sessions int        // visits that the platform accepts, at least
	Faults   []fault.ID // what goes wrong; none: everything goes right
	Out      io.Writer  // for people: what led to a violation
	// Provider wraps the payment provider of every incarnation: a test plants its mistakes here.
	Provider func(payment.Provider) payment.Provider
}

// Result is what became of a simulation.
type Result struct {
	Sessions    int              `json:"sessions"`
	DeviceHours float64          `json:"device_hours"`
	Violations  int              `json:"violations"`
	Fired       map[fault.ID]int `json:"fired"`
	TraceHash   string           `json:"trace_hash"`
	Seconds     float64          `json:"seconds"` // of real time
}

// reading is how often a cabinet weighs during a session.
func (c Config) reading() time.Duration { return 300 * time.Millisecond }

// Run simulates. The error says that the simulator itself could not go on; violations are none.
func Run(ctx context.Context, cfg Config) (Result, error) {
	began := time.Now()
	if cfg.Out == nil {
		cfg.Out = io.Discard
	}
	w, err := newWorld(ctx, cfg)
	if err != nil {
		return Result{}, fmt.Errorf("simulator: %w", err)
	}
	for number := 0; w.started < cfg.Sessions && err == nil && ctx.Err() == nil; number++ {
		err = w.round(ctx, number, min(roundSessions, cfg.Sessions-w.started))
	}
	if err == nil {
		err = ctx.Err()
	}
	r := Result{
		Sessions: w.started, DeviceHours: w.deviceTime.Hours(), Violations: w.books.violations,
		Fired: w.faults.Counts(), TraceHash: w.history.Hash(), Seconds: time.Since(began).Seconds(),
	}
	if closed := w.close(); err == nil {
		err = closed
	}
	if err != nil {
		return r, fmt.Errorf("simulator: seed %d: %w", cfg.Seed, err)
	}
	return r, nil
}

// Missing returns the faults that were enabled and never happened.
func (r Result) Missing() []fault.ID {
	var missing []fault.ID
	for _, row := range fault.Catalog() {
		if n, enabled := r.Fired[row.ID]; enabled && n == 0 {
			missing = append(missing, row.ID)
		}
	}
	return missing
}
