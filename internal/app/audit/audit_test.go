package audit_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"larder"
	"larder/internal/app/audit"
	"larder/internal/edge/store"
	"larder/internal/edge/store/migrations"
	"larder/internal/edge/store/sqlite"
)

// open returns a database in memory with these statements run.
func open(t *testing.T, statements ...string) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Config{Path: sqlite.Memory})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(t.Context(), migrations.SQLite()); err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx larder.Tx) error {
		for s := range strings.SplitSeq(strings.Join(statements, ";"), ";") {
			if strings.TrimSpace(s) == "" {
				continue
			}
			if _, err := store.From(tx).ExecContext(t.Context(), s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// Every invariant of the list is looked at, and books in order are clean.
func TestRun_clean(t *testing.T) {
	t.Parallel()
	report, err := audit.Run(t.Context(), open(t, books))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Results {
		if r.Broken != 0 || r.Rows == 0 || len(r.Violations) != 0 {
			t.Errorf("%s: %d of %d rows: %v", r.Check, r.Broken, r.Rows, r.Violations)
		}
	}
	if !report.Clean || len(report.Results) != len(audit.Checks()) {
		t.Errorf("clean: %v, %d results", report.Clean, len(report.Results))
	}
}

// Each check finds the damage that it is there for, and names the row.
func TestRun_finds(t *testing.T) {
	t.Parallel()
	for _, c := range audit.Checks() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			damage, ok := damages[c.Name]
			if !ok {
				t.Fatal("no damage shows that this check works")
			}
			report, err := audit.Run(t.Context(), open(t, books, damage.sql))
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(report.Results, func(r audit.Result) bool { return r.Check == c.Name })
			found := report.Results[i]
			if report.Clean || found.Broken != 1 || len(found.Violations) != 1 || found.Violations[0].ID != damage.id {
				t.Errorf("clean: %v, %d rows, %+v", report.Clean, found.Broken, found.Violations)
			}
		})
	}
}

// A table of many pages is looked at whole, and a report stays readable.
func TestRun_goes_through_pages(t *testing.T) {
	t.Parallel()
	many := `WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < 2500)
		INSERT INTO account SELECT 1000 + v, 2, 'receivable', 1000 + v, 7 FROM n`
	report, err := audit.Run(t.Context(), open(t, books, many))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(report.Results, func(r audit.Result) bool { return r.Check == "account_balance" })
	if r := report.Results[i]; r.Rows != 2503 || r.Broken != 2500 || len(r.Violations) != 100 {
		t.Errorf("%d rows, %d broken, %d told", r.Rows, r.Broken, len(r.Violations))
	}
}

func TestRun_ends_with_its_context(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := audit.Run(ctx, open(t, books)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
