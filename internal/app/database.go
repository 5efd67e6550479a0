package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"larder"
	"larder/internal/app/config"
	"larder/internal/edge/store"
	"larder/internal/edge/store/migrations"
	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/sqlite"
)

// database is what the engines have in common.
type database interface {
	larder.Transactor
	Migrate(ctx context.Context, files fs.FS) (store.Schema, error)
	Failed() <-chan struct{} // closed when this process has to stop; see [failure]
	Close() error
}

// Views is a database that is only read; whoever opened it closes it.
type Views interface {
	View(ctx context.Context, fn func(larder.Tx) error) error
	Close() error
}

// openDB opens the database that the settings name, a file or a server's, and migrates it.
func openDB(ctx context.Context, c config.Config, log *slog.Logger, r prometheus.Registerer) (database, store.Schema, error) {
	var db database
	var err error
	files := migrations.SQLite()
	if postgres.IsURL(c.DB) {
		files = migrations.Postgres()
		// A third of the connections read, so that neither side waits for the other's.
		reads := c.DBConnections / 3
		db, err = opened(postgres.Open(ctx, postgres.Config{
			URL: c.DB, Logger: log, Metrics: r, ReadConns: reads, Conns: c.DBConnections - reads,
		}))
	} else {
		db, err = opened(sqlite.Open(ctx, sqlite.Config{Path: c.DB, OneThread: c.DBThread, Logger: log, Metrics: r}))
	}
	if err != nil {
		return nil, store.Schema{}, err
	}
	schema, err := db.Migrate(ctx, files)
	if err != nil {
		return nil, schema, errors.Join(err, db.Close())
	}
	return db, schema, nil
}

// opened keeps a nil engine from becoming a database.
func opened[D database](db D, err error) (database, error) {
	if err != nil {
		return nil, err
	}
	return db, nil
}

// auditView is how long a view of an auditor may last: an account has as many postings as there were
// sales, and they are summed in one view. It is less than a server's limit of a statement.
const auditView = 9 * time.Second

// OpenViews opens an existing database, a file or a server's, beside the process that may be using it,
// for views that look at much.
func OpenViews(ctx context.Context, db string) (Views, error) {
	if postgres.IsURL(db) {
		return postgres.OpenReadOnly(ctx, postgres.Config{URL: db, View: auditView})
	}
	return sqlite.OpenReadOnly(ctx, sqlite.Config{Path: db, View: auditView})
}

// DatabaseName is a database for people: a server's without its password.
func DatabaseName(db string) string {
	if postgres.IsURL(db) {
		return postgres.Redact(db)
	}
	return db
}

// failure is why a database's Failed is closed: the disk did not obey, or on a server somebody else has
// become what this process was.
func failure(db database) error {
	if _, server := db.(*postgres.DB); server {
		return postgres.ErrInUse
	}
	return sqlite.ErrFailed
}

// claim makes this process the only one of a kind on a server's database. A file has its lock.
func claim(ctx context.Context, db database, c postgres.Claim, number int) error {
	server, ok := db.(*postgres.DB)
	if !ok {
		return nil
	}
	return server.Claim(ctx, c, number)
}
