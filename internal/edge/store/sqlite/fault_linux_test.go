package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/edge/store/sqlite"
)

// redirect makes every open descriptor of the file at path point at device, and returns how to undo
// it. The engine's system calls are real and really fail: /dev/full has no space for a write, and
// /dev/null takes writes and refuses to sync.
func redirect(t *testing.T, path, device string) (restore func()) {
	t.Helper()
	dev, err := os.OpenFile(device, os.O_RDWR, 0) //nolint:gosec // one of two devices
	must(t, err)
	kept := map[int]int{}
	for _, fd := range descriptors(t, path) {
		kept[fd], err = syscall.Dup(fd)
		must(t, err)
		must(t, syscall.Dup3(int(dev.Fd()), fd, syscall.O_CLOEXEC))
	}
	restore = sync.OnceFunc(func() {
		for fd, copied := range kept {
			must(t, syscall.Dup3(copied, fd, syscall.O_CLOEXEC))
			must(t, syscall.Close(copied))
		}
		must(t, dev.Close())
	})
	t.Cleanup(restore)
	return restore
}

// descriptors lists this process's descriptors of a file. It is done before any is copied: a number
// that was listed as another file's may be given to a copy.
func descriptors(t *testing.T, path string) (found []int) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	for _, entry := range entries {
		if target, err := os.Readlink(filepath.Join("/proc/self/fd", entry.Name())); err == nil && target == path {
			fd, err := strconv.Atoi(entry.Name())
			must(t, err)
			found = append(found, fd)
		}
	}
	if len(found) == 0 {
		t.Fatalf("%s is not open", path)
	}
	return found
}

// faultyDB returns a database whose WAL is open and empty, so that a device in its place is only
// written to.
func faultyDB(t *testing.T) (*sqlite.DB, string) {
	t.Helper()
	path, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	path = filepath.Join(path, "larder.db")
	db := open(t, sqlite.Config{Path: path})
	must(t, db.Update(t.Context(), run(t.Context(), "CREATE TABLE a (id INTEGER, body BLOB)")))
	must(t, db.Close())
	return open(t, sqlite.Config{Path: path}), path
}

func failed(db *sqlite.DB) bool {
	select {
	case <-db.Failed():
		return true
	default:
		return false
	}
}

// D4, I17: a sync that fails acknowledges nothing, then or later, even when the disk obeys again.
func TestDB_Update_D4_syncFails(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db, path := faultyDB(t)
	restore := redirect(t, path+"-wal", "/dev/null")
	rang := false
	err := db.Update(ctx, func(tx larder.Tx) error {
		tx.AfterCommit(func() { rang = true })
		return run(ctx, "INSERT INTO a VALUES (1, '')")(tx)
	})
	restore()
	if store.TroubleOf(err) != store.TroubleUnknown || store.Retryable(err) {
		t.Errorf("a commit whose sync failed was answered %v", err)
	}
	if rang {
		t.Error("a bell rang for a commit whose sync failed")
	}
	if !failed(db) {
		t.Error("the store does not say that it has failed")
	}
	if err := db.Update(ctx, run(ctx, "INSERT INTO a VALUES (2, '')")); !errors.Is(err, sqlite.ErrFailed) {
		t.Errorf("a later Update got %v", err)
	}
	if err := db.View(ctx, func(larder.Tx) error { return nil }); !errors.Is(err, sqlite.ErrFailed) {
		t.Errorf("a later View got %v", err)
	}
}

// D4: a checkpoint that cannot be synced stops the store too, though it was acknowledged rightly.
func TestDB_checkpoint_D4_syncFails(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db, path := faultyDB(t)
	// From here on the database is read from the WAL and the page cache alone.
	must(t, db.Update(ctx, run(ctx, "UPDATE a SET id = 1")))
	must(t, db.Update(ctx, run(ctx, "CREATE TABLE b (id INTEGER, body BLOB)")))
	restore := redirect(t, path, "/dev/null")
	for range 40 {
		if failed(db) {
			break
		}
		err := db.Update(ctx, run(ctx, "INSERT INTO b VALUES (1, zeroblob(400000))"))
		if err != nil && !errors.Is(err, sqlite.ErrFailed) {
			t.Fatal(err)
		}
	}
	restore()
	if !failed(db) {
		t.Fatal("the store goes on after a checkpoint that was not synced")
	}
}

// D5: a full disk refuses what does not fit, says that trying again may work, and it does.
func TestDB_Update_D5_diskFull(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db, path := faultyDB(t)
	restore := redirect(t, path+"-wal", "/dev/full")
	for range 3 {
		err := db.Update(ctx, run(ctx, "INSERT INTO a VALUES (1, zeroblob(10000))"))
		if store.TroubleOf(err) != store.TroubleFull || !store.Retryable(err) || larder.CodeOf(err) != larder.CodeOverload {
			t.Errorf("a commit without space was answered %v", err)
		}
	}
	restore()
	if failed(db) {
		t.Error("a full disk stopped the store")
	}
	must(t, db.Update(ctx, run(ctx, "INSERT INTO a VALUES (2, '')")))
	if got := count(t, db, "SELECT sum(id) FROM a"); got != 2 {
		t.Errorf("row 2 and no other should be there, they add up to %d", got)
	}
}
