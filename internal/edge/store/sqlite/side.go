package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// OpenSide opens a file of its own for a library that brings its own SQL, beside the database of the
// rooms: a plain pool with one connection, in WAL mode with synchronous=FULL, whose transactions take
// the write lock at once. Other processes may have it open, too. Whoever is inside a transaction must
// not ask the pool for another connection: there is none.
func OpenSide(ctx context.Context, path string) (*sql.DB, error) {
	path, err := resolve(path)
	if err != nil {
		return nil, err
	}
	if err := create(path); err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	pool, err := openPool(path, sideFile, 1)
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	var mode string
	if err := pool.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: open %s: %w", path, err), pool.Close())
	}
	return pool, nil
}
