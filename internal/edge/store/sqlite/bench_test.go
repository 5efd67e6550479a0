package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/edge/store/sqlite"
)

// benchStatements is what an operation of a purchase runs: about ninety statements in nine transactions.
const benchStatements = 10

func benchDB(b *testing.B) *sqlite.DB {
	b.Helper()
	ctx := context.Background()
	db, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(b.TempDir(), "larder.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	err = db.Update(ctx, func(tx larder.Tx) error {
		q := store.From(tx)
		if _, err := q.ExecContext(ctx, `CREATE TABLE account (id INTEGER PRIMARY KEY, org_id INTEGER NOT NULL, balance INTEGER NOT NULL, note TEXT NOT NULL) STRICT`); err != nil {
			return err
		}
		_, err := q.ExecContext(ctx, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
			INSERT INTO account SELECT i, 1, 0, 'a note' FROM n`)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return db
}

// BenchmarkWriter_Update shows what grouping gives: the same operations from one caller, and from many.
func BenchmarkWriter_Update(b *testing.B) {
	for _, callers := range []int{1, 4, 16, 64, 200} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			db := benchDB(b)
			before := db.Stats()
			var next atomic.Int64
			b.ReportAllocs()
			b.ResetTimer()
			var wg sync.WaitGroup
			for range callers {
				wg.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						if err := benchOperation(db, n); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			after := db.Stats()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
			b.ReportMetric(float64(after.WriteTx-before.WriteTx)/float64(after.Commits-before.Commits), "tx/commit")
		})
	}
}

func benchOperation(db *sqlite.DB, n int64) error {
	ctx := context.Background()
	return db.Update(ctx, func(tx larder.Tx) error {
		q := store.From(tx)
		for i := range int64(benchStatements / 2) {
			id := (n*7+i*13)%1000 + 1
			var balance int64
			if err := q.QueryRowContext(ctx, `SELECT balance FROM account WHERE org_id = $1 AND id = $2`, 1, id).Scan(&balance); err != nil {
				return err
			}
			if _, err := q.ExecContext(ctx, `UPDATE account SET balance = $1, note = $2 WHERE id = $3`, balance+1, "changed", id); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkReader_View is one view of five lookups.
func BenchmarkReader_View(b *testing.B) {
	db := benchDB(b)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	b.ReportAllocs()
	for b.Loop() {
		err := db.View(ctx, func(tx larder.Tx) error {
			q := store.From(tx)
			for i := range 5 {
				var balance int64
				if err := q.QueryRowContext(ctx, `SELECT balance FROM account WHERE id = $1`, i+1).Scan(&balance); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
