package run_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/run"
)

// TestEngine_AddTx guards decision 5 of the architecture: an effect is tried at once after its
// commit, once however often it is asked for, and never for a transaction that failed.
func TestEngine_AddTx(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		d := &diary{}
		b.Handle(work, run.Kind{Handler: d, Lease: lease})
		stop := running(t, b.Engine)
		defer stop()
		err := b.db.Update(t.Context(), func(tx larder.Tx) error {
			must(t, b.AddTx(t.Context(), tx, org, work, 1))
			return errRefused
		})
		if !errors.Is(err, errRefused) {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := d.times(); len(got) != 0 {
			t.Fatalf("tried at %v for a transaction that never was", got)
		}
		b.add(t, b.Engine, 1)
		b.add(t, b.Engine, 1)
		pass(10 * time.Minute)
		if got := d.times(); !slices.Equal(got, []time.Duration{0}) {
			t.Errorf("tried at %v, want once and at once", got)
		}
		if outcome, late := b.seen.last(); outcome != "done" || late != 0 || b.state(t, 1) != "done" {
			t.Errorf("%s, %s late, row %s", outcome, late, b.state(t, 1))
		}
		err = b.db.Update(t.Context(), func(tx larder.Tx) error { return b.AddTx(t.Context(), tx, org, "unknown", 1) })
		if err == nil {
			t.Error("an effect that nobody does was taken")
		}
		err = b.db.Update(t.Context(), func(tx larder.Tx) error { return b.TimerTx(t.Context(), tx, org, "unknown", 1, 1) })
		if err == nil {
			t.Error("a timer that nobody does was taken")
		}
	})
}

// TestEngine_Backoff guards I15: what fails is tried again after 1, 2, 4, 8 … seconds, and what asks
// for another time is no failure and gets exactly that time.
func TestEngine_Backoff(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		d := &diary{answers: []error{errRefused, errRefused, errRefused, run.Again{After: 42 * time.Second}, errRefused}}
		b.Handle(work, run.Kind{Handler: d, Lease: lease})
		stop := running(t, b.Engine)
		defer stop()
		b.add(t, b.Engine, 1)
		pass(10 * time.Minute)
		const s = time.Second
		want := []time.Duration{0, 1 * s, 3 * s, 7 * s, 49 * s, 65 * s}
		if got := d.times(); !slices.Equal(got, want) {
			t.Errorf("tried at %v, want %v", got, want)
		}
		wantOutcomes := []string{"failed", "failed", "failed", "again", "failed", "done"}
		if !slices.Equal(b.seen.outcomes, wantOutcomes) || len(b.seen.failures) != 4 {
			t.Errorf("%v, %v", b.seen.outcomes, b.seen.failures)
		}
	})
}

// TestEngine_DeadLetter guards B1 and I20: after its last attempt an effect is given up, stays as a
// row with its reason, and keeps no other waiting.
func TestEngine_DeadLetter(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		poison := run.HandlerFunc(func(_ context.Context, e run.Effect) (run.Apply, error) {
			if e.Key == 1 {
				return nil, errRefused
			}
			return nil, nil //nolint:nilnil // nothing to record
		})
		b.Handle(work, run.Kind{Handler: poison, Lease: lease, Max: 3})
		stop := running(t, b.Engine)
		defer stop()
		b.add(t, b.Engine, 1)
		b.add(t, b.Engine, 2)
		pass(10 * time.Minute)
		if b.state(t, 1) != "dead" || b.state(t, 2) != "done" {
			t.Errorf("poison is %s, its neighbor %s", b.state(t, 1), b.state(t, 2))
		}
		if n := len(b.seen.failures); n != 3 {
			t.Errorf("%d failures, want the three attempts", n)
		}
	})
}

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

