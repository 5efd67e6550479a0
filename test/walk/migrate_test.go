package walk_test

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"larder/test/stand"
)

// TestMigrate_six_at_once guards G3: processes that start on one empty database at the same time leave one
// schema. On a server they wait for each other; of a file one has the use, and the others say so.
func TestMigrate_six_at_once(t *testing.T) {
	t.Parallel()
	stand.EachDatabase(t, func(t *testing.T, settings map[string]string) {
		db, server := settings["db"]
		if !server {
			db = filepath.Join(t.TempDir(), "larder.db")
		}
		const processes = 6
		var refused [processes]string
		var all sync.WaitGroup
		for i := range processes {
			all.Go(func() {
				if out, err := command(t.Context(), "migrate", "--db", db); err != nil {
					refused[i] = out
				}
			})
		}
		all.Wait()
		done := 0
		for _, out := range refused {
			switch {
			case out == "":
				done++
			case server || !strings.Contains(out, "in use"):
				t.Errorf("a process ended with %s", out)
			}
		}
		if done == 0 {
			t.Error("nobody migrated")
		}
		wantCurrent(t, db)
	})
}

func wantCurrent(t *testing.T, db string) {
	t.Helper()
	out, err := command(t.Context(), "migrate", "status", "--json", "--db", db)
	var status struct {
		Current bool `json:"current"`
	}
	if err != nil || json.Unmarshal([]byte(out), &status) != nil || !status.Current {
		t.Errorf("status: %v\n%s", err, out)
	}
}

// command runs the program and returns all that it says.
func command(ctx context.Context, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, stand.Program, args...).CombinedOutput() //nolint:gosec // our own program
	return string(out), err
}
