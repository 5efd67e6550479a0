package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"larder/internal/edge/store"
)

// session runs the statements of one closure on one connection, under the transaction's context and
// never the caller's. The driver prepares each text once per connection. Once a statement has failed at
// the server, the transaction is aborted and nothing more is sent.
type session struct {
	lease   *lease
	ctx     context.Context //nolint:containedctx // statements belong to the transaction, not to their caller
	metrics *metrics
	cause   error // of the first statement that failed
	open    []*sql.Rows
}

var _ store.DBTX = (*session)(nil)

// ExecContext implements [store.DBTX].
func (s *session) ExecContext(_ context.Context, text string, args ...any) (sql.Result, error) {
	if err := s.next(); err != nil {
		return nil, err
	}
	res, err := s.lease.c.ExecContext(s.ctx, text, args...)
	s.note(err)
	return res, err
}

// PrepareContext implements [store.DBTX]; [store.Tx] panics before it comes here.
func (s *session) PrepareContext(context.Context, string) (*sql.Stmt, error) {
	panic("postgres: a statement was prepared inside a transaction")
}

// QueryContext implements [store.DBTX].
func (s *session) QueryContext(_ context.Context, text string, args ...any) (*sql.Rows, error) {
	if err := s.next(); err != nil {
		return nil, err
	}
	rows, err := s.lease.c.QueryContext(s.ctx, text, args...) //nolint:sqlclosecheck,rowserrcheck // the caller's
	s.note(err)
	if err == nil {
		s.open = append(s.open, rows)
	}
	return rows, err
}

// QueryRowContext implements [store.DBTX].
func (s *session) QueryRowContext(_ context.Context, text string, args ...any) *sql.Row {
	if err := s.next(); err != nil {
		return store.FailedRow(err)
	}
	row := s.lease.c.QueryRowContext(s.ctx, text, args...)
	s.note(row.Err())
	return row
}

// next says why nothing runs any more, or counts a statement.
func (s *session) next() error {
	if s.cause != nil && s.lease.status() != statusOpen {
		return s.lost()
	}
	s.metrics.statement(s.lease.pool.side)
	return nil
}

// note remembers the first failure.
func (s *session) note(err error) {
	if s.cause == nil {
		s.cause = err
	}
}

// closeRows closes what the closure left open: rows that outlive their transaction would hold the
// connection for ever.
func (s *session) closeRows() {
	for _, rows := range s.open {
		_ = rows.Close()
	}
}

// lost is the error of a transaction that is no more: the failed statement's if it tells of a rule or of
// trouble.
func (s *session) lost() error {
	translated := store.Translate(s.cause)
	if store.TroubleOf(translated) != "" || store.ConstraintOf(translated) != "" {
		return translated
	}
	return store.Fail(store.TroubleLost, s.cause)
}

// sqlState returns the server's five letters in err's chain, or "".
func sqlState(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// collided reports that the server undid a transaction because of another one: nothing happened, and it
// may well work now.
func collided(err error) bool {
	switch sqlState(err) {
	case store.StateSerialization, store.StateDeadlock:
		return true
	}
	return false
}

// refused reports that the server undid a transaction at its COMMIT and said why: a deferred rule, or the
// transaction's own state. Any other word at that moment may have come after the commit.
func refused(err error) bool {
	state := sqlState(err)
	return len(state) == 5 && (state[:2] == "23" || state[:2] == "25" || state[:2] == "40") && state != store.StateCompletionUnknown
}
