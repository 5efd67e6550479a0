package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
)

// Dialect names the database that a folder of migrations is written for.
type Dialect string

// The dialects.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Schema says where a database stands, in numbers of migrations.
type Schema struct {
	Binary         int64 // the newest migration that this binary knows
	Database       int64 // the newest migration that the database has
	CompatibleFrom int64 // the oldest binary that may work on the database
}

// Check refuses a database that has moved on too far for this binary.
func (s Schema) Check() error {
	if s.CompatibleFrom > s.Binary {
		return fmt.Errorf("store: the database needs a program of schema version %d or newer, this one has %d: start a newer program",
			s.CompatibleFrom, s.Binary)
	}
	return nil
}

// Migrate brings the database to the newest migration in files ("00001_name.sql", goose's format),
// one transaction a migration, so that one that was killed half-way has not happened (G4). A database
// that a newer binary has migrated is left as it is, and refused only if its compatible_from, the
// single row of table schema_compat, is above what this binary knows.
//
// On PostgreSQL processes that migrate at the same time wait for each other by a session lock. On SQLite
// the engine's lock file keeps a second process away.
func Migrate(ctx context.Context, db *sql.DB, dialect Dialect, files fs.FS, log *slog.Logger) (Schema, error) {
	provider, err := newProvider(db, dialect, files)
	if err != nil {
		return Schema{}, err
	}
	if err := refuseForeign(ctx, db, dialect); err != nil {
		return Schema{}, err
	}
	results, err := provider.Up(ctx)
	for _, r := range results {
		log.InfoContext(ctx, "migrated", "version", r.Source.Version, "file", r.Source.Path, "took", r.Duration)
	}
	if err != nil {
		return Schema{}, fmt.Errorf("store: migrate: %w", err)
	}
	schema, err := readSchema(ctx, db, provider)
	if err != nil {
		return schema, err
	}
	return schema, schema.Check()
}

// ReadSchema tells where a database stands without changing it.
func ReadSchema(ctx context.Context, db *sql.DB, dialect Dialect, files fs.FS) (Schema, error) {
	provider, err := newProvider(db, dialect, files)
	if err != nil {
		return Schema{}, err
	}
	if err := mustBeOurs(ctx, db, dialect); err != nil {
		return Schema{}, err
	}
	return readSchema(ctx, db, provider)
}

// ErrForeign says that a database is none of ours.
var ErrForeign = errors.New("store: this is no database of Larder's")

// refuseForeign keeps a file from getting our tables beside somebody else's: its name was mistyped. What
// lies beside ours on a server is its operator's business.
func refuseForeign(ctx context.Context, db *sql.DB, dialect Dialect) error {
	if dialect != SQLite {
		return nil
	}
	const others = `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
		AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'goose_db_version')`
	var tables int
	if err := db.QueryRowContext(ctx, others).Scan(&tables); err != nil {
		return fmt.Errorf("store: look for tables: %w", err)
	}
	if tables > 0 {
		return fmt.Errorf("%w: it has %d tables of somebody else", ErrForeign, tables)
	}
	return nil
}

// mustBeOurs asks for the table that says from where on programs may work on the database.
func mustBeOurs(ctx context.Context, db *sql.DB, dialect Dialect) error {
	look := `SELECT count(*) FROM sqlite_master WHERE name = 'schema_compat'`
	if dialect == Postgres {
		look = `SELECT count(to_regclass('schema_compat'))`
	}
	var found int
	if err := db.QueryRowContext(ctx, look).Scan(&found); err != nil {
		return fmt.Errorf("store: read schema version: %w", err)
	}
	if found == 0 {
		return fmt.Errorf("%w, or nobody has migrated it", ErrForeign)
	}
	return nil
}

func newProvider(db *sql.DB, dialect Dialect, files fs.FS) (*goose.Provider, error) {
	names := map[Dialect]goose.Dialect{SQLite: goose.DialectSQLite3, Postgres: goose.DialectPostgres}
	name, ok := names[dialect]
	if !ok {
		return nil, fmt.Errorf("store: no dialect %q", dialect)
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if dialect == Postgres {
		options = append(options, goose.WithSessionLocker(sessionLock{}))
	}
	provider, err := goose.NewProvider(name, db, files, options...)
	if err != nil {
		return nil, fmt.Errorf("store: read migrations: %w", err)
	}
	return provider, nil
}

func readSchema(ctx context.Context, db *sql.DB, provider *goose.Provider) (Schema, error) {
	var s Schema
	for _, source := range provider.ListSources() {
		s.Binary = max(s.Binary, source.Version)
	}
	const compat = `SELECT (SELECT max(version_id) FROM goose_db_version), compatible_from FROM schema_compat`
	if err := db.QueryRowContext(ctx, compat).Scan(&s.Database, &s.CompatibleFrom); err != nil {
		return s, fmt.Errorf("store: read schema version: %w", err)
	}
	return s, nil
}
