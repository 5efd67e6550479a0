package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/edge/store/sqlite"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(crashPath); path != "" {
		acknowledge(path) // this process is the one that is killed
	}
	goleak.VerifyTestMain(m)
}

func open(t *testing.T, cfg sqlite.Config) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func file(t *testing.T) string { return filepath.Join(t.TempDir(), "larder.db") }

func run(ctx context.Context, text string, args ...any) func(larder.Tx) error {
	return func(tx larder.Tx) error {
		_, err := store.From(tx).ExecContext(ctx, text, args...)
		return err
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type viewer interface {
	View(ctx context.Context, fn func(larder.Tx) error) error
}

func count(t *testing.T, db viewer, text string) (n int64) {
	t.Helper()
	must(t, db.View(t.Context(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(t.Context(), text).Scan(&n)
	}))
	return n
}

// A path that cannot be used is refused with an error that names it.
func TestOpen_Path(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	must(t, os.WriteFile(text, []byte(strings.Repeat("this is no database\n", 100)), 0o600))
	readOnly := filepath.Join(dir, "folder.db")
	must(t, os.Mkdir(readOnly, 0o700))
	for name, path := range map[string]string{
		"folder_is_missing": filepath.Join(dir, "missing", "larder.db"),
		"is_a_folder":       readOnly,
		"is_no_database":    text,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
			if err == nil {
				_ = db.Close()
				t.Fatal("opened")
			}
			if !strings.Contains(err.Error(), path) {
				t.Errorf("the error does not name %s: %v", path, err)
			}
		})
	}
	if _, err := sqlite.Open(t.Context(), sqlite.Config{}); err == nil {
		t.Error("opened without a path")
	}
	odd := open(t, sqlite.Config{Path: filepath.Join(dir, "50% off? #1 货柜.db")})
	must(t, odd.Update(t.Context(), run(t.Context(), "CREATE TABLE a (id INTEGER)")))
	if _, err := os.Stat(filepath.Join(dir, "50% off? #1 货柜.db")); err != nil {
		t.Errorf("a path with odd letters became another: %v", err)
	}
}

// One process, and one DB, writes to a file; the lock ends with it.
func TestOpen_SecondWriter(t *testing.T) {
	t.Parallel()
	path := file(t)
	first := open(t, sqlite.Config{Path: path})
	link := filepath.Join(t.TempDir(), "link.db")
	must(t, os.Symlink(path, link))
	for _, name := range []string{path, link} {
		if _, err := sqlite.Open(t.Context(), sqlite.Config{Path: name}); !errors.Is(err, sqlite.ErrInUse) {
			t.Errorf("second Open of %s: %v", name, err)
		}
	}
	must(t, first.Close())
	second := open(t, sqlite.Config{Path: link})
	must(t, second.Update(t.Context(), run(t.Context(), "CREATE TABLE a (id INTEGER)")))
}

// What durability and the schema rely on is really set on the connections that closures get.
func TestOpen_Settings(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, sqlite.Config{Path: path})
	read := func(want map[string]string) func(larder.Tx) error {
		return func(tx larder.Tx) error {
			for name, value := range want {
				var got string
				must(t, store.From(tx).QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got))
				if got != value {
					t.Errorf("%s is %s, want %s", name, got, value)
				}
			}
			return nil
		}
	}
	must(t, db.Update(t.Context(), read(map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "wal_autocheckpoint": "0", "query_only": "0", "trusted_schema": "0",
	})))
	must(t, db.View(t.Context(), read(map[string]string{"query_only": "1", "foreign_keys": "1"})))
	must(t, db.Update(t.Context(), run(t.Context(), "CREATE TABLE a (id INTEGER)")))
	for _, name := range []string{path, path + "-wal", path + ".lock"} {
		info, err := os.Stat(name)
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, want 0600", name, info.Mode())
		}
	}
}

// `larder audit` reads a file that a running process writes to, and cannot write.
func TestOpenReadOnly(t *testing.T) {
	t.Parallel()
	ctx, path := t.Context(), file(t)
	db := open(t, sqlite.Config{Path: path})
	must(t, db.Update(ctx, run(ctx, "CREATE TABLE a (id INTEGER)")))
	audit, err := sqlite.OpenReadOnly(ctx, sqlite.Config{Path: path})
	must(t, err)
	t.Cleanup(func() { _ = audit.Close() })
	for want := range int64(3) {
		if got := count(t, audit, "SELECT count(*) FROM a"); got != want {
			t.Errorf("the audit sees %d rows, want %d", got, want)
		}
		must(t, db.Update(ctx, run(ctx, "INSERT INTO a VALUES (1)")))
	}
	if err := audit.View(ctx, run(ctx, "DELETE FROM a")); store.TroubleOf(err) != store.TroubleReadOnly {
		t.Errorf("the audit wrote: %v", err)
	}
	must(t, db.Close())
	if got := count(t, audit, "SELECT count(*) FROM a"); got != 3 {
		t.Errorf("after the writer's end the audit sees %d rows, want 3", got)
	}
	missing := filepath.Join(filepath.Dir(path), "missing.db")
	if _, err := sqlite.OpenReadOnly(ctx, sqlite.Config{Path: missing}); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("reading made a file")
	}
}

