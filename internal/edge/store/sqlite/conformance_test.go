package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"larder/internal/edge/store"
	"larder/internal/edge/store/sqlite"
	"larder/internal/edge/store/storetest"
)

// lose makes SQLite roll the whole transaction back, savepoints and neighbors included, and does so
// in earnest: this is what a full disk or an I/O error does.
func lose(ctx context.Context, q store.DBTX) error {
	_, err := q.ExecContext(ctx, `INSERT OR ROLLBACK INTO account (id, org_id, code, balance, note) VALUES (1, 1, 'x', 0, '')`)
	return err
}

func harness(t testing.TB, path string) storetest.Harness {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	return storetest.Harness{
		Store: db, Close: db.Close, Lose: lose,
		Can: storetest.Capabilities{ConcurrentViews: path != sqlite.Memory, Groups: true},
	}
}

// TestDB_Conformance runs the store's suite over a file.
func TestDB_Conformance(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) storetest.Harness {
		return harness(t, filepath.Join(t.TempDir(), "larder.db"))
	})
}

// TestDB_ConformanceInMemory runs the store's suite in memory, as the simulator does.
func TestDB_ConformanceInMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) storetest.Harness { return harness(t, sqlite.Memory) })
}
