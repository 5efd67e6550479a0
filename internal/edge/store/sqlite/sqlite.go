package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"larder"
	"larder/internal/edge/store"
)

// Errors that callers may test for.
var (
	// ErrInUse says that another process, or another [DB] of this one, writes to the file.
	ErrInUse = errors.New("the database is in use")
	// ErrFailed says that the disk failed a commit; see [DB.Failed].
	ErrFailed = errors.New("the store has failed")
)

// DB is an open database with its writer.
type DB struct {
	*Reader
	cfg    Config
	path   string
	lock   *fileLock
	pool   *sql.DB // of the writer: one connection
	writer *writer

	closeOnce sync.Once
	closeErr  error
}

var _ larder.Transactor = (*DB)(nil)

// Open opens the database at cfg.Path, making it if it does not exist, and takes it for this process.
// Errors name the path. The schema is not looked at: see [DB.Migrate].
func Open(ctx context.Context, cfg Config) (*DB, error) {
	cfg = cfg.withDefaults()
	path, err := resolve(cfg.Path)
	if err != nil {
		return nil, err
	}
	d := &DB{cfg: cfg, path: path}
	if path != Memory {
		if d.lock, err = lockFile(path); err != nil {
			return nil, err
		}
	}
	if err := d.start(ctx); err != nil {
		if d.pool != nil {
			_ = d.pool.Close()
		}
		_ = d.lock.release()
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	return d, nil
}

// start connects, proves that the file can be written, and starts the writer.
func (d *DB) start(ctx context.Context) error {
	if err := create(d.path); err != nil {
		return err
	}
	var err error
	if d.pool, err = openPool(d.path, readWrite, 1); err != nil {
		return err
	}
	c := &conn{pool: d.pool}
	if err := c.open(ctx); err != nil {
		return err
	}
	if err := d.proveWritable(ctx, c); err != nil {
		_ = c.release()
		return err
	}
	queue := make(chan *op, d.cfg.Queue)
	m, err := newMetrics(d.cfg.Metrics, func() int { return len(queue) })
	if err != nil {
		_ = c.release()
		return err
	}
	h := newHealth(d.cfg.Logger)
	lease := make(chan *conn, 1)
	lease <- c
	d.writer = &writer{
		lease: lease, clock: d.cfg.Clock, log: d.cfg.Logger, metrics: m,
		group: d.cfg.Group, wal: d.path != Memory, pinned: d.cfg.OneThread, health: h, queue: queue, done: make(chan struct{}),
	}
	d.Reader = newReader(d.cfg, d.path, m, h)
	if d.path == Memory {
		d.lease, d.shared, d.Reader.pool = lease, true, d.pool
	} else if d.Reader.pool, err = d.fillReaders(queryOnly); err != nil {
		_ = c.release()
		return err
	}
	go d.writer.run()
	return nil
}

// create makes a missing file, for its owner's eyes only: SQLite would let the group and others read
// who bought what. The WAL gets the file's mode.
func create(path string) error {
	if path == Memory {
		return nil
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator's file
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// proveWritable puts a file into WAL mode and takes the write lock once, so that a file that cannot be
// written is refused at the start and not at the first purchase.
func (d *DB) proveWritable(ctx context.Context, c *conn) error {
	if d.path != Memory {
		var mode string
		if err := c.c.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
			return err
		}
		if mode != "wal" {
			return fmt.Errorf("it cannot be put into WAL mode: journal mode is %q", mode)
		}
	}
	if err := c.begin("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	return c.rollback()
}

// OpenReadOnly opens an existing file for views only, beside the process that may be writing to it.
// Only Path, Clock, Logger, Metrics and ReadConns of cfg count.
func OpenReadOnly(ctx context.Context, cfg Config) (*Reader, error) {
	cfg = cfg.withDefaults()
	path, err := resolve(cfg.Path)
	if err != nil {
		return nil, err
	}
	if path == Memory {
		return nil, errors.New("sqlite: a database in memory has nothing to read")
	}
	m, err := newMetrics(cfg.Metrics, func() int { return 0 })
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	r := newReader(cfg, path, m, newHealth(cfg.Logger))
	if r.pool, err = r.fillReaders(foreignRead); err != nil {
		return nil, err
	}
	probe := func(tx larder.Tx) error {
		var n int
		return store.From(tx).QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n)
	}
	if err := r.View(ctx, probe); err != nil {
		_ = r.Close()
		return nil, fmt.Errorf("sqlite: open %s: %w", path, Unreadable(err))
	}
	return r, nil
}

func newReader(cfg Config, name string, m *metrics, h *health) *Reader {
	return &Reader{
		name: name, lease: make(chan *conn, cfg.ReadConns), clock: cfg.Clock, log: cfg.Logger,
		metrics: m, health: h, limit: cfg.View, closed: make(chan struct{}),
	}
}

// fillReaders opens the read pool. Its connections are made when first used.
func (r *Reader) fillReaders(a access) (*sql.DB, error) {
	pool, err := openPool(r.name, a, cap(r.lease))
	if err != nil {
		return nil, err
	}
	for range cap(r.lease) {
		r.lease <- &conn{pool: pool}
	}
	return pool, nil
}

func openPool(path string, a access, conns int) (*sql.DB, error) {
	pool, err := sql.Open("sqlite", dsn(path, a))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return pool, nil
}

// Update implements [larder.Transactor]. Beside what fn returns, errors are an [*store.EngineError]:
// [store.Retryable] where nothing happened and trying again may work, of trouble
// [store.TroubleUnknown] where the outcome is not known. A panic of fn undoes the operation and goes on
// in this goroutine.
func (d *DB) Update(ctx context.Context, fn func(larder.Tx) error) error {
	store.MustBeOutside("Update")
	if err := d.health.err(); err != nil {
		return err
	}
	return d.writer.update(ctx, fn)
}

// Migrate brings the schema up to date with files and refuses a schema that is too new. It waits for
// the group under way and holds up all later ones.
func (d *DB) Migrate(ctx context.Context, files fs.FS) (store.Schema, error) {
	store.MustBeOutside("Migrate")
	select {
	case c := <-d.writer.lease:
		defer func() { d.writer.lease <- c }()
		// goose takes the pool's only connection; ours goes back to the pool meanwhile.
		if err := c.release(); err != nil {
			return store.Schema{}, err
		}
		schema, err := store.Migrate(ctx, d.pool, store.SQLite, files, d.cfg.Logger)
		if err != nil {
			return schema, fmt.Errorf("sqlite: %s: %w", d.path, err)
		}
		return schema, nil
	case <-d.closed:
		return store.Schema{}, store.Fail(store.TroubleClosed, nil)
	case <-ctx.Done():
		return store.Schema{}, ctx.Err()
	}
}

// Stats tells what the database did since it was opened.
func (d *DB) Stats() Stats { return d.metrics.stats() }

// Failed is closed when the disk has failed a commit or a checkpoint. From then on every call returns
// [ErrFailed], because a sync that succeeds later proves nothing about pages that an earlier one lost;
// the process should stop and be started again.
func (d *DB) Failed() <-chan struct{} { return d.health.failed }

// Close refuses new work, ends what is queued and under way, copies the WAL into the database and gives
// the file up. A second call returns what the first did.
func (d *DB) Close() error {
	d.closeOnce.Do(func() {
		d.writer.close()
		d.closeErr = errors.Join(d.Reader.Close(), d.closeWriter(), d.lock.release())
	})
	return d.closeErr
}

// closeWriter closes the writer's connection. Nothing is lost if the last checkpoint fails: the WAL
// stays beside the database and is read at the next start.
func (d *DB) closeWriter() error {
	if d.path == Memory {
		return nil // the readers closed it
	}
	c := <-d.writer.lease
	if c.c != nil && d.health.err() == nil {
		if _, err := walCheckpoint(c, "TRUNCATE"); err != nil {
			d.cfg.Logger.Warn("the last checkpoint failed; the WAL is kept", "path", d.path, "error", err)
		}
	}
	return errors.Join(c.release(), d.pool.Close())
}
