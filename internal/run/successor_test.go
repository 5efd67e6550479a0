package run_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/run"
)

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
