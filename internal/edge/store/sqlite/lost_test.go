package sqlite_test

import (
	"testing"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/edge/store/sqlite"
)

// Every way in which SQLite rolls a transaction back by itself is noticed, and told as what it was.
func TestDB_Update_lostTransaction(t *testing.T) {
	t.Parallel()
	ways := map[string]struct {
		text    string
		trouble store.Trouble
		kind    store.ConstraintKind
	}{
		"conflict_clause": {text: "INSERT OR ROLLBACK INTO a VALUES (1, '')", kind: store.ConstraintUnique},
		"trigger":         {text: "DELETE FROM a", kind: store.ConstraintTrigger},
		"no_space":        {text: "INSERT INTO a VALUES (9, zeroblob(1000000))", trouble: store.TroubleFull},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			db := open(t, sqlite.Config{Path: file(t)})
			for _, text := range []string{
				"CREATE TABLE a (id INTEGER PRIMARY KEY, body BLOB)",
				"CREATE TRIGGER kept BEFORE DELETE ON a BEGIN SELECT RAISE(ROLLBACK, 'append only'); END",
				"INSERT INTO a VALUES (1, '')",
				"PRAGMA max_page_count = 20",
			} {
				must(t, db.Update(ctx, run(ctx, text)))
			}
			err := db.Update(ctx, func(tx larder.Tx) error {
				must(t, run(ctx, "INSERT INTO a VALUES (2, '')")(tx))
				_ = run(ctx, way.text)(tx)
				_ = run(ctx, "INSERT INTO a VALUES (3, '')")(tx)
				return nil
			})
			if store.TroubleOf(err) != way.trouble || store.ConstraintOf(err) != way.kind {
				t.Errorf("answered %v, want trouble %q or constraint %q", err, way.trouble, way.kind)
			}
			must(t, db.Update(ctx, run(ctx, "INSERT INTO a VALUES (4, '')")))
			if got := count(t, db, "SELECT sum(id) FROM a"); got != 5 {
				t.Errorf("rows 1 and 4 should be there, they add up to %d", got)
			}
		})
	}
}
