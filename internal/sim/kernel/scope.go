package kernel

import (
	"context"
	"slices"
	"time"
)

// scope is a context whose time is the kernel's.
type scope struct {
	context.Context // the parent, for values
	kernel          *Kernel
	above           *scope // the nearest scope that ends this one; nil
	deadline        time.Time
	timer           Timer
	done            chan struct{}
	err             error
	below           []*scope
	waiters         []*waiter
}

// scopeKey finds the nearest scope of a context.
type scopeKey struct{}

// scopeOf returns the nearest scope of ctx, nil if there is none. A nil scope never ends.
func scopeOf(ctx context.Context) *scope {
	s, _ := ctx.Value(scopeKey{}).(*scope)
	return s
}

// WithTimeout returns a context that ends when ctx does, when d has passed, or when it is canceled.
func (l *Life) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	s := l.kernel.scope(ctx)
	s.deadline = l.kernel.now.Add(d)
	if above, ok := ctx.Deadline(); ok && above.Before(s.deadline) {
		s.deadline = above
	}
	if d <= 0 {
		s.end(context.DeadlineExceeded)
	} else if s.err == nil {
		s.timer = l.kernel.After(d, func() { s.end(context.DeadlineExceeded) })
	}
	return s, func() { s.end(context.Canceled) }
}

// WithCancel returns a context that ends when ctx does or when it is canceled.
func (l *Life) WithCancel(ctx context.Context) (context.Context, context.CancelFunc) {
	s := l.kernel.scope(ctx)
	return s, func() { s.end(context.Canceled) }
}

func (k *Kernel) scope(ctx context.Context) *scope {
	s := &scope{Context: ctx, kernel: k, above: scopeOf(ctx), done: make(chan struct{})}
	if s.above != nil {
		s.above.below = append(s.above.below, s)
	}
	if err := ctx.Err(); err != nil {
		s.end(err)
	}
	return s
}

// Deadline implements context.Context.
func (s *scope) Deadline() (time.Time, bool) {
	if s.deadline.IsZero() {
		return s.Context.Deadline()
	}
	return s.deadline, true
}

// Done implements context.Context.
func (s *scope) Done() <-chan struct{} { return s.done }

// Err implements context.Context.
func (s *scope) Err() error { return s.err }

// Value implements context.Context.
func (s *scope) Value(key any) any {
	if key == (scopeKey{}) {
		return s
	}
	return s.Context.Value(key)
}

// end ends the scope and those below, and rouses who waits in them.
func (s *scope) end(why error) {
	if s.err != nil {
		return
	}
	s.err = why
	close(s.done)
	s.timer.Stop()
	if s.above != nil {
		if i := slices.Index(s.above.below, s); i >= 0 {
			s.above.below = slices.Delete(s.above.below, i, i+1)
		}
	}
	for len(s.below) > 0 {
		s.below[0].end(why)
	}
	for _, w := range s.waiters {
		w.rouse()
	}
}

// join and leave say that a task waits in the scope.
func (s *scope) join(w *waiter) {
	if s != nil {
		s.waiters = append(s.waiters, w)
	}
}

func (s *scope) leave(w *waiter) {
	if s == nil {
		return
	}
	if i := slices.Index(s.waiters, w); i >= 0 {
		s.waiters = slices.Delete(s.waiters, i, i+1)
	}
}
