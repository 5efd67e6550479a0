package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"

	"larder/internal/app/config"
	"larder/internal/edge/store"
	"larder/internal/edge/store/migrations"
	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/sqlite"
)

// Migrate brings a database, a file or a server's, to this program's schema, making the file if it is
// missing.
func Migrate(ctx context.Context, path string) (store.Schema, error) {
	db, schema, err := openDB(ctx, config.Config{DB: path}, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		return schema, err
	}
	return schema, db.Close()
}

// Schema tells where a database, a file or a server's, stands and changes nothing; another process may
// be using it.
func Schema(ctx context.Context, path string) (schema store.Schema, err error) {
	if postgres.IsURL(path) {
		return postgres.ReadSchema(ctx, path, migrations.Postgres())
	}
	if _, err := os.Stat(path); err != nil {
		return store.Schema{}, fmt.Errorf("database: %w", err)
	}
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: "mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(5000)"}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return store.Schema{}, fmt.Errorf("database %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	schema, err = store.ReadSchema(ctx, db, store.SQLite, migrations.SQLite())
	if err != nil {
		return schema, fmt.Errorf("database %s: %w", path, sqlite.Unreadable(err))
	}
	return schema, nil
}
