package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"larder/internal/app"
	"larder/internal/edge/schedule"
	"larder/internal/edge/store/sqlite"
)

// served is a database whose schedules a process does.
func served(t *testing.T) (env map[string]string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "larder.db")
	side, err := sqlite.OpenSide(t.Context(), app.SchedulePath(path))
	if err != nil {
		t.Fatal(err)
	}
	s, err := schedule.Open(t.Context(), schedule.Config{DB: side, Dialect: schedule.SQLite, Schedules: []schedule.Schedule{
		{Name: "backup", What: "copy", When: schedule.When{Spec: "0 3 * * *"}, Do: func(context.Context) (string, error) { return "a copy", nil }},
		{Name: "alarm", What: "look", When: schedule.When{Spec: "@daily"}, Do: func(context.Context) (string, error) {
			return "", errors.New("it is on fire")
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	grace, ended := context.WithTimeout(context.Background(), 10*time.Second) //nolint:usetesting // outlives the request to stop
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, grace) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-done, side.Close()); err != nil {
			t.Error(err)
		}
		ended()
	})
	return map[string]string{"LARDER_DB": path}
}

// The proof, item 8: schedules are seen and commanded beside the process that does them, which notices
// without a restart.
func TestRun_schedule(t *testing.T) {
	t.Parallel()
	env := served(t)
	larder(t, env, "", "schedule", "list").want(t, 0, "backup  0 3 * * *", "")
	larder(t, env, "", "schedule", "run", "backup", "--wait").want(t, 0, "completed: a copy", "")
	larder(t, env, "", "schedule", "run", "alarm", "--wait").want(t, 1, "failed: it is on fire", "")
	larder(t, env, "", "schedule", "history", "backup").want(t, 0, "completed: a copy", "")
	larder(t, env, "", "schedule", "set", "backup", "--at", "30 2 * * *", "--zone", "Europe/Berlin").want(t, 0, "", "")
	larder(t, env, "", "schedule", "pause", "alarm").want(t, 0, "", "")
	st := listed(t, env)
	if s := st["backup"]; s.Spec != "30 2 * * *" || s.Zone != "Europe/Berlin" || !s.Set || s.Paused || s.Last == nil || !s.Last.OK() {
		t.Errorf("%+v", s)
	}
	if s := st["alarm"]; !s.Paused || s.Last == nil || s.Last.Error != "it is on fire" {
		t.Errorf("%+v", s)
	}
	larder(t, env, "", "schedule", "resume", "alarm").want(t, 0, "", "")
	larder(t, env, "", "schedule", "set", "backup", "--standard").want(t, 0, "", "")
	if st := listed(t, env); st["backup"].Set || st["alarm"].Paused {
		t.Errorf("%+v", st)
	}
	larder(t, env, "", "schedule", "history", "backup", "--json").want(t, 0, `"state":"completed"`, "")
}

func listed(t *testing.T, env map[string]string) map[string]schedule.Status {
	t.Helper()
	var list struct {
		Schedules []schedule.Status `json:"schedules"`
	}
	r := larder(t, env, "", "schedule", "list", "--json")
	if err := json.Unmarshal([]byte(r.out), &list); err != nil {
		t.Fatalf("%s%s: %v", r.out, r.err, err)
	}
	found := make(map[string]schedule.Status, len(list.Schedules))
	for _, s := range list.Schedules {
		found[s.Name] = s
	}
	return found
}

// What cannot be is told.
func TestRun_schedule_wrong(t *testing.T) {
	t.Parallel()
	env := served(t)
	larder(t, env, "", "schedule", "run", "none").want(t, 1, "", `no such schedule: "none"`)
	larder(t, env, "", "schedule", "set", "backup", "--at", "whenever").want(t, 1, "", "neither five fields")
	larder(t, env, "", "schedule", "set", "backup").want(t, 2, "", "--at")
	larder(t, map[string]string{"LARDER_DB": filepath.Join(t.TempDir(), "x.db")}, "", "schedule", "list").want(t, 1, "", "larder serve makes them")
}

// D6: a file that was damaged is told before anything in it is believed.
func TestRun_audit_integrity(t *testing.T) {
	t.Parallel()
	env := map[string]string{"LARDER_DB": filepath.Join(t.TempDir(), "larder.db")}
	larder(t, env, "", "org", "add", "--code", "acme", "--name", "Acme").want(t, 0, "", "")
	larder(t, env, "", "audit", "--integrity").want(t, 0, "session_has_order", "")
	b, err := os.ReadFile(env["LARDER_DB"])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(env["LARDER_DB"], append(bytes.Clone(b[:4096]), make([]byte, len(b)-4096)...), 0o600); err != nil {
		t.Fatal(err)
	}
	larder(t, env, "", "audit", "--integrity").want(t, 1, "", "damaged")
}