// What queued during a commit is one group, of at most Group operations; the queue is bounded and
// refuses what does not fit.
func TestDB_Update_groups(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		db := open(t, sqlite.Config{Path: file(t), Queue: 50, Group: 30})
		must(t, db.Update(ctx, run(ctx, "CREATE TABLE a (id INTEGER)")))
		entered, gate := make(chan struct{}), make(chan struct{})
		answers := make(chan error, 60)
		go func() {
			answers <- db.Update(ctx, func(larder.Tx) error { close(entered); <-gate; return nil })
		}()
		<-entered
		before := db.Stats()
		for range 50 {
			go func() { answers <- db.Update(ctx, run(ctx, "INSERT INTO a VALUES (1)")) }()
		}
		synctest.Wait()
		err := db.Update(ctx, run(ctx, "INSERT INTO a VALUES (1)"))
		if larder.CodeOf(err) != larder.CodeOverload || !store.Retryable(err) {
			t.Errorf("the 51st operation of a queue of 50 got %v", err)
		}
		close(gate)
		for range 51 {
			must(t, <-answers)
		}
		got := db.Stats()
		// One commit for the operation that held the writer, two for 30 + 20.
		if got.Commits-before.Commits != 3 || got.WriteTx-before.WriteTx != 51 || got.Groups-before.Groups != 2 {
			t.Errorf("50 operations took %+v after %+v", got, before)
		}
		if got.Statements-before.Statements != 50 {
			t.Errorf("%d statements, want 50", got.Statements-before.Statements)
		}
	})
}

// Every transaction reads the injected clock once.
func TestDB_Update_clock(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 8, 0, 0, 123_456_789, time.FixedZone("CST", 8*3600))
	db := open(t, sqlite.Config{Path: sqlite.Memory, Clock: func() time.Time { return at }})
	want := time.Date(2026, 3, 1, 0, 0, 0, 123_000_000, time.UTC)
	check := func(tx larder.Tx) error {
		if got := tx.Now(); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("now is %v, want %v", got, want)
		}
		return nil
	}
	must(t, db.Update(t.Context(), check))
	must(t, db.View(t.Context(), check))
}

// Rows that a closure forgot to close hold nothing up, the end of the store included.
func TestDB_Update_forgottenRows(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := open(t, sqlite.Config{Path: file(t)})
	must(t, db.Update(ctx, run(ctx, "CREATE TABLE a (id INTEGER)")))
	must(t, db.Update(ctx, run(ctx, "INSERT INTO a VALUES (1), (2), (3)")))
	forget := func(tx larder.Tx) error {
		rows, err := store.From(tx).QueryContext(ctx, "SELECT id FROM a") //nolint:sqlclosecheck,rowserrcheck // what is tested
		if err != nil {
			return err
		}
		rows.Next()
		return nil
	}
	for range 10 {
		must(t, db.Update(ctx, forget))
		must(t, db.View(ctx, forget))
	}
	must(t, db.Close())
}

// The WAL is copied into the database as it grows, and cut off at the end.
func TestDB_checkpoints(t *testing.T) {
	t.Parallel()
	ctx, path := t.Context(), file(t)
	db := open(t, sqlite.Config{Path: path})
	must(t, db.Update(ctx, run(ctx, "CREATE TABLE a (id INTEGER, body BLOB)")))
	for range 64 {
		must(t, db.Update(ctx, run(ctx, "INSERT INTO a VALUES (1, zeroblob(400000))"))) // about 100 pages
	}
	if n := db.Stats().Checkpoints; n == 0 {
		t.Error("no checkpoint after 6,400 pages")
	}
	wal, err := os.Stat(path + "-wal")
	must(t, err)
	if wal.Size() > 16<<20 {
		t.Errorf("the WAL has grown to %d bytes though nobody reads", wal.Size())
	}
	must(t, db.Close())
	if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 {
		t.Errorf("the WAL of a closed database holds %d bytes", wal.Size())
	}
}
