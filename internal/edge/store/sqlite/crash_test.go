package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"testing"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/edge/store/sqlite"
)

// crashPath names the environment variable that makes the test binary the process to be killed.
const crashPath = "LARDER_TEST_CRASH_PATH"

// acknowledge writes pairs of rows from many callers and prints the number of each pair after its
// commit, until it is killed.
func acknowledge(path string) {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, sqlite.Config{Path: path})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var next atomic.Int64
	next.Store(int64(os.Getpid()) << 32)
	for range 8 {
		go func() {
			for {
				n := next.Add(1)
				err := db.Update(ctx, func(tx larder.Tx) error {
					for range 2 {
						if _, err := store.From(tx).ExecContext(ctx, "INSERT INTO a VALUES ($1)", n); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					os.Exit(1)
				}
				_, _ = os.Stdout.WriteString(strconv.FormatInt(n, 10) + "\n")
			}
		}()
	}
	select {}
}

// D1, L1, I17: what was acknowledged before a SIGKILL is there afterwards, and nothing is there by half.
func TestDB_Update_survivesSIGKILL(t *testing.T) {
	t.Parallel()
	ctx, path := t.Context(), file(t)
	db := open(t, sqlite.Config{Path: path})
	must(t, db.Update(ctx, run(ctx, "CREATE TABLE a (id INTEGER)")))
	must(t, db.Close())
	acked := map[int64]bool{}
	for _, lines := range []int{1, 10, 100, 500, 1000} {
		killAfter(t, path, lines, acked)
		db := open(t, sqlite.Config{Path: path})
		must(t, db.View(ctx, func(tx larder.Tx) error { return checkPairs(ctx, t, tx, acked) }))
		must(t, db.Close())
	}
}

// killAfter runs the acknowledging process and kills it once it has printed lines numbers.
func killAfter(t *testing.T, path string, lines int, acked map[int64]bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0]) //nolint:gosec,noctx // this very binary; it is killed below
	cmd.Env = append(os.Environ(), crashPath+"="+path)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	in := bufio.NewScanner(out)
	for seen := 0; in.Scan(); seen++ {
		n, err := strconv.ParseInt(in.Text(), 10, 64)
		must(t, err)
		acked[n] = true
		if seen == lines {
			must(t, cmd.Process.Kill())
		}
	}
	_ = cmd.Wait() // it was killed
}

func checkPairs(ctx context.Context, t *testing.T, tx larder.Tx, acked map[int64]bool) error {
	t.Helper()
	rows, err := store.From(tx).QueryContext(ctx, "SELECT id, count(*) FROM a GROUP BY id")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	there := map[int64]bool{}
	for rows.Next() {
		var id, n int64
		if err := rows.Scan(&id, &n); err != nil {
			return err
		}
		there[id] = true
		if n != 2 {
			t.Errorf("operation %d is there with %d of its 2 rows", id, n)
		}
	}
	for id := range acked {
		if !there[id] {
			t.Errorf("operation %d was acknowledged and is gone", id)
		}
	}
	return rows.Err()
}
