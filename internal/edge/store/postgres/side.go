package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/stdlib"
)

// sideConns is enough for a library that works beside the rooms.
const sideConns = 4

// OpenSide opens a small plain pool for a library that brings its own SQL, in a schema of its own. Its
// transactions are what the server's default is; commits are durable as everywhere here.
func OpenSide(ctx context.Context, url string) (*sql.DB, error) {
	settings, err := Config{URL: url}.settings(true)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*settings, stdlib.OptionAfterConnect(raiseDurability))
	db.SetMaxOpenConns(sideConns)
	db.SetMaxIdleConns(1)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("postgres: %s: %w", nameOf(settings), err), db.Close())
	}
	return db, nil
}
