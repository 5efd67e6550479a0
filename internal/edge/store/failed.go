package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// FailedRow returns a row whose Scan gives err; [sql.Row] has no other way to be made. Engines return it
// for a statement that they do not run.
func FailedRow(err error) *sql.Row {
	db := sql.OpenDB(failing{err})
	defer func() { _ = db.Close() }()
	return db.QueryRowContext(context.Background(), "")
}

// failing is a database that cannot be connected to.
type failing struct{ err error }

// Connect returns the error.
func (f failing) Connect(context.Context) (driver.Conn, error) { return nil, f.err }

// Driver is asked for by database/sql only for its name.
func (f failing) Driver() driver.Driver { return nil }
