package postgres_test

import (
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"larder/internal/edge/store"
	"larder/internal/edge/store/migrations"
	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/postgrestest"
)

// history returns the first n migrations of a small schema. The third says that binaries of version 2
// may still work on it.
func history(n int) fstest.MapFS {
	all := []struct{ name, text string }{
		{"00001_compat.sql", "-- +goose Up\nCREATE TABLE schema_compat (one BIGINT PRIMARY KEY CHECK (one = 1), compatible_from BIGINT NOT NULL);\nINSERT INTO schema_compat VALUES (1, 1);\n"},
		{"00002_account.sql", "-- +goose Up\nCREATE TABLE account (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY);\n"},
		{"00003_note.sql", "-- +goose Up\nALTER TABLE account ADD COLUMN note TEXT;\nUPDATE schema_compat SET compatible_from = 2;\n"},
	}
	files := fstest.MapFS{}
	for _, m := range all[:n] {
		files[m.name] = &fstest.MapFile{Data: []byte(m.text)}
	}
	return files
}

// A binary migrates what is older, leaves what is newer alone, and refuses only what says that it is
// not for it; statements that were prepared before a migration run after it.
func TestDB_Migrate(t *testing.T) {
	t.Parallel()
	db := open(t, postgres.Config{Conns: 1})
	for _, step := range []struct {
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
	} {
		got, err := db.Migrate(t.Context(), history(step.binary))
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
		if (err == nil) != (step.err == "") || (err != nil && !strings.Contains(err.Error(), step.err)) {
			t.Errorf("%s: %v", step.name, err)
		}
		must(t, db.Update(t.Context(), run("INSERT INTO account DEFAULT VALUES")))
		_ = number(t, db, "SELECT count(*) FROM (SELECT * FROM account) AS a WHERE a.id > 0")
	}
	if got := number(t, db, "SELECT count(*) FROM account WHERE note IS NULL"); got != 5 {
		t.Errorf("%d accounts, want 5", got)
	}
}

// G4: a migration that stops half-way has not happened, and the next start does it.
func TestDB_Migrate_G4_halfway(t *testing.T) {
	t.Parallel()
	db := open(t, postgres.Config{})
	broken := history(3)
	broken["00003_note.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nALTER TABLE account ADD COLUMN note TEXT;\nINSERT INTO missing VALUES (1);\n")}
	if _, err := db.Migrate(t.Context(), broken); err == nil {
		t.Fatal("a broken migration passed")
	}
	if got := number(t, db, "SELECT count(*) FROM information_schema.columns WHERE table_name = 'account' AND column_name = 'note'"); got != 0 {
		t.Error("half of a migration is there")
	}
	got, err := db.Migrate(t.Context(), history(3))
	must(t, err)
	if got.Database != 3 {
		t.Errorf("the database is at %d, want 3", got.Database)
	}
}

// G3: who migrates at the same time waits for the others, and finds the work done.
func TestDB_Migrate_G3_six_at_once(t *testing.T) {
	t.Parallel()
	address := postgrestest.Start(t).Create(t)
	var all sync.WaitGroup
	for range 6 {
		db := open(t, postgres.Config{URL: address, Conns: 1, ReadConns: 1})
		all.Go(func() {
			if schema, err := db.Migrate(t.Context(), migrations.Postgres()); err != nil || schema.Database != schema.Binary {
				t.Errorf("%+v: %v", schema, err)
			}
		})
	}
	all.Wait()
}
