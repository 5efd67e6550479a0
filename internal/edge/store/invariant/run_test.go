package invariant_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/edge/store/invariant"
	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/storetest"
)

// The invariants are looked for on both databases.
func TestMain(m *testing.M) { os.Exit(storetest.Both(m).Run()) }

// open returns a database with these statements run.
func open(t testing.TB, statements ...string) storetest.DB {
	t.Helper()
	db := storetest.Open(t, nil)
	if _, server := db.(*postgres.DB); server {
		for i := range statements { // the one literal that the databases write differently
			statements[i] = strings.ReplaceAll(statements[i], "x'00'", `'\x00'`)
		}
	}
	err := db.Update(t.Context(), func(tx larder.Tx) error {
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
	report, err := invariant.Run(t.Context(), open(t, books))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Results {
		if r.Broken != 0 || r.Rows == 0 || len(r.Violations) != 0 {
			t.Errorf("%s: %d of %d rows: %v", r.Check, r.Broken, r.Rows, r.Violations)
		}
	}
	if !report.Clean || len(report.Results) != len(invariant.Checks()) {
		t.Errorf("clean: %v, %d results", report.Clean, len(report.Results))
	}
}

// Each check finds the damage that it is there for, names the row, and no other check complains. The
// same text does so on both databases.
func TestRun_finds(t *testing.T) {
	t.Parallel()
	for _, c := range invariant.Checks() {
		t.Run(c.Invariant+"_"+c.Name, func(t *testing.T) {
			t.Parallel()
			damage, ok := damages[c.Name]
			if !ok {
				t.Fatal("no damage shows that this check works")
			}
			report, err := invariant.Run(t.Context(), open(t, books, damage.sql))
			if err != nil {
				t.Fatal(err)
			}
			wantFound(t, report, c.Name, damage.id)
		})
	}
}

// wantFound wants one check alone to have found something, in the row id first.
func wantFound(t *testing.T, report invariant.Report, check string, id int64) {
	t.Helper()
	if report.Clean {
		t.Fatal("the damage was not found")
	}
	for _, r := range report.Broken() {
		switch {
		case r.Check != check:
			t.Errorf("%s complains, too: %+v", r.Check, r.Violations)
		case r.Violations[0].ID != id:
			t.Errorf("found %+v", r.Violations)
		}
	}
	if !slices.ContainsFunc(report.Broken(), func(r invariant.Result) bool { return r.Check == check }) {
		t.Error("only others complain")
	}
}

// A table of many pages is looked at whole, and a report stays readable.
func TestRun_goes_through_pages(t *testing.T) {
	t.Parallel()
	many := `WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < 2500)
		INSERT INTO account SELECT 1000 + v, 2, 'receivable', 1000 + v, 7 FROM n`
	report, err := invariant.Run(t.Context(), open(t, books, many))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(report.Results, func(r invariant.Result) bool { return r.Check == "account_balance" })
	if r := report.Results[i]; r.Rows != 2504 || r.Broken != 2500 || len(r.Violations) != 100 {
		t.Errorf("%d rows, %d broken, %d told", r.Rows, r.Broken, len(r.Violations))
	}
}

// hasty lets the first views of a database end before their time.
type hasty struct {
	invariant.Viewer
	left int
}

func (h *hasty) View(ctx context.Context, fn func(larder.Tx) error) error {
	if h.left > 0 {
		h.left--
		return fmt.Errorf("a view is over: %w", context.DeadlineExceeded)
	}
	return h.Viewer.View(ctx, fn)
}

// A page that takes longer than a view may last is cut, until it cannot be.
func TestRun_cuts_pages(t *testing.T) {
	t.Parallel()
	db := open(t, books)
	if report, err := invariant.Run(t.Context(), &hasty{Viewer: db, left: 5}); err != nil || !report.Clean {
		t.Errorf("clean: %v, error %v", report.Clean, err)
	}
	if _, err := invariant.Run(t.Context(), &hasty{Viewer: db, left: 50}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestRun_ends_with_its_context(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := invariant.Run(ctx, open(t, books)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
