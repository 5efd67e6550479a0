package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"
	"time"

	"larder"
)

// DBTX runs statements inside one transaction; generated queries take it. The context that a
// statement is given does not end it: on the write side statements run under the writer's context,
// on the read side under the view's, because one canceled statement rolls back the transactions of
// all its neighbors. Texts are prepared on first use and kept for the life of the connection, so
// they are constants; values are parameters.
//
// Rows are closed before the same text is run again and before the transaction ends.
type DBTX interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	// PrepareContext panics: the store prepares by itself, and preparing on a pool of one connection
	// while that connection is inside a transaction waits for itself.
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Tx is the transaction that an engine hands to a closure. It belongs to one run of one closure.
type Tx struct {
	larder.TxMark
	now   time.Time
	db    DBTX
	bells []func()
	ended atomic.Bool
}

// NewTx opens a transaction value over db; only engines call it. Its moment is now in UTC, cut to
// the millisecond, because that is all that a row keeps.
func NewTx(now time.Time, db DBTX) *Tx {
	return &Tx{now: now.UTC().Truncate(time.Millisecond), db: db}
}

// Now is the one moment of the transaction, in UTC, with milliseconds.
func (t *Tx) Now() time.Time { return t.now }

// AfterCommit has fn called once the transaction is durable; see [larder.Tx].
func (t *Tx) AfterCommit(fn func()) {
	t.mustBeOpen()
	t.bells = append(t.bells, fn)
}

// Bells returns what AfterCommit was given, in that order; only engines call it, after End.
func (t *Tx) Bells() []func() { return t.bells }

// End makes every later use of the transaction a panic; only engines call it.
func (t *Tx) End() { t.ended.Store(true) }

// ExecContext runs a statement that returns no rows. Errors are translated (see [Translate]).
func (t *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	t.mustBeOpen()
	res, err := t.db.ExecContext(ctx, query, args...)
	return res, Translate(err)
}

// PrepareContext panics; see [DBTX].
func (t *Tx) PrepareContext(context.Context, string) (*sql.Stmt, error) {
	panic("store: a statement was prepared inside a transaction: the store prepares by itself")
}

// QueryContext runs a statement that returns rows. Errors are translated; what [sql.Rows.Err] tells
// later is not, until the transaction's answer is.
func (t *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	t.mustBeOpen()
	rows, err := t.db.QueryContext(ctx, query, args...) //nolint:sqlclosecheck // the caller closes
	return rows, Translate(err)
}

// QueryRowContext runs a statement that returns at most one row. The error that Scan returns is the
// driver's: room files pass it through [Translate].
func (t *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	t.mustBeOpen()
	return t.db.QueryRowContext(ctx, query, args...)
}

func (t *Tx) mustBeOpen() {
	if t.ended.Load() {
		panic("store: transaction used after its end")
	}
}

// From returns what runs statements in tx. It panics for a transaction that has ended, and for one
// that no engine of this store made: both are mistakes of the program, and a statement that ran
// outside its transaction would be worse.
func From(tx larder.Tx) DBTX {
	t, ok := tx.(*Tx)
	if !ok || t == nil {
		panic(fmt.Sprintf("store: not a transaction of this store: %T", tx))
	}
	t.mustBeOpen()
	return t
}
