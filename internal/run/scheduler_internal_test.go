package run

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestRealTime_NewSignal guards the port's contract in production: a set before anybody waits is kept,
// several are one return, and a time or the end of a context ends the waiting.
func TestRealTime_NewSignal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, began := RealTime{}.NewSignal(), time.Now()
		wait := func(ctx context.Context, d, want time.Duration) {
			t.Helper()
			s.Wait(ctx, d)
			if passed := time.Since(began); passed != want {
				t.Errorf("returned after %s, want %s", passed, want)
			}
		}
		s.Set()
		s.Set()
		wait(t.Context(), time.Hour, 0)             // kept, and both are one
		wait(t.Context(), time.Second, time.Second) // the time
		time.AfterFunc(time.Second, s.Set)
		wait(t.Context(), time.Hour, 2*time.Second) // the signal
		ctx, cancel := RealTime{}.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wait(ctx, time.Hour, 3*time.Second)          // the context
		wait(t.Context(), -time.Hour, 3*time.Second) // no time at all
	})
}

// TestCrew_wait guards that who stops waits for everything that was begun, however it ends.
func TestCrew_wait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(RealTime{})
		c.wait() // nobody works
		var done atomic.Int32
		for i := range 3 {
			c.run(func() {
				time.Sleep(time.Duration(i) * time.Second)
				done.Add(1)
			})
		}
		began := time.Now()
		c.wait()
		if n, passed := done.Load(), time.Since(began); n != 3 || passed != 2*time.Second {
			t.Errorf("%d of 3 were done after %s", n, passed)
		}
	})
}