// TestEngine_TakeOver guards B8 and I16: a process that is paused in a try loses the effect when its
// lease is over; another does it, and what the first brings home late changes nothing.
func TestEngine_TakeOver(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		var applied []int64
		result := func(e run.Effect) run.Apply {
			return func(context.Context, larder.Tx) error { applied = append(applied, e.Attempt); return nil }
		}
		b.Handle(work, run.Kind{Lease: lease, Handler: run.HandlerFunc(func(_ context.Context, e run.Effect) (run.Apply, error) {
			time.Sleep(time.Minute) // stopped: it does not even notice that its context has ended
			return result(e), nil
		})})
		other := b.engine(b.db)
		other.Handle(work, run.Kind{Lease: lease, Handler: run.HandlerFunc(func(_ context.Context, e run.Effect) (run.Apply, error) {
			return result(e), nil
		})})
		stop := running(t, b.Engine)
		defer stop()
		b.add(t, b.Engine, 1)
		pass(lease - time.Second)
		if n, err := other.RunDue(t.Context(), larder.MillisOf(time.Now()), 10); n != 0 || err != nil {
			t.Fatalf("within the lease: %d, %v", n, err)
		}
		pass(time.Second)
		if n, err := other.RunDue(t.Context(), larder.MillisOf(time.Now()), 10); n != 1 || err != nil {
			t.Fatalf("after the lease: %d, %v", n, err)
		}
		pass(10 * time.Minute)
		if !slices.Equal(applied, []int64{2}) || b.state(t, 1) != "done" {
			t.Errorf("applied by attempts %v, row %s; want the second alone", applied, b.state(t, 1))
		}
	})
}

// TestEngine_DiedBeforeTry guards B3 and I15: the process dies between the commit and the try; the
// next one finds the effect when its lease is over, and says how late it was.
func TestEngine_DiedBeforeTry(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		b.Handle(work, run.Kind{Handler: &diary{}, Lease: lease})
		b.add(t, b.Engine, 1) // it never runs
		next, d := b.engine(b.db), &diary{}
		next.Handle(work, run.Kind{Handler: d, Lease: lease})
		pass(5 * time.Minute)
		stop := running(t, next)
		pass(2 * time.Second)
		stop()
		if got := d.times(); len(got) != 1 || d.entries[0].Attempt != 2 || b.state(t, 1) != "done" {
			t.Errorf("tried %+v, row %s", d.entries, b.state(t, 1))
		}
		if _, late := b.seen.last(); late < 5*time.Minute-lease || late > 5*time.Minute-lease+2*time.Second {
			t.Errorf("said to be %s late", late)
		}
	})
}

// mortal is a database that a process can no longer reach once it has died.
type mortal struct {
	larder.Transactor
	dead bool
}

func (m *mortal) Update(ctx context.Context, fn func(larder.Tx) error) error {
	if m.dead {
		return errors.New("the process is dead")
	}
	return m.Transactor.Update(ctx, fn)
}

// TestEngine_DiedAfterWork guards B4 and I16: the process dies after the work and before its record;
// the next one does it again under the same key, and the receiver is the one who absorbs it.
func TestEngine_DiedAfterWork(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		db := &mortal{Transactor: b.db}
		first, next := b.engine(db), b.engine(b.db)
		received := map[int64]int{}
		applied := 0
		handler := func(dies bool) run.Handler {
			return run.HandlerFunc(func(_ context.Context, e run.Effect) (run.Apply, error) {
				received[e.Key]++
				db.dead = dies
				return func(context.Context, larder.Tx) error { applied++; return nil }, nil
			})
		}
		first.Handle(work, run.Kind{Handler: handler(true), Lease: lease})
		next.Handle(work, run.Kind{Handler: handler(false), Lease: lease})
		stop := running(t, first)
		b.add(t, first, 7)
		synctest.Wait()
		stop()
		if received[7] != 1 || applied != 0 || b.state(t, 7) != "pending" {
			t.Fatalf("received %v, applied %d, row %s", received, applied, b.state(t, 7))
		}
		pass(lease)
		if n, err := next.RunDue(t.Context(), larder.MillisOf(time.Now()), 10); n != 1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		if received[7] != 2 || applied != 1 || b.state(t, 7) != "done" {
			t.Errorf("received %v, applied %d, row %s", received, applied, b.state(t, 7))
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

// TestEngine_Panic guards that a handler's panic is a failure of its effect alone.
func TestEngine_Panic(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		tries := 0
		b.Handle(work, run.Kind{Lease: lease, Handler: run.HandlerFunc(func(context.Context, run.Effect) (run.Apply, error) {
			if tries++; tries == 1 {
				panic("off by one")
			}
			return nil, nil //nolint:nilnil // nothing to record
		})})
		stop := running(t, b.Engine)
		defer stop()
		b.add(t, b.Engine, 1)
		pass(time.Minute)
		if tries != 2 || b.state(t, 1) != "done" || len(b.seen.failures) != 1 {
			t.Errorf("%d tries, row %s, failures %v", tries, b.state(t, 1), b.seen.failures)
		}
	})
}

