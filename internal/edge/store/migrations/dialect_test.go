package migrations_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder/internal/edge/store/migrations"
)

// The words in which the dialects differ; everything else in the two folders is equal.
var toSQLite = strings.NewReplacer("BIGINT", "INTEGER", "BYTEA ", "BLOB  ", "\n);", "\n) STRICT;")

func TestMigrations_dialects_say_the_same(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(migrations.Postgres(), "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	for _, name := range names {
		postgres, err := fs.ReadFile(migrations.Postgres(), name)
		if err != nil {
			t.Fatal(err)
		}
		sqlite, err := fs.ReadFile(migrations.SQLite(), name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(toSQLite.Replace(string(postgres)), string(sqlite)); diff != "" {
			t.Errorf("%s differs between the dialects (-postgres in SQLite's words +sqlite):\n%s", name, diff)
		}
	}
}
