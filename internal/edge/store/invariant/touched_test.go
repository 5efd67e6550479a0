package invariant_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/edge/store/invariant"
	"larder/internal/edge/store/migrations"
	"larder/internal/edge/store/sqlite"
	"larder/internal/edge/store/storetest"
)

// everything are the keys that the fixture's rows stand around.
var everything = invariant.Keys{
	Sessions: []larder.SessionID{30, 60, 70, 80, 100, 999},
	Cabinets: []larder.CabinetID{10},
}

// touched looks around keys as a step of the simulator does: inside a transaction that writes, which
// has no limit that a busy machine could miss.
func touched(t testing.TB, db storetest.DB, keys invariant.Keys) (found []invariant.Finding) {
	t.Helper()
	err := db.Update(t.Context(), func(tx larder.Tx) (err error) {
		found, err = invariant.Touched(t.Context(), tx, keys)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// wholeRunsOnly are the checks that do not look at rows around a session.
var wholeRunsOnly = []string{
	"journal_has_cause", "effect_has_subject", "door_event_is_counted", "cabinet_is_recorded", "planogram_is_recorded", "staff_is_recorded",
	"audit_holds_no_secret", "case_holds_no_secret", "effect_holds_no_secret", "command_holds_no_secret",
}

func TestTouched_clean(t *testing.T) {
	t.Parallel()
	if found := touched(t, open(t, books), everything); len(found) != 0 {
		t.Errorf("%v", found)
	}
}

// What a whole run finds around a session is found around that session, by the same check.
func TestTouched_finds(t *testing.T) {
	t.Parallel()
	for _, c := range invariant.Checks() {
		t.Run(c.Invariant+"_"+c.Name, func(t *testing.T) {
			t.Parallel()
			found := touched(t, open(t, books, damages[c.Name].sql), everything)
			of := slices.IndexFunc(found, func(f invariant.Finding) bool { return f.Check == c.Name && f.ID == damages[c.Name].id })
			switch expected := !slices.Contains(wholeRunsOnly, c.Name); {
			case expected && of < 0:
				t.Errorf("found %v", found)
			case !expected && len(found) != 0:
				t.Errorf("found %v, which is left to whole runs", found)
			case of >= 0 && !strings.HasPrefix(found[of].String(), c.Invariant+" "+c.Name+": "+c.Table+" "):
				t.Error(found[of])
			}
		})
	}
}

// A step of the simulator must not cost more the more sessions there have been: every row is found by
// an index.
func TestTouched_scans_nothing(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), sqlite.Config{Path: sqlite.Memory}) // whose plans can be read
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(t.Context(), migrations.SQLite()); err != nil {
		t.Fatal(err)
	}
	for name, text := range invariant.Statements() {
		for _, step := range plan(t, db, text) {
			if strings.HasPrefix(step, "SCAN ") && !slices.Contains([]string{"SCAN f", "SCAN x", "SCAN CONSTANT ROW"}, step) {
				t.Errorf("%s: %s", name, step)
			}
		}
	}
}

func plan(t *testing.T, db *sqlite.DB, text string) (steps []string) {
	t.Helper()
	err := db.View(t.Context(), func(tx larder.Tx) error {
		args := []any{1}
		if strings.Contains(text, "$2") {
			args = append(args, 2)
		}
		rows, err := store.From(tx).QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+text, args...) //nolint:usetesting // a view has a context of its own
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				return err
			}
			steps = append(steps, step)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	return steps
}

// BenchmarkTouched measures what the simulator pays for a step.
func BenchmarkTouched(b *testing.B) {
	db := open(b, books)
	for name, keys := range map[string]invariant.Keys{
		"session": {Sessions: []larder.SessionID{30}},
		"cabinet": {Cabinets: []larder.CabinetID{10}},
	} {
		b.Run(name, func(b *testing.B) {
			err := db.Update(b.Context(), func(tx larder.Tx) error {
				for b.Loop() {
					if found, err := invariant.Touched(b.Context(), tx, keys); err != nil || len(found) != 0 {
						b.Fatal(found, err)
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}
