package walk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"larder"
	"larder/internal/core/weigh"
	"larder/internal/edge/store"
	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/sqlite"
	"larder/internal/sim/rig"
	"larder/test/stand"
)

// TestReplay guards BY1: from what the database keeps of a purchase, and from nothing else, the same
// verdict follows, byte for byte; beside the platform that runs.
func TestReplay(t *testing.T) {
	t.Parallel()
	stand.EachDatabase(t, func(t *testing.T, settings map[string]string) {
		s := stand.New(t, stand.Options{Settings: settings})
		ctx, cancel := context.WithTimeout(t.Context(), buyTime)
		defer cancel()
		b := <-s.Buy(ctx, rig.Errand{
			Shopper: s.Shopper(), Takes: []rig.Take{{Lane: 2, Count: 2}, {Lane: 9, Count: 1}}, Open: 4 * time.Second,
		})
		s.Judge(b)
		if !b.Result.Charged() {
			t.Fatalf("the visit is %s %s", b.Result.Visit.State, b.Result.Visit.Outcome)
		}
		out, status := weighs(t, "replay", b.Result.Visit.ID.String(), "--db", s.Site.DB, "--json")
		var r struct {
			Session  string `json:"session_id"`
			Verdict  string `json:"verdict"`
			Same     bool   `json:"same"`
			Readings int    `json:"readings"`
			Bytes    int    `json:"bytes"`
		}
		if err := json.Unmarshal([]byte(out), &r); err != nil || status != 0 {
			t.Fatalf("exit %d, %v: %s", status, err, out)
		}
		if !r.Same || r.Verdict != "charge" || r.Session != b.Result.Visit.ID.String() || r.Readings < 20 || r.Bytes > 1024 {
			t.Errorf("%+v", r)
		}
		if out, status := weighs(t, "replay", "--days", "1", "--db", s.Site.DB); status != 0 || !strings.Contains(out, "1 sessions, 0 not the same") {
			t.Errorf("exit %d: %s", status, out)
		}
		if out, status := weighs(t, "compare", "--with", "balanced", "--db", s.Site.DB); status != 0 || !strings.Contains(out, "1 sessions, 0 billed differently") {
			t.Errorf("exit %d: %s", status, out)
		}
		id := b.Result.Visit.ID.String()
		if out, status := weighs(t, "explain", "--session", id, "--db", s.Site.DB); status != 0 || !strings.Contains(out, "Charged ") || !strings.Contains(out, "2 pieces") {
			t.Errorf("exit %d: %s", status, out)
		}
		if out, status := weighs(t, "plot", "--session", id, "--db", s.Site.DB); status != 0 || !strings.HasPrefix(out, "<svg ") || !strings.Contains(out, id) {
			t.Errorf("exit %d: %.300s", status, out)
		}
		if out, status := weighs(t, "export", "--db", s.Site.DB); status != 0 || strings.Count(out, "\n") != 1 || !strings.Contains(out, `{"id":"`+id+`","lanes":[`) {
			t.Errorf("exit %d: %.300s", status, out)
		}
		if out, status := weighs(t, "replay", "1", "--db", s.Site.DB); status != 1 || !strings.Contains(out, "no trace of session 1") {
			t.Errorf("exit %d: %s", status, out)
		}
		s.Stop()
		forge(t, s.Site.DB)
		if out, status := weighs(t, "replay", id, "--db", s.Site.DB); status != 1 || !strings.Contains(out, "differs: judged by rules") || !strings.Contains(out, "older-1, now ") {
			t.Errorf("exit %d: %s", status, out)
		}
		if out, status := weighs(t, "explain", "--session", id, "--db", s.Site.DB); status != 0 || !strings.Contains(out, "the bill was made by rules") {
			t.Errorf("exit %d: %s", status, out)
		}
	})
}

// forge makes the stored explanations those of older rules.
func forge(t *testing.T, url string) {
	t.Helper()
	var db interface {
		larder.Transactor
		Close() error
	}
	var err error
	if postgres.IsURL(url) {
		db, err = postgres.Open(t.Context(), postgres.Config{URL: url, Conns: 2, ReadConns: 1})
	} else {
		db, err = sqlite.Open(t.Context(), sqlite.Config{Path: url})
	}
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx larder.Tx) error {
		_, err := store.From(tx).ExecContext(t.Context(), `UPDATE trace SET verdict = replace(verdict, $1, $2)`, `"rules":"`+weigh.RuleVersion+`"`, `"rules":"older-1"`)
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// weighs runs `larder weigh` and returns all that it says, and its exit status.
func weighs(t *testing.T, args ...string) (string, int) {
	t.Helper()
	var out bytes.Buffer
	program := exec.CommandContext(t.Context(), stand.Program, append([]string{"weigh"}, args...)...) //nolint:gosec // our own program
	program.Stdout, program.Stderr = &out, &out
	err := program.Run()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		t.Fatal(err)
	}
	return out.String(), program.ProcessState.ExitCode()
}
