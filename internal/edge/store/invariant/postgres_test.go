package invariant_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/edge/store/invariant"
	"larder/internal/edge/store/migrations"
	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/postgrestest"
)

// inside runs views in a transaction that is open already, and sees what it has written.
type inside struct{ tx larder.Tx }

func (i inside) View(_ context.Context, fn func(larder.Tx) error) error { return fn(i.tx) }

var errUndone = errors.New("undone")

// On PostgreSQL the same texts are clean over the same books and find the same damage, over all rows
// and around a session. Each damage is undone with its transaction.
func TestChecks_on_PostgreSQL(t *testing.T) {
	t.Parallel()
	db, err := postgres.Open(t.Context(), postgres.Config{URL: postgrestest.Start(t).Create(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.Migrate(t.Context(), migrations.Postgres()); err != nil {
		t.Fatal(err)
	}
	if err := db.Update(t.Context(), func(tx larder.Tx) error { return run(t.Context(), tx, books) }); err != nil {
		t.Fatal(err)
	}
	if report, err := invariant.Run(t.Context(), db); err != nil || !report.Clean {
		t.Fatalf("%+v, %v", report.Broken(), err)
	}
	for _, c := range invariant.Checks() {
		damage := damages[c.Name]
		t.Run(c.Invariant+"_"+c.Name, func(t *testing.T) { //nolint:paralleltest // serializable transactions would undo each other
			var report invariant.Report
			var found []invariant.Finding
			err := db.Update(t.Context(), func(tx larder.Tx) error {
				if err := run(t.Context(), tx, damage.sql); err != nil {
					return err
				}
				var errs [2]error
				report, errs[0] = invariant.Run(t.Context(), inside{tx})
				found, errs[1] = invariant.Touched(t.Context(), tx, everything)
				return errors.Join(errs[0], errs[1], errUndone)
			})
			if !errors.Is(err, errUndone) || strings.Contains(err.Error(), "\n") {
				t.Fatal(err)
			}
			wantFound(t, report, c.Name, damage.id)
			near := slices.ContainsFunc(found, func(f invariant.Finding) bool { return f.Check == c.Name && f.ID == damage.id })
			if near == slices.Contains(wholeRunsOnly, c.Name) {
				t.Errorf("around the sessions: %v", found)
			}
		})
	}
}

// run runs statements in the words of SQLite, but for the bytes.
func run(ctx context.Context, tx larder.Tx, statements string) error {
	for s := range strings.SplitSeq(strings.ReplaceAll(statements, `x'00'`, `'\x00'`), ";") {
		if strings.TrimSpace(s) == "" {
			continue
		}
		if _, err := store.From(tx).ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}
