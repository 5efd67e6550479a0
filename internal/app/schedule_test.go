package app_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"larder/internal/app"
	"larder/internal/app/backup"
	"larder/internal/app/config"
	"larder/internal/edge/schedule"
	"larder/internal/edge/store/postgrestest"
)

// runs has a schedule of a platform run and returns what came of it.
func runs(t *testing.T, db, name string) schedule.Result {
	t.Helper()
	s, err := app.OpenScheduler(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	run, err := s.RunNow(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Wait(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The proof, item 8, and the drill of docs/operations.md: a backup of a platform that is serving is
// restored into its place, and what came after the backup is gone, with its WAL.
func TestApp_restores_a_backup(t *testing.T) {
	t.Parallel()
	c, _ := settings(t)
	a, stop := start(t, c, app.Options{})
	if _, err := a.Setup().AddOrg(t.Context(), "before", "Before"); err != nil {
		t.Fatal(err)
	}
	r := runs(t, c.DB, app.ScheduleBackup)
	if !r.OK() || filepath.Dir(r.Text) != c.BackupFolder() {
		t.Fatalf("%+v", r)
	}
	if _, err := a.Setup().AddOrg(t.Context(), "after", "After"); err != nil {
		t.Fatal(err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}

	if err := backup.Verify(t.Context(), r.Text); err != nil {
		t.Fatal(err)
	}
	aside := t.TempDir()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(c.DB+suffix, filepath.Join(aside, "larder.db"+suffix)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	copyFile(t, r.Text, c.DB)
	a, _ = start(t, c, app.Options{})
	if _, err := a.Setup().AddOrg(t.Context(), "before", "Before"); err == nil {
		t.Error("what was there at the backup is gone")
	}
	if _, err := a.Setup().AddOrg(t.Context(), "after", "After"); err != nil {
		t.Errorf("what came after the backup is there still: %v", err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A WAL above its limit is an alarm: the run fails, and the metric says so.
func TestApp_alarms_about_the_WAL(t *testing.T) {
	t.Parallel()
	c, _ := settings(t)
	a, _ := start(t, c, app.Options{})
	if r := runs(t, c.DB, app.ScheduleWAL); !r.OK() || !strings.HasSuffix(r.Text, " bytes") {
		t.Errorf("%+v", r)
	}
	if err := os.Truncate(c.DB+"-wal", int64(c.Schedules.WALLimit)<<20+1); err != nil { // zeros, which nobody reads as frames
		t.Fatal(err)
	}
	if r := runs(t, c.DB, app.ScheduleWAL); r.OK() || !strings.Contains(r.Error, "the WAL has") {
		t.Errorf("%+v", r)
	}
	if status, body := ask(t, a, http.MethodGet, "/metrics", ""); status != http.StatusOK || !strings.Contains(body, `larder_schedule_failing{schedule="wal-size"} 1`) {
		t.Errorf("%d %s", status, body)
	}
}

// Both databases have schedules, and the audit is one of them; a server's backups are not ours.
func TestApp_audits_by_itself(t *testing.T) {
	t.Parallel()
	for name, db := range map[string]func(*config.Config){
		"sqlite":   func(*config.Config) {},
		"postgres": func(c *config.Config) { c.DB = postgrestest.Start(t).Create(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := settings(t)
			db(&c)
			start(t, c, app.Options{})
			if r := runs(t, c.DB, app.ScheduleAudit); !r.OK() || !strings.HasSuffix(r.Text, "invariants, 0 broken") {
				t.Errorf("%+v", r)
			}
		})
	}
}

// Whoever asks for schedules of a database that was never served is told.
func TestOpenScheduler_without_any(t *testing.T) {
	t.Parallel()
	if _, err := app.OpenScheduler(t.Context(), filepath.Join(t.TempDir(), "larder.db")); err == nil || !strings.Contains(err.Error(), "larder serve makes them") {
		t.Errorf("error %v", err)
	}
}
