package run_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync/atomic"

	"larder"
	"larder/internal/edge/store"
)

// counted is the database as one process sees it: it counts what the process asks for, and answers no
// more once the process has died.
type counted struct {
	larder.Transactor
	dead       atomic.Bool
	writes     atomic.Int64 // transactions that write
	statements atomic.Int64
}

var errDead = errors.New("the process is dead")

func (c *counted) Update(ctx context.Context, fn func(larder.Tx) error) error {
	if c.dead.Load() {
		return errDead
	}
	return c.Transactor.Update(ctx, func(tx larder.Tx) error {
		counting := store.NewTx(tx.Now(), &countedTx{DBTX: store.From(tx), n: &c.statements})
		if err := fn(counting); err != nil {
			return err
		}
		c.writes.Add(1)
		for _, bell := range counting.Bells() {
			tx.AfterCommit(bell)
		}
		return nil
	})
}

func (c *counted) View(ctx context.Context, fn func(larder.Tx) error) error {
	if c.dead.Load() {
		return errDead
	}
	return c.Transactor.View(ctx, func(tx larder.Tx) error {
		return fn(store.NewTx(tx.Now(), &countedTx{DBTX: store.From(tx), n: &c.statements}))
	})
}

type countedTx struct {
	store.DBTX
	n *atomic.Int64
}

// count counts a statement. The sweep, once a second for all purchases together, is none of one.
func (c *countedTx) count(q string) {
	if !strings.Contains(q, "name: DueEffects") {
		c.n.Add(1)
	}
}

func (c *countedTx) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	c.count(q)
	return c.DBTX.ExecContext(ctx, q, args...)
}

func (c *countedTx) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	c.count(q)
	return c.DBTX.QueryContext(ctx, q, args...) //nolint:sqlclosecheck // the caller closes
}

func (c *countedTx) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	c.count(q)
	return c.DBTX.QueryRowContext(ctx, q, args...)
}
