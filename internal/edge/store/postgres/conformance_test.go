package postgres_test

import (
	"context"
	"fmt"
	"testing"

	"larder/internal/edge/store"
	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/postgrestest"
	"larder/internal/edge/store/storetest"
)

// lose fails a statement, which is all it takes: PostgreSQL then aborts the whole transaction.
func lose(ctx context.Context, q store.DBTX) error {
	_, err := q.ExecContext(ctx, `INSERT INTO account (id, org_id, code, balance, note) VALUES (1, 1, 'x', 0, '')`)
	return err
}

// TestDB_Conformance runs the store's suite with one connection that writes, where operations wait for
// each other as they do on SQLite, and with several, where they collide.
func TestDB_Conformance(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.Start(t)
	writers := []int{6, 1}
	if testing.Short() {
		writers = writers[:1]
	}
	for _, conns := range writers {
		t.Run(fmt.Sprintf("writers_%d", conns), func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t testing.TB) storetest.Harness {
				db, err := postgres.Open(t.Context(), postgres.Config{URL: cluster.Create(t), Conns: conns})
				if err != nil {
					t.Fatal(err)
				}
				return storetest.Harness{
					Store: db, Close: db.Close, Lose: lose,
					Can: storetest.Capabilities{ConcurrentViews: true, Writers: conns},
				}
			})
		})
	}
}
