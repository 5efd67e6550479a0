package storetest

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/edge/store/migrations"
	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/postgrestest"
	"larder/internal/edge/store/sqlite"
)

// DB is what tests of rooms stand on: an engine, whichever it is.
type DB interface {
	larder.Transactor
	Close() error
	Stats() store.Stats
}

// Open returns an empty database with the whole schema, on the engine that this run of the package's tests
// is for (see [Both]); it ends with the test. The moments of its transactions come from clock, nil
// for time.Now. It may be called in a synctest bubble.
func Open(t testing.TB, clock func() time.Time) DB {
	t.Helper()
	db, err := current.open(t, clock)
	if err != nil {
		t.Fatalf("storetest: a database on %s: %v", current.name, err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("storetest: close: %v", err)
		}
		if t.Failed() {
			t.Logf("the database was %s", current.name)
		}
	})
	return db
}

// engine is one way to open a database.
type engine struct {
	name    string
	prepare func() error // once, outside of all bubbles
	open    func(t testing.TB, clock func() time.Time) (DB, error)
}

var (
	onSQLite   = &engine{name: "sqlite", prepare: func() error { return nil }, open: openSQLite}
	onPostgres = &engine{name: "postgres", prepare: sync.OnceValue(makeTemplate), open: openPostgres}

	// current changes between runs of a package's tests, never while one is under way.
	current = onSQLite
)

func openSQLite(t testing.TB, clock func() time.Time) (DB, error) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Config{Path: sqlite.Memory, Clock: clock})
	if err != nil {
		return nil, err
	}
	_, err = db.Migrate(t.Context(), migrations.SQLite())
	return db, err
}

// template is the database that tests on PostgreSQL get a copy of.
const template = "migrated"

func makeTemplate() error {
	cluster, err := postgrestest.Shared()
	if err != nil {
		return err
	}
	ctx := context.Background()
	return cluster.Template(ctx, template, func(url string) error {
		db, err := postgres.Open(ctx, postgres.Config{URL: url, Conns: 1, ReadConns: 1, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			return err
		}
		defer func() { _ = db.Close() }() // nothing is left to be lost
		_, err = db.Migrate(ctx, migrations.Postgres())
		return err
	})
}

func openPostgres(t testing.TB, clock func() time.Time) (DB, error) {
	t.Helper()
	cluster := postgrestest.Start(t)
	return opened(postgres.Open(t.Context(), postgres.Config{URL: cluster.Clone(t, template), Clock: clock, Conns: 4, ReadConns: 2}))
}

// opened keeps a nil engine from becoming a database.
func opened(db *postgres.DB, err error) (DB, error) {
	if err != nil {
		return nil, err
	}
	return db, nil
}
