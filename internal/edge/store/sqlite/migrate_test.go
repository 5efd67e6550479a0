package sqlite_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"larder/internal/edge/store"
	"larder/internal/edge/store/sqlite"
)

// history returns the first n migrations of a small schema. The third says that binaries of version 2
// may still work on it.
func history(n int) fstest.MapFS {
	all := []struct{ name, text string }{
		{"00001_compat.sql", "-- +goose Up\nCREATE TABLE schema_compat (one INTEGER PRIMARY KEY CHECK (one = 1), compatible_from INTEGER NOT NULL);\nINSERT INTO schema_compat VALUES (1, 1);\n"},
		{"00002_account.sql", "-- +goose Up\nCREATE TABLE account (id INTEGER PRIMARY KEY);\n"},
		{"00003_note.sql", "-- +goose Up\nALTER TABLE account ADD COLUMN note TEXT;\nUPDATE schema_compat SET compatible_from = 2;\n"},
	}
	files := fstest.MapFS{}
	for _, m := range all[:n] {
		files[m.name] = &fstest.MapFile{Data: []byte(m.text)}
	}
	return files
}

// A binary migrates what is older, leaves what is newer alone, and refuses only what says that it is
// not for it.
func TestDB_Migrate(t *testing.T) {
	t.Parallel()
	for _, path := range []string{file(t), sqlite.Memory} {
		ctx := t.Context()
		db := open(t, sqlite.Config{Path: path})
		steps := []struct {
			name   string
			binary int
			want   store.Schema
			err    string
		}{
			{"an_empty_database", 2, store.Schema{Binary: 2, Database: 2, CompatibleFrom: 1}, ""},
			{"nothing_to_do", 2, store.Schema{Binary: 2, Database: 2, CompatibleFrom: 1}, ""},
			{"expand", 3, store.Schema{Binary: 3, Database: 3, CompatibleFrom: 2}, ""},
			{"an_older_binary_that_may", 2, store.Schema{Binary: 2, Database: 3, CompatibleFrom: 2}, ""},
			{"an_older_binary_that_may_not", 1, store.Schema{Binary: 1, Database: 3, CompatibleFrom: 2}, "version 2 or newer, this one has 1"},
		}
		for _, step := range steps {
			got, err := db.Migrate(ctx, history(step.binary))
			if diff := cmp.Diff(step.want, got); diff != "" {
				t.Errorf("%s: %s", step.name, diff)
			}
			if (err == nil) != (step.err == "") || (err != nil && !strings.Contains(err.Error(), step.err)) {
				t.Errorf("%s: %v", step.name, err)
			}
			must(t, db.Update(ctx, run(ctx, "INSERT INTO account DEFAULT VALUES")))
		}
		if got := count(t, db, "SELECT count(*) FROM account WHERE note IS NULL"); got != 5 {
			t.Errorf("%d accounts, want 5", got)
		}
	}
}

// G4: a migration that stops half-way has not happened, and the next start does it.
func TestDB_Migrate_G4_halfway(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := open(t, sqlite.Config{Path: file(t)})
	broken := history(3)
	broken["00003_note.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nALTER TABLE account ADD COLUMN note TEXT;\nINSERT INTO missing VALUES (1);\n")}
	if _, err := db.Migrate(ctx, broken); err == nil {
		t.Fatal("a broken migration passed")
	}
	if got := count(t, db, "SELECT count(*) FROM pragma_table_info('account') WHERE name = 'note'"); got != 0 {
		t.Error("half of a migration is there")
	}
	got, err := db.Migrate(ctx, history(3))
	must(t, err)
	if got.Database != 3 {
		t.Errorf("the database is at %d, want 3", got.Database)
	}
}

// Migrations that wait while operations run do not disturb them.
func TestDB_Migrate_beside_operations(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := open(t, sqlite.Config{Path: file(t)})
	_, err := db.Migrate(ctx, history(2))
	must(t, err)
	done := make(chan error, 1)
	go func() {
		for range 200 {
			if err := db.Update(ctx, run(ctx, "INSERT INTO account DEFAULT VALUES")); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for range 5 {
		_, err := db.Migrate(ctx, history(3))
		must(t, err)
	}
	must(t, <-done)
	if got := count(t, db, "SELECT count(*) FROM account"); got != 200 {
		t.Errorf("%d accounts, want 200", got)
	}
}
