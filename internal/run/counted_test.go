package run_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
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
	scenes     atomic.Int64 // scenes that were read
	blind      atomic.Bool  // no scene can be read
}

var errDead = errors.New("the process is dead")

func (c *counted) Update(ctx context.Context, fn func(larder.Tx) error) error {
	if c.dead.Load() {
		return errDead
	}
	return c.Transactor.Update(ctx, func(tx larder.Tx) error {
		counting := store.NewTx(tx.Now(), &countedTx{DBTX: store.From(tx), of: c})
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
		return fn(store.NewTx(tx.Now(), &countedTx{DBTX: store.From(tx), of: c}))
	})
}

type countedTx struct {
	store.DBTX
	of *counted
}

// background names the queries that a process asks every so often for all purchases together: none of
// them is one purchase's.
var background = []string{"name: DueEffects", "name: Stalled", "name: LiveSessions"}

func (c *countedTx) count(q string) error {
	if !slices.ContainsFunc(background, func(name string) bool { return strings.Contains(q, name) }) {
		c.of.statements.Add(1)
	}
	if strings.Contains(q, "name: DoorEventsOfSession") {
		c.of.scenes.Add(1)
		if c.of.blind.Load() {
			return errBlind
		}
	}
	return nil
}

var errBlind = errors.New("this cannot be read now")

func (c *countedTx) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	if err := c.count(q); err != nil {
		return nil, err
	}
	return c.DBTX.ExecContext(ctx, q, args...)
}

func (c *countedTx) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if err := c.count(q); err != nil {
		return nil, err
	}
	return c.DBTX.QueryContext(ctx, q, args...) //nolint:sqlclosecheck // the caller closes
}

func (c *countedTx) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	_ = c.count(q) // nothing that is counted or refused is asked for in this way
	return c.DBTX.QueryRowContext(ctx, q, args...)
}
