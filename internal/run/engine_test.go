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
