package run_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"larder"
	"larder/internal/run"
)

// TestEngine_Timer guards I8: a timer fires at its moment, at the one it was moved to, not at all if
// it was stopped, and again where its own result sets it.
func TestEngine_Timer(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		d := &diary{}
		d.apply = func(ctx context.Context, tx larder.Tx) error {
			if len(d.entries) > 2 {
				return nil
			}
			return b.TimerTx(ctx, tx, org, work, d.entries[len(d.entries)-1].Key, larder.MillisOf(tx.Now()).Add(time.Minute))
		}
		b.Handle(work, run.Kind{Handler: d, Lease: lease})
		stop := running(t, b.Engine)
		defer stop()
		b.timer(t, 1, 5*time.Second)
		b.timer(t, 1, 90*time.Second)
		b.timer(t, 2, 10*time.Second)
		b.timer(t, 2, -1)
		b.timer(t, 3, -1) // never set: no matter
		pass(10 * time.Minute)
		want := []time.Duration{90 * time.Second, 150 * time.Second, 210 * time.Second}
		if got := d.times(); !slices.Equal(got, want) {
			t.Errorf("fired at %v, want %v", got, want)
		}
		for _, e := range d.entries {
			if e.Key != 1 {
				t.Errorf("the stopped timer fired: %+v", e)
			}
		}
		for i, late := range b.seen.lates {
			if late != 0 {
				t.Errorf("firing %d was %s late", i, late)
			}
		}
	})
}

// TestEngine_Overtaken guards "a firing which was overtaken changes nothing" (decision 4): while a try
// is under way its timer is moved; the try's result is not recorded, the new moment is.
func TestEngine_Overtaken(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		var applied atomic.Int64
		var fired []time.Duration
		slow := run.HandlerFunc(func(context.Context, run.Effect) (run.Apply, error) {
			fired = append(fired, time.Since(begin))
			if len(fired) == 1 {
				time.Sleep(3 * time.Second)
			}
			return func(context.Context, larder.Tx) error { applied.Add(1); return nil }, nil
		})
		b.Handle(work, run.Kind{Handler: slow, Lease: lease})
		stop := running(t, b.Engine)
		defer stop()
		b.timer(t, 1, time.Second)
		pass(2 * time.Second)
		b.timer(t, 1, time.Minute) // 1 s into the try
		pass(8 * time.Second)
		if outcome, _ := b.seen.last(); applied.Load() != 0 || outcome != "stale" {
			t.Errorf("the overtaken try was %s and applied %d times", outcome, applied.Load())
		}
		pass(10 * time.Minute)
		if want := []time.Duration{time.Second, time.Minute}; applied.Load() != 1 || !slices.Equal(fired, want) {
			t.Errorf("fired at %v, applied %d times", fired, applied.Load())
		}
	})
}

// TestEngine_Rearmed guards B9 and I8: timers of a former process get their alarms back at the start;
// one that is not due yet fires at its very moment, one that fell due meanwhile as soon as may be.
func TestEngine_Rearmed(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		b.Handle(work, run.Kind{Handler: &diary{}, Lease: lease})
		b.timer(t, 1, 10*time.Second)
		b.timer(t, 2, 95*time.Second+300*time.Millisecond)
		pass(time.Minute)
		next, d := b.engine(b.db), &diary{}
		next.Handle(work, run.Kind{Handler: d, Lease: lease})
		stop := running(t, next)
		defer stop()
		pass(10 * time.Minute)
		got := d.times()
		if len(got) != 2 || got[0] > 61*time.Second || got[1] != 95*time.Second+300*time.Millisecond {
			t.Errorf("fired at %v, want within a second of the start and at 95.3 s", got)
		}
		if late := b.seen.lates; len(late) != 2 || late[0] < 50*time.Second || late[1] != 0 {
			t.Errorf("said to be late by %v", late)
		}
	})
}
