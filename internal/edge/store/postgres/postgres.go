package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"larder"
	"larder/internal/edge/store"
)

// DB is an open database.
type DB struct {
	*Reader
	pool   *pool         // that writes
	repeat chan struct{} // one: the turn to run an operation again
	claims claims

	closeOnce sync.Once
	closeErr  error
}

var _ larder.Transactor = (*DB)(nil)

// Open connects to the database at cfg.URL and makes sure that it may be written and is not too old.
// Errors name the host and the database and never the password. The schema is not looked at: see
// [DB.Migrate].
func Open(ctx context.Context, cfg Config) (*DB, error) {
	cfg = cfg.withDefaults()
	r, err := newReader(cfg)
	if err != nil {
		return nil, err
	}
	d := &DB{Reader: r, repeat: make(chan struct{}, 1), claims: claims{patience: claimPatience, failed: make(chan struct{})}}
	d.repeat <- struct{}{}
	if d.pool, err = r.newPool(cfg.Conns, cfg.Queue, beginWrite, sideWrite); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	if err := r.metrics.register(cfg.Metrics, d.pool.waiting.Load); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if err := d.prove(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("postgres: open %s: %w", r.name, err), d.Close())
	}
	return d, nil
}

// OpenReadOnly opens a database for views only. Only URL, Clock, Logger, ReadConns and View of cfg count.
func OpenReadOnly(ctx context.Context, cfg Config) (*Reader, error) {
	cfg = cfg.withDefaults()
	r, err := newReader(cfg)
	if err != nil {
		return nil, err
	}
	if err := r.View(ctx, func(larder.Tx) error { return nil }); err != nil {
		return nil, errors.Join(fmt.Errorf("postgres: open %s: %w", r.name, err), r.Close())
	}
	return r, nil
}

// oldest is the oldest server that is supported, in the form of server_version_num.
const oldest = 15_00_00

// prove refuses what could not keep our promises: a server that is too old, or that only reads. A
// server that does not sync is somebody's decision, and is told.
func (d *DB) prove(ctx context.Context) error {
	l, err := d.pool.take(ctx)
	if err != nil {
		return err
	}
	defer l.give()
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	const ask = `SELECT current_setting('server_version_num')::bigint, pg_is_in_recovery(),
		current_setting('default_transaction_read_only') = 'on', current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'`
	var version int64
	var standby, readOnly, synced bool
	if err := l.c.QueryRowContext(ctx, ask).Scan(&version, &standby, &readOnly, &synced); err != nil {
		return store.Translate(err)
	}
	switch {
	case version < oldest:
		return fmt.Errorf("the server is PostgreSQL %d, %d or newer is needed", version/10_000, oldest/10_000)
	case standby || readOnly:
		return errors.New("it can only be read: this is a standby, or its default_transaction_read_only is on")
	case !synced:
		d.log.WarnContext(ctx, "the server's fsync or full_page_writes is off: a power cut can lose or damage what was acknowledged", "database", d.name)
	}
	return nil
}

// Migrate brings the schema up to date with files and refuses a schema that is too new. Processes that
// do so at the same time wait for each other by a session lock.
func (d *DB) Migrate(ctx context.Context, files fs.FS) (store.Schema, error) {
	store.MustBeOutside("Migrate")
	leave, err := d.gate.enter()
	if err != nil {
		return store.Schema{}, err
	}
	defer leave()
	settings, err := d.cfg.settings(false)
	if err != nil {
		return store.Schema{}, err
	}
	db := stdlib.OpenDB(*settings)
	defer func() { _ = db.Close() }() // nothing is left to be lost
	schema, err := store.Migrate(ctx, db, store.Postgres, files, d.log)
	if err != nil {
		return schema, fmt.Errorf("postgres: %s: %w", d.name, err)
	}
	return schema, nil
}

// ReadSchema tells where the database at a URL stands and changes nothing.
func ReadSchema(ctx context.Context, url string, files fs.FS) (store.Schema, error) {
	cfg := Config{URL: url}.withDefaults()
	settings, err := cfg.settings(true)
	if err != nil {
		return store.Schema{}, err
	}
	db := stdlib.OpenDB(*settings)
	defer func() { _ = db.Close() }() // nothing is left to be lost
	schema, err := store.ReadSchema(ctx, db, store.Postgres, files)
	if err != nil {
		return schema, fmt.Errorf("postgres: %s: %w", nameOf(settings), err)
	}
	return schema, nil
}

// Failed is closed when a claim of this process has become somebody else's (see [DB.Claim]): it should stop.
// Nothing else closes it: a server's disk is the server's to mistrust, and a broken connection is replaced.
func (d *DB) Failed() <-chan struct{} { return d.claims.failed }

// Close refuses new work, waits for what is under way and closes the connections. A second call returns
// what the first did.
func (d *DB) Close() error {
	d.closeOnce.Do(func() {
		d.closeErr = d.Reader.Close()
		if d.pool != nil {
			d.closeErr = errors.Join(d.closeErr, d.pool.close())
		}
		d.claims.close()
	})
	return d.closeErr
}

// nameOf is the database for people.
func nameOf(c *pgx.ConnConfig) string { return c.Host + "/" + c.Database }
