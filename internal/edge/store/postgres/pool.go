package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"larder/internal/edge/store"
)

// How the two kinds of transaction begin.
const (
	beginWrite = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
	beginView  = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
)

// gate counts who is inside, so that closing can wait for them.
type gate struct {
	mu     sync.RWMutex // guards closed, and entering against closing
	closed bool
	inside sync.WaitGroup
}

// enter is refused once the gate is closed; leave is called once.
func (g *gate) enter() (leave func(), err error) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.closed {
		return nil, store.Fail(store.TroubleClosed, nil)
	}
	g.inside.Add(1)
	return g.inside.Done, nil
}

// close refuses whoever comes later and waits for the others.
func (g *gate) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.inside.Wait()
}

// pool is a bounded number of connections that do one kind of transaction.
type pool struct {
	db      *sql.DB
	begin   string
	side    string
	slots   chan struct{} // one for each connection; whoever has waited longest is served first
	queue   int64         // that may wait for a slot
	waiting atomic.Int64
	metrics *metrics
	name    string
}

// newPool makes a pool. Its connections are made when first used.
func (r *Reader) newPool(conns, queue int, begin, side string) (*pool, error) {
	settings, err := r.cfg.settings(true)
	if err != nil {
		return nil, err
	}
	// A commit must be durable where it is acknowledged, whatever the server's default. A stricter
	// default than "on" stays.
	db := stdlib.OpenDB(*settings, stdlib.OptionAfterConnect(raiseDurability))
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	p := &pool{db: db, begin: begin, side: side, slots: make(chan struct{}, conns), queue: int64(queue), metrics: r.metrics, name: r.name}
	for range conns {
		p.slots <- struct{}{}
	}
	return p, nil
}

// raiseDurability makes a new connection wait for its commits.
func raiseDurability(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')`)
	return err
}

// close closes the connections; nobody uses them any more.
func (p *pool) close() error { return p.db.Close() }

// lease is one connection while one transaction has it.
type lease struct {
	c       *sql.Conn
	pool    *pool
	suspect bool // nobody knows its state: it is not used again
}

// take waits for a connection until ctx ends. Nothing has happened when it fails.
func (p *pool) take(ctx context.Context) (*lease, error) {
	if p.waiting.Add(1) > p.queue {
		p.waiting.Add(-1)
		return nil, store.Fail(store.TroubleQueue, nil)
	}
	select {
	case <-p.slots:
		p.waiting.Add(-1)
	case <-ctx.Done():
		p.waiting.Add(-1)
		return nil, canceled(ctx)
	}
	c, err := p.db.Conn(ctx)
	if err == nil {
		return &lease{c: c, pool: p}, nil
	}
	p.slots <- struct{}{}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("%w: %w", canceled(ctx), err)
	}
	return nil, unreachable(fmt.Errorf("postgres: %s: %w", p.name, err))
}

// unreachable gives a failure to connect its code: what the server said (no such database, wrong
// password) if it said something, else that it could not be reached.
func unreachable(err error) error {
	if translated := store.Translate(err); store.TroubleOf(translated) != "" {
		return translated
	}
	if sqlState(err) != "" {
		return err
	}
	return store.Fail(store.TroubleUnreachable, err)
}

// control runs a statement of the engine itself.
func (l *lease) control(ctx context.Context, text string) error {
	_, err := l.c.ExecContext(ctx, text)
	return err
}

// The states of a connection, as the protocol tells them.
const (
	statusIdle = 'I'
	statusOpen = 'T' // and 'E' once a statement has failed
	statusGone = 0
)

// status tells where the connection stands.
func (l *lease) status() (s byte) {
	err := l.c.Raw(func(dc any) error {
		c, ok := dc.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("postgres: the driver's connection is a %T", dc)
		}
		if inner := c.Conn(); !inner.IsClosed() {
			s = inner.PgConn().TxStatus()
		}
		return nil
	})
	if err != nil {
		return statusGone
	}
	return s
}

// rollback ends the transaction, if there is one left.
func (l *lease) rollback(ctx context.Context) {
	if s := l.status(); s == statusIdle || s == statusGone {
		return
	}
	if err := l.control(ctx, "ROLLBACK"); err != nil {
		l.suspect = true
	}
}

// give returns the connection to its pool, or closes it.
func (l *lease) give() {
	if l.suspect {
		_ = l.c.Raw(func(any) error { return driver.ErrBadConn })
	}
	_ = l.c.Close()
	l.pool.slots <- struct{}{}
}
