package crash_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/edge/store/sqlite"
	"larder/test/disk"
)

// The environment that makes this binary a process that writes and says so.
const (
	writerFile = "LARDER_TEST_WRITER_FILE"
	writerMode = "LARDER_TEST_WRITER_MODE" // "store", or "normal": SQLite as the control has it
)

const acknowledgements = 400 // of one writer, before its power is cut

// TestStore_PowerCut guards D3 and I17: of what the store has acknowledged nothing is gone after a
// power cut. The control writes the same with synchronous=NORMAL and has to lose something: a cut that
// nothing suffers from proves nothing.
func TestStore_PowerCut(t *testing.T) {
	t.Parallel()
	times := max(*kills/2, 3)
	for range times {
		if lost := cutWriter(t, "store"); lost > 0 {
			t.Errorf("%d of %d acknowledged commits are gone", lost, acknowledgements)
		}
	}
	lost := 0
	for range times {
		lost += cutWriter(t, "normal")
	}
	t.Logf("%d power cuts, %d commits each: the store lost none, synchronous=NORMAL %d", times, acknowledgements, lost)
	if lost == 0 {
		t.Error("synchronous=NORMAL has lost nothing: the power was not really cut")
	}
}

// cutWriter lets a process write onto a disk until it has acknowledged enough, cuts the power and
// returns how many acknowledged commits are gone.
func cutWriter(t *testing.T, mode string) (lost int) {
	t.Helper()
	d := disk.New(t)
	file := filepath.Join(d.Folder, "rows.db")
	cmd := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // this very binary
	cmd.Env = append(os.Environ(), writerFile+"="+file, writerMode+"="+mode)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	dead := sync.OnceFunc(func() {
		_ = cmd.Process.Kill() // it is stopped, not ended
		_ = cmd.Wait()         // killed
	})
	defer dead()
	acked := 0
	for lines := bufio.NewScanner(out); acked < acknowledgements && lines.Scan(); {
		acked, err = strconv.Atoi(lines.Text())
		must(t, err)
	}
	must(t, cmd.Process.Signal(syscall.SIGSTOP))
	must(t, d.Cut(t.Context(), dead))
	return max(acked-rows(t, file), 0)
}

// rows counts what a file holds; a file that is damaged fails the test.
func rows(t *testing.T, file string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(5000)")
	must(t, err)
	defer func() { must(t, db.Close()) }()
	var sound string
	must(t, db.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&sound))
	if sound != "ok" {
		t.Errorf("the database is damaged: %s", sound)
	}
	var there bool
	must(t, db.QueryRowContext(t.Context(), `SELECT count(*) > 0 FROM sqlite_master WHERE name = 'a'`).Scan(&there))
	if there {
		must(t, db.QueryRowContext(t.Context(), `SELECT count(*) FROM a`).Scan(&n))
	}
	return n
}

// write commits one row after the other and prints how many there are, until it is ended.
func write(file, mode string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	commit, err := committer(ctx, file, mode)
	if err != nil {
		return err
	}
	if err := commit(`CREATE TABLE a (id INTEGER PRIMARY KEY)`); err != nil {
		return err
	}
	for n := 1; ; n++ {
		if err := commit(`INSERT INTO a DEFAULT VALUES`); err != nil {
			return err
		}
		if _, err := fmt.Println(n); err != nil {
			return err
		}
	}
}

// committer returns what runs a statement in a transaction of its own.
func committer(ctx context.Context, file, mode string) (func(string) error, error) {
	if mode == "store" {
		db, err := sqlite.Open(ctx, sqlite.Config{Path: file})
		return func(statement string) error {
			return db.Update(ctx, func(tx larder.Tx) error {
				_, err := store.From(tx).ExecContext(ctx, statement)
				return err
			})
		}, err
	}
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)")
	return func(statement string) error {
		_, err := db.ExecContext(ctx, statement)
		return err
	}, err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
