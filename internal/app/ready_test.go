package app_test

import (
	"context"
	"strings"
	"testing"

	"larder"
	"larder/internal/app"
	"larder/internal/core/visit"
	"larder/internal/edge/store"
)

// G4, PL7: a process that does not get on with its effects takes no more; what a newer program has left
// in the database does not keep one that was put back from being ready.
func TestApp_ready_while_effects_are_late(t *testing.T) {
	t.Parallel()
	c, _ := settings(t)
	a, err := app.Open(t.Context(), c, app.Options{}) // not run: nothing is done about the rows
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	for i, late := range []struct {
		kind string
		ms   int64
		want string
	}{{"of.a.newer.program", 3_600_000, ""}, {visit.EffectCapture, 20_000, ""}, {visit.EffectRelease, 60_000, visit.EffectRelease + " is 1m"}} {
		err := a.Setup().Update(t.Context(), func(tx larder.Tx) error { return overdue(t.Context(), tx, int64(i+1), late.kind, late.ms) })
		if err != nil {
			t.Fatal(err)
		}
		switch err := a.CheckEffects(t.Context()); {
		case late.want == "" && err != nil:
			t.Errorf("%s, %d ms late: %v", late.kind, late.ms, err)
		case late.want != "" && (err == nil || !strings.Contains(err.Error(), late.want)):
			t.Errorf("%s, %d ms late: %v, want %q", late.kind, late.ms, err, late.want)
		}
	}
}

// overdue writes an effect that should have been done so long ago.
func overdue(ctx context.Context, tx larder.Tx, id int64, kind string, ms int64) error {
	due := int64(larder.MillisOf(tx.Now())) - ms
	_, err := store.From(tx).ExecContext(ctx, `INSERT INTO effect
		(id, org_id, kind, key, state, attempt, due_at, fence, payload, last_error, created_at, ended_at)
		VALUES ($1, $2, $3, $1, 'pending', 0, $4, 0, '', '', $4, 0)`, id, larder.Platform, kind, due)
	return err
}