// TestEngine_Record guards that a result and its being done are one commit: a result that cannot be
// recorded leaves the effect for a later attempt, a conflict is tried again at once.
func TestEngine_Record(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		var applied atomic.Int64
		answers := []error{larder.E(larder.CodeConflict), larder.E(larder.CodeConflict), errRefused}
		d := &diary{apply: func(context.Context, larder.Tx) error {
			if n := int(applied.Add(1)); n <= len(answers) {
				return answers[n-1]
			}
			return nil
		}}
		b.Handle(work, run.Kind{Handler: d, Lease: lease})
		stop := running(t, b.Engine)
		defer stop()
		b.add(t, b.Engine, 1)
		synctest.Wait()
		if applied.Load() != 3 || b.state(t, 1) != "pending" || len(d.times()) != 1 {
			t.Fatalf("applied %d times in %d tries, row %s", applied.Load(), len(d.times()), b.state(t, 1))
		}
		pass(2 * lease)
		if applied.Load() != 4 || b.state(t, 1) != "done" || len(d.times()) != 2 {
			t.Errorf("applied %d times in %d tries, row %s", applied.Load(), len(d.times()), b.state(t, 1))
		}
	})
}

// TestEngine_Stop guards the stop within 10 s: Run waits for the tries under way, begins no new ones,
// and the tries' context ends with grace.
func TestEngine_Stop(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		b.Handle(work, run.Kind{Lease: lease, Handler: run.HandlerFunc(func(ctx context.Context, e run.Effect) (run.Apply, error) {
			if e.Key == 1 {
				time.Sleep(2 * time.Second)
				return nil, ctx.Err()
			}
			<-ctx.Done()
			return nil, ctx.Err()
		})})
		ctx, cancel := context.WithCancel(t.Context())
		grace, enough := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.Run(ctx, grace) }()
		synctest.Wait()
		b.add(t, b.Engine, 1)
		b.add(t, b.Engine, 2)
		synctest.Wait()
		cancel()
		synctest.Wait()
		b.add(t, b.Engine, 3) // after the stop: for the next process
		pass(5 * time.Second)
		select {
		case err := <-ended:
			t.Fatalf("ended with a try under way: %v", err)
		default:
		}
		if b.state(t, 1) != "done" {
			t.Errorf("the try that needed 2 s is %s", b.state(t, 1))
		}
		enough()
		must(t, <-ended)
		if b.state(t, 2) != "pending" || b.state(t, 3) != "pending" {
			t.Errorf("2 is %s, 3 is %s", b.state(t, 2), b.state(t, 3))
		}
	})
}

// TestEngine_NewerKind guards decision 5: an effect of a kind that this process does not know is left
// for a newer one.
func TestEngine_NewerKind(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		newer := b.engine(b.db)
		newer.Handle(work, run.Kind{Handler: &diary{}, Lease: lease})
		b.add(t, newer, 1)
		pass(time.Minute)
		stop := running(t, b.Engine) // an older process
		pass(time.Minute)
		stop()
		if _, err := newer.RunDue(t.Context(), larder.MillisOf(time.Now()), 10); err != nil || b.state(t, 1) != "done" {
			t.Errorf("row %s, %v", b.state(t, 1), err)
		}
	})
}
