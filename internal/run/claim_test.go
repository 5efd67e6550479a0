package run_test

import (
	"context"
	"testing"
	"time"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/run"
)

// TestStore_Attempt guards I15, I16 and B8 on the rows: of all who read an effect in the same attempt
// one takes it, and whoever holds an earlier attempt neither puts it off nor ends it.
func TestStore_Attempt(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		b.Handle(work, run.Kind{Handler: &diary{}, Lease: lease})
		b.add(t, b.Engine, 1) // its engine does not run
		pass(lease)
		now := larder.MillisOf(time.Now())
		var due []run.Effect
		must(t, b.db.View(t.Context(), func(tx larder.Tx) (err error) {
			due, err = store.Effects{}.DueEffects(t.Context(), tx, now, 10)
			return err
		}))
		if len(due) != 1 {
			t.Fatalf("%d effects are due", len(due))
		}
		was := due[0]
		write := func(what string, want bool, fn func(ctx context.Context, tx larder.Tx) (bool, error)) {
			t.Helper()
			var did bool
			must(t, b.db.Update(t.Context(), func(tx larder.Tx) (err error) { did, err = fn(t.Context(), tx); return err }))
			if did != want {
				t.Errorf("%s: %v", what, did)
			}
		}
		claim := func(ctx context.Context, tx larder.Tx) (bool, error) {
			return store.Effects{}.ClaimEffect(ctx, tx, was, now.Add(lease))
		}
		write("the first to claim it", true, claim)
		for range 3 {
			write("another who read the same attempt", false, claim)
		}
		write("put off by the earlier attempt", false, func(ctx context.Context, tx larder.Tx) (bool, error) {
			return store.Effects{}.PostponeEffect(ctx, tx, was, now, "late")
		})
		write("ended by the earlier attempt", false, func(ctx context.Context, tx larder.Tx) (bool, error) {
			return store.Effects{}.EndEffect(ctx, tx, was, run.Done, "")
		})
		is := was
		is.Attempt++
		write("ended by the attempt that holds it", true, func(ctx context.Context, tx larder.Tx) (bool, error) {
			return store.Effects{}.EndEffect(ctx, tx, is, run.Done, "")
		})
		write("ended again", false, func(ctx context.Context, tx larder.Tx) (bool, error) {
			return store.Effects{}.EndEffect(ctx, tx, is, run.Done, "")
		})
	})
}
