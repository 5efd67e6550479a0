package backup_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"larder"
	"larder/internal/app/backup"
	"larder/internal/edge/store"
	"larder/internal/edge/store/migrations"
	"larder/internal/edge/store/sqlite"
)

// shop is a database in which money moves.
type shop struct {
	*testing.T
	db     *sqlite.DB
	folder backup.Folder
	clock  time.Time
}

func open(t *testing.T) *shop {
	t.Helper()
	dir := t.TempDir()
	s := &shop{T: t, clock: time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)}
	s.folder = backup.Folder{
		DB: filepath.Join(dir, "larder.db"), Dir: filepath.Join(dir, "copies"), Keep: 2,
		Now: func() time.Time { return s.clock },
	}
	db, err := sqlite.Open(t.Context(), sqlite.Config{Path: s.folder.DB})
	s.must(err)
	t.Cleanup(func() { s.must(db.Close()) })
	_, err = db.Migrate(t.Context(), migrations.SQLite())
	s.must(err)
	s.db = db
	s.exec(`INSERT INTO org VALUES (1, 'platform', 'Larder', 1)`,
		`INSERT INTO account VALUES (1, 1, 'till', 0, 0), (2, 1, 'drawer', 0, 0)`)
	return s
}

func (s *shop) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *shop) exec(statements ...string) {
	s.Helper()
	s.must(s.try(s.Context(), statements...))
}

func (s *shop) try(ctx context.Context, statements ...string) error {
	return s.db.Update(ctx, func(tx larder.Tx) error {
		for _, text := range statements {
			if _, err := store.From(tx).ExecContext(ctx, text); err != nil {
				return err
			}
		}
		return nil
	})
}

// busy moves money until it is told to stop: half a movement in a copy would break I3.
func (s *shop) busy() (stop func()) {
	ctx, cancel := context.WithCancel(s.Context())
	var work sync.WaitGroup
	work.Go(func() {
		for id := 1; ctx.Err() == nil; id++ {
			err := s.try(ctx, fmt.Sprintf(`INSERT INTO journal VALUES (%d, 1, 'move', %d, 1)`, id, id),
				fmt.Sprintf(`INSERT INTO posting VALUES (%d, 1, 1, 5), (%d, 2, 1, -5)`, id, id),
				`UPDATE account SET balance_fen = balance_fen + 5 WHERE id = 1`, `UPDATE account SET balance_fen = balance_fen - 5 WHERE id = 2`)
			if err != nil && ctx.Err() == nil {
				s.Error(err)
				return
			}
		}
	})
	return func() {
		cancel()
		work.Wait()
	}
}

// The proof, item 8: a copy of a database that is being written to is whole and clean by the audit,
// only its owner may read it, and the newest stay.
func TestFolder_Make(t *testing.T) {
	t.Parallel()
	s := open(t)
	stop := s.busy()
	var made []string
	for range 3 {
		path, err := s.folder.Make(t.Context())
		s.must(err)
		made = append(made, path)
		s.clock = s.clock.Add(24 * time.Hour)
	}
	stop()
	left, err := s.folder.List()
	s.must(err)
	if len(left) != 2 || left[0] != made[2] || left[1] != made[1] || filepath.Base(made[0]) != "larder-20261123T030000Z.db" {
		t.Errorf("made %v, left %v", made, left)
	}
	for _, path := range left {
		s.must(backup.Verify(t.Context(), path))
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
	}
	db, err := sqlite.OpenReadOnly(t.Context(), sqlite.Config{Path: left[0]})
	s.must(err)
	defer func() { s.must(db.Close()) }()
	s.must(db.View(t.Context(), func(tx larder.Tx) error {
		var n int
		err := store.From(tx).QueryRowContext(t.Context(), `SELECT count(*) FROM journal`).Scan(&n)
		if err == nil && n == 0 {
			t.Error("the copy holds nothing of what was written")
		}
		return err
	}))
}

// D6: backups in quick succession, by a pace that somebody set or by hand, push no earlier day out: of so
// many days as are kept the last one stays, beside so many of the newest.
func TestFolder_Make_often(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.folder.Keep = 3
	for _, step := range []time.Duration{0, time.Minute, 24 * time.Hour, 24 * time.Hour, time.Minute, 20 * time.Hour, time.Minute, time.Minute, time.Minute} {
		s.clock = s.clock.Add(step)
		_, err := s.folder.Make(t.Context())
		s.must(err)
	}
	s.wantFiles("larder-20261123T030100Z.db", "larder-20261124T030100Z.db", "larder-20261125T230300Z.db", "larder-20261125T230400Z.db", "larder-20261125T230500Z.db")
}

// Copies of a database that breaks an invariant are not kept as good ones; what was there stays.
func TestFolder_Make_of_broken_books(t *testing.T) {
	t.Parallel()
	s := open(t)
	good, err := s.folder.Make(t.Context())
	s.must(err)
	s.exec(`UPDATE account SET balance_fen = 7 WHERE id = 1`)
	s.clock = s.clock.Add(time.Hour)
	if _, err := s.folder.Make(t.Context()); err == nil || !strings.Contains(err.Error(), "I3 account_balance") {
		t.Errorf("error %v", err)
	}
	s.wantFiles(filepath.Base(good))
}

// What a process that died in the middle has left is removed; files of others are not touched.
func TestFolder_Make_clears(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.must(os.Mkdir(s.folder.Dir, 0o700))
	for _, name := range []string{"larder-20261122T030000Z.db.part", "notes.part", "larder-old.db"} {
		s.must(os.WriteFile(filepath.Join(s.folder.Dir, name), []byte("x"), 0o600))
	}
	_, err := s.folder.Make(t.Context())
	s.must(err)
	s.wantFiles("larder-20261123T030000Z.db", "larder-old.db", "notes.part")
}

func (s *shop) wantFiles(want ...string) {
	s.Helper()
	entries, err := os.ReadDir(s.folder.Dir)
	s.must(err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		s.Errorf("%v in the folder instead of %v", got, want)
	}
}

// D6: a backup that was damaged afterwards is found out, wherever it was damaged.
func TestVerify_damaged(t *testing.T) {
	t.Parallel()
	s := open(t)
	for id := range 500 {
		s.exec(fmt.Sprintf(`INSERT INTO customer VALUES (%d, 1, 1)`, 100+id))
	}
	path, err := s.folder.Make(t.Context())
	s.must(err)
	whole, err := os.ReadFile(path)
	s.must(err)
	const page = 4096
	for name, damage := range map[string]func(b []byte) []byte{
		"cut":         func(b []byte) []byte { return b[:len(b)-page] },
		"empty":       func([]byte) []byte { return nil },
		"no_database": func(b []byte) []byte { return append([]byte("not SQLite at all"), b[17:]...) },
		"header":      func(b []byte) []byte { b[page] ^= 0xff; return b },
		"many_pages": func(b []byte) []byte {
			for at := page; at < len(b); at += page {
				b[at+8] ^= 0x55
			}
			return b
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := filepath.Join(t.TempDir(), "bad.db")
			if err := os.WriteFile(bad, damage(append([]byte(nil), whole...)), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := backup.Verify(t.Context(), bad); err == nil {
				t.Error("the damage was not found")
			}
		})
	}
	if err := backup.Verify(t.Context(), filepath.Join(t.TempDir(), "none.db")); err == nil {
		t.Error("a missing file is good")
	}
}
