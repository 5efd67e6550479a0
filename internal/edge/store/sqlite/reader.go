package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"larder"
	"larder/internal/edge/store"
)

// Reader runs views over a database.
type Reader struct {
	name    string
	pool    *sql.DB
	lease   chan *conn // the connections that no view uses now
	shared  bool       // the one connection is the writer's: a view asks of each text whether it only reads
	clock   func() time.Time
	log     *slog.Logger
	metrics *metrics
	health  *health
	limit   time.Duration // of a view

	closing sync.Once
	closed  chan struct{}
}

// View runs fn in a transaction that only reads one committed state. It ends, statements included,
// when ctx does and at the latest after the configured limit.
func (r *Reader) View(ctx context.Context, fn func(larder.Tx) error) error {
	store.MustBeOutside("View")
	if err := r.health.err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, r.limit)
	defer cancel()
	c, err := r.take(ctx)
	if err != nil {
		return err
	}
	defer func() { r.lease <- c }()
	start := time.Now()
	defer func() { r.metrics.view(time.Since(start)) }()
	if err := c.begin("BEGIN"); err != nil {
		return fmt.Errorf("sqlite: %s: begin view: %w", r.name, store.Translate(err))
	}
	defer r.end(c)
	s := &session{conn: c, ctx: ctx, metrics: r.metrics, side: sideRead, guard: r.shared}
	defer s.closeRows()
	tx := store.NewTx(r.clock(), s)
	defer tx.End()
	store.Inside(func() { err = fn(tx) })
	return r.explain(ctx, err)
}

// explain gives a view's error a code. A statement that the view's end interrupted is told as the end
// of the context, whatever the engine called it.
func (r *Reader) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) && store.TroubleOf(store.Translate(err)) == store.TroubleLost {
		return fmt.Errorf("%w: %w", ended, err)
	}
	return store.Translate(err)
}

// take leases a connection.
func (r *Reader) take(ctx context.Context) (*conn, error) {
	select {
	case <-r.closed:
		return nil, store.Fail(store.TroubleClosed, nil)
	default:
	}
	select {
	case c := <-r.lease:
		if err := c.open(ctx); err != nil {
			r.lease <- c
			return nil, fmt.Errorf("sqlite: %s: %w", r.name, store.Translate(err))
		}
		return c, nil
	case <-r.closed:
		return nil, store.Fail(store.TroubleClosed, nil)
	case <-ctx.Done():
		return nil, fmt.Errorf("store: no connection for a view: %w", ctx.Err())
	}
}

// end closes the view's transaction; a connection that does not obey is replaced.
func (r *Reader) end(c *conn) {
	err := c.rollback()
	if err == nil {
		return
	}
	r.log.Error("a view's connection is given up", "error", err)
	c.discard()
	if r.shared {
		r.health.fail(err)
	}
}

// Close refuses new views, waits for those under way and closes the connections.
func (r *Reader) Close() error {
	var err error
	r.closing.Do(func() {
		close(r.closed)
		for range cap(r.lease) {
			c := <-r.lease
			err = errors.Join(err, c.release())
		}
		err = errors.Join(err, r.pool.Close())
	})
	return err
}
