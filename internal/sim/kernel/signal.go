package kernel

import (
	"context"
	"time"

	"larder/internal/run"
)

// Signal rouses one task that waits for it; set before anybody waits, it is kept, once.
type Signal struct {
	life   *Life
	set    bool
	waiter *waiter
}

// waiter is a task that waits; it is roused once, by whatever comes first.
type waiter struct {
	task   *task
	timer  Timer
	roused bool
}

// NewSignal implements [run.Scheduler].
func (l *Life) NewSignal() run.Signal { return &Signal{life: l} }

// Set rouses who waits, or the next one who does.
func (s *Signal) Set() {
	if s.waiter == nil || s.waiter.roused {
		s.set = true
		return
	}
	s.waiter.rouse()
}

// rouse gives the waiting task a turn, now.
func (w *waiter) rouse() {
	if w.roused {
		return
	}
	w.roused = true
	w.timer.Stop()
	k := w.task.life.kernel
	k.At(k.now, func() { k.pass(w.task) })
}

// Wait returns when the signal is set, when ctx has ended, or when d has passed. One task waits for a
// signal at a time. Outside of a task, and in a life that has ended, it returns at once.
func (s *Signal) Wait(ctx context.Context, d time.Duration) {
	if s.set {
		s.set = false
		return
	}
	k := s.life.kernel
	t := k.running
	if t == nil || t.life.dead || ctx.Err() != nil {
		return
	}
	w := &waiter{task: t}
	w.timer = k.After(max(d, 0), w.rouse)
	s.waiter = w
	until := scopeOf(ctx)
	until.join(w)
	t.park()
	until.leave(w)
	s.waiter = nil
	s.set = false
}

// Sleep lets the calling task wait for a time, or for the end of ctx.
func (l *Life) Sleep(ctx context.Context, d time.Duration) { l.NewSignal().Wait(ctx, d) }

// Sleep lets the present task wait for a time, or for the end of ctx.
func (k *Kernel) Sleep(ctx context.Context, d time.Duration) {
	if k.running != nil {
		k.running.life.Sleep(ctx, d)
	}
}
