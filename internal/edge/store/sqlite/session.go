package sqlite

import (
	"context"
	"database/sql"

	"larder/internal/edge/store"
)

// session runs the statements of one closure on one connection, under its own context and never the
// caller's. Once the engine has rolled the transaction back, it runs nothing more.
type session struct {
	conn    *conn
	ctx     context.Context //nolint:containedctx // statements belong to the transaction, not to their caller
	metrics *metrics
	side    string
	guard   bool  // nothing but this session keeps its statements from writing
	cause   error // the statement's error that came with the loss of the transaction
	open    []*sql.Rows
}

var _ store.DBTX = (*session)(nil)

// ExecContext implements [store.DBTX].
func (s *session) ExecContext(_ context.Context, text string, args ...any) (sql.Result, error) {
	stmt, err := s.next(text, args)
	if err != nil {
		return nil, err
	}
	res, err := stmt.ExecContext(s.ctx, args...)
	s.note(err)
	return res, err
}

// PrepareContext implements [store.DBTX]; [store.Tx] panics before it comes here.
func (s *session) PrepareContext(context.Context, string) (*sql.Stmt, error) {
	panic("sqlite: a statement was prepared inside a transaction")
}

// QueryContext implements [store.DBTX].
func (s *session) QueryContext(_ context.Context, text string, args ...any) (*sql.Rows, error) {
	stmt, err := s.next(text, args)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(s.ctx, args...) //nolint:sqlclosecheck,rowserrcheck // the caller's
	s.note(err)
	if err == nil {
		s.open = append(s.open, rows)
	}
	return rows, err
}

// QueryRowContext implements [store.DBTX].
func (s *session) QueryRowContext(_ context.Context, text string, args ...any) *sql.Row {
	stmt, err := s.next(text, args)
	if err != nil {
		return store.FailedRow(err)
	}
	row := stmt.QueryRowContext(s.ctx, args...)
	s.note(row.Err())
	return row
}

// closeRows closes what the closure left open: rows that outlive their transaction would hold the
// connection for ever.
func (s *session) closeRows() {
	for _, rows := range s.open {
		_ = rows.Close()
	}
}

// next returns the statement to run, or why nothing runs any more.
func (s *session) next(text string, args []any) (*sql.Stmt, error) {
	if s.conn.gone {
		return nil, s.lost()
	}
	s.metrics.statement(s.side)
	if s.guard {
		if err := s.conn.mustRead(text, args); err != nil {
			return nil, err
		}
	}
	stmt, err := s.conn.prepared(text)
	s.note(err)
	return stmt, err
}

func (s *session) note(err error) {
	if err != nil && s.cause == nil && s.conn.gone {
		s.cause = err
	}
}

// lost is the error of a transaction that the engine has rolled back. It keeps the trouble of the
// statement that caused it (no space, a broken rule) where there is one.
func (s *session) lost() error {
	translated := store.Translate(s.cause)
	if store.TroubleOf(translated) != "" || store.ConstraintOf(translated) != "" {
		return translated
	}
	return store.Fail(store.TroubleLost, s.cause)
}

// reason is what the caller of a lost transaction is told: the closure's own error if it tells of the
// loss, else the loss. A closure that swallowed the error is not told that it worked.
func (s *session) reason(closure error) error {
	if closure == nil {
		return s.lost()
	}
	return closure
}
