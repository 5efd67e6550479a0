package postgres

import (
	"context"
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
	cfg     Config
	name    string // of the database, for people
	views   *pool
	gate    *gate
	clock   func() time.Time
	log     *slog.Logger
	metrics *metrics

	closing sync.Once
	closed  error
}

func newReader(cfg Config) (*Reader, error) {
	settings, err := cfg.settings(true)
	if err != nil {
		return nil, err
	}
	r := &Reader{cfg: cfg, name: nameOf(settings), gate: &gate{}, clock: cfg.Clock, log: cfg.Logger, metrics: newMetrics()}
	r.views, err = r.newPool(cfg.ReadConns, cfg.Queue, beginView, sideRead)
	return r, err
}

// View runs fn in a transaction that only reads one committed state. It ends, statements included,
// when ctx does and at the latest after the configured time, a second by default.
func (r *Reader) View(ctx context.Context, fn func(larder.Tx) error) error {
	store.MustBeOutside("View")
	leave, err := r.gate.enter()
	if err != nil {
		return err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, r.cfg.View)
	defer cancel()
	l, err := r.open(ctx)
	if err != nil {
		return err
	}
	start := time.Now()
	defer func() { r.metrics.view(time.Since(start)) }()
	s := &session{lease: l, ctx: ctx, metrics: r.metrics}
	defer r.end(ctx, s)
	tx := store.NewTx(r.clock(), s)
	defer tx.End()
	store.Inside(func() { err = fn(tx) })
	return s.explain(err)
}

// open begins a view's transaction. A connection that had broken while nobody used it is replaced once.
func (r *Reader) open(ctx context.Context) (*lease, error) {
	for again := true; ; again = false {
		l, err := r.views.take(ctx)
		if err != nil {
			return nil, err
		}
		if err = l.control(ctx, l.pool.begin); err == nil {
			return l, nil
		}
		l.suspect = true
		l.give()
		if ctx.Err() != nil || !again {
			return nil, fmt.Errorf("postgres: %s: begin a view: %w", r.name, unreachable(err))
		}
	}
}

// end closes the view's transaction, though the view's context may be over.
func (r *Reader) end(ctx context.Context, s *session) {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.cfg.View)
	defer cancel()
	s.closeRows()
	s.lease.rollback(within)
	s.lease.give()
}

// explain gives a view's error a code. What the view's end interrupted is told as the end of the context,
// and what a broken connection did as such.
func (s *session) explain(err error) error {
	if err == nil {
		return nil
	}
	translated := store.Translate(err)
	trouble := store.TroubleOf(translated)
	if ended := s.ctx.Err(); ended != nil && (trouble == store.TroubleLost || s.lease.status() == statusGone) {
		if errors.Is(err, ended) {
			return translated
		}
		return fmt.Errorf("%w: %w", ended, err)
	}
	if trouble == "" && s.cause != nil && s.lease.status() == statusGone {
		return store.Fail(store.TroubleLost, err)
	}
	return translated
}

// Close refuses new work, waits for what is under way and closes the connections.
func (r *Reader) Close() error {
	r.closing.Do(func() {
		r.gate.close()
		if r.views != nil {
			r.closed = r.views.close()
		}
	})
	return r.closed
}

// Stats tells what the database was asked for since it was opened.
func (r *Reader) Stats() store.Stats { return r.metrics.stats() }
