package migrations_test

import (
	"context"
	"database/sql"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"larder/internal/edge/store/migrations"
	"larder/internal/edge/store/postgrestest"
)

// Columns, keys, checks and indexes, one a line, as each database tells of them.
const (
	sqliteCatalog   = `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema WHERE tbl_name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%' ORDER BY 1`
	postgresCatalog = `SELECT line FROM (
			SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') AS line
				FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'goose%'
			UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
				WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'goose%'
			UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%'
		) AS lines ORDER BY line`
)

// Every migration can be taken back and made again: up, down to nothing, up leaves the schema of the first
// up, on both databases.
func TestMigrations_up_down_up(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		driver, address, catalog string
		dialect                  goose.Dialect
		files                    fs.FS
	}{
		"sqlite":   {"sqlite", filepath.Join(t.TempDir(), "x.db") + "?_txlock=immediate&_pragma=foreign_keys(1)", sqliteCatalog, goose.DialectSQLite3, migrations.SQLite()},
		"postgres": {"pgx", postgrestest.Start(t).Create(t), postgresCatalog, goose.DialectPostgres, migrations.Postgres()},
	} {
		db, err := sql.Open(c.driver, c.address)
		must(t, err)
		t.Cleanup(func() { _ = db.Close() })
		provider, err := goose.NewProvider(c.dialect, db, c.files, goose.WithDisableGlobalRegistry(true))
		must(t, err)
		ctx := t.Context()
		_, err = provider.Up(ctx)
		must(t, err)
		first := lines(ctx, t, db, c.catalog)
		if len(first) == 0 {
			t.Errorf("%s: nothing is there after the first up", name)
		}
		_, err = provider.DownTo(ctx, 0)
		must(t, err)
		if left := lines(ctx, t, db, c.catalog); len(left) != 0 {
			t.Errorf("%s: what is left after the way down: %q", name, left)
		}
		_, err = provider.Up(ctx)
		must(t, err)
		if diff := cmp.Diff(first, lines(ctx, t, db, c.catalog)); diff != "" {
			t.Errorf("%s: the second up differs from the first:\n%s", name, diff)
		}
	}
}

func lines(ctx context.Context, t *testing.T, db *sql.DB, query string) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(ctx, query)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var line string
		must(t, rows.Scan(&line))
		all = append(all, line)
	}
	must(t, rows.Err())
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
