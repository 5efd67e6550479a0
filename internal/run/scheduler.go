package run

import (
	"context"
	"time"
)

// Scheduler is how this room waits and does several things at once. Production's is [RealTime]; a
// simulator brings its own, in which a seed decides what comes first. Nothing in this room blocks on
// anything else: no channel, no timer, no goroutine that the scheduler does not know.
type Scheduler interface {
	// Now is the present moment.
	Now() time.Time
	// Go runs fn beside the caller.
	Go(fn func())
	// WithTimeout returns a context that ends when ctx does, when d has passed, or by its cancel.
	WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc)
	// NewSignal returns a signal that is not set.
	NewSignal() Signal
}

// Signal rouses one who waits. Whoever returns from Wait looks at what has changed: several Sets may
// be one return, and a return may find nothing.
type Signal interface {
	// Set rouses who waits, or the next one who does. It does not block, and anybody may call it.
	Set()
	// Wait returns when the signal was set, when ctx has ended, or when d has passed. One waits at a time.
	Wait(ctx context.Context, d time.Duration)
}

// RealTime is the scheduler of a process: goroutines, timers and the clock; in a synctest bubble, the
// bubble's.
type RealTime struct{}

var _ Scheduler = RealTime{}

// Now implements [Scheduler].
func (RealTime) Now() time.Time { return time.Now() }

// Go implements [Scheduler].
func (RealTime) Go(fn func()) { go fn() }

// WithTimeout implements [Scheduler].
func (RealTime) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d)
}

// NewSignal implements [Scheduler].
func (RealTime) NewSignal() Signal { return make(realSignal, 1) }

// realSignal holds one token when it is set.
type realSignal chan struct{}

// Set implements [Signal].
func (s realSignal) Set() {
	select {
	case s <- struct{}{}:
	default: // somebody is about to look anyway
	}
}

// Wait implements [Signal].
func (s realSignal) Wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(max(d, 0))
	defer timer.Stop()
	select {
	case <-s:
	case <-ctx.Done():
	case <-timer.C:
	}
}
