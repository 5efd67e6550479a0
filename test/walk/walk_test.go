package walk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"larder/internal/edge/store/postgrestest"
	"larder/internal/sim/cabinet"
	"larder/internal/sim/phone"
	"larder/internal/sim/rig"
	"larder/test/stand"

	"larder"
)

func TestMain(m *testing.M) { os.Exit(stand.Main(m)) }

const (
	onceTime = 3 * time.Minute // for `larder demo --once`, on a busy machine
	buyTime  = 3 * time.Minute
)

// TestDemo_Once guards that `larder demo --once` prints a right receipt: it compares goods, money and
// books by itself and ends with status 0 only if all agree; here the receipt is read as a stranger
// would.
func TestDemo_Once(t *testing.T) {
	t.Parallel()
	seeds := 6
	if testing.Short() {
		seeds = 2
	}
	for seed := range seeds {
		t.Run("seed_"+strconv.Itoa(seed+1), func(t *testing.T) {
			t.Parallel()
			once(t, "--seed", strconv.Itoa(seed+1))
		})
	}
}

// TestDemo_Once_on_a_server guards that the same flow comes out right on PostgreSQL, and that the demo
// leaves a database alone that has been set up.
func TestDemo_Once_on_a_server(t *testing.T) {
	t.Parallel()
	db := postgrestest.Start(t).Create(t)
	once(t, "--db", db)
	out, err := exec.CommandContext(t.Context(), stand.Program, "demo", "--once", "--db", db).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "empty") {
		t.Errorf("a demo on a database in use: %v\n%s", err, out)
	}
}

// once runs `larder demo --once` and reads its receipt.
func once(t *testing.T, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), onceTime)
	defer cancel()
	var out, progress bytes.Buffer
	demo := exec.CommandContext(ctx, stand.Program, append([]string{"demo", "--once"}, args...)...) //nolint:gosec // our own program
	demo.Stdout, demo.Stderr = &out, &progress
	if err := demo.Run(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, progress.String(), out.String())
	}
	var r phone.Receipt
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	sum := larder.Fen(0)
	for _, l := range r.Lines {
		sum += l.Price * larder.Fen(l.Count)
	}
	if r.State != "settled" || r.Outcome != phone.OutcomeCharged || sum == 0 || r.Total != sum || r.Payment.Captured != sum {
		t.Errorf("receipt %+v; its lines sum to %s", r, sum)
	}
}

// TestServe_Stopped guards "SIGTERM stops cleanly within 10 s; an open door is settled after the
// restart": what was taken while nobody served is charged.
func TestServe_Stopped(t *testing.T) {
	t.Parallel()
	stand.EachDatabase(t, stopped)
}

func stopped(t *testing.T, settings map[string]string) {
	s := stand.New(t, stand.Options{Settings: settings})
	ctx, cancel := context.WithTimeout(t.Context(), buyTime)
	defer cancel()
	watch := s.Rig.Machines()[0].Watch()
	defer watch.Close()
	done := s.Buy(ctx, rig.Errand{
		Shopper: s.Shopper(), Takes: []rig.Take{{Lane: 2, Count: 2}, {Lane: 9, Count: 1}}, Open: 4 * time.Second,
	})
	if _, err := watch.Until(ctx, cabinet.IsEvent(cabinet.EventDurable, larder.DoorOpened)); err != nil {
		t.Fatalf("the door did not open: %v\n%s", err, s.Site.LogTail())
	}
	s.Stop()
	if state := s.Rig.Machines()[0].State(); !state.Leaf {
		t.Error("the door was shut before the platform had stopped: this shows nothing")
	}
	s.Start()
	b := <-done
	s.Judge(b)
	if !b.Result.Charged() {
		t.Errorf("the visit is %s %s", b.Result.Visit.State, b.Result.Visit.Outcome)
	}
	s.Audit()
}

// TestBench_Purchase guards that the benchmark measures: right receipts only, every figure there.
func TestBench_Purchase(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a while")
	}
	ctx, cancel := context.WithTimeout(t.Context(), buyTime)
	defer cancel()
	var out, progress bytes.Buffer
	bench := exec.CommandContext(ctx, stand.Program, "bench", "purchase", "--rate", "2", "--seconds", "5", "--doors", "20", "--open", "1s",
		"--dir", t.TempDir(), "--json")
	bench.Stdout, bench.Stderr = &out, &progress
	if err := bench.Run(); err != nil {
		t.Fatalf("%v\n%s", err, progress.String())
	}
	var figures map[string]any
	if err := json.Unmarshal(out.Bytes(), &figures); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, key := range []string{"purchases_per_second", "cpu_ms_per_purchase", "writes_per_purchase", "fsyncs_per_second", "rss_bytes"} {
		if n, _ := figures[key].(float64); n <= 0 {
			t.Errorf("%s is %v", key, figures[key])
		}
	}
	for _, key := range []string{"unlock_ms", "receipt_ms"} {
		pair, _ := figures[key].(map[string]any)
		p50, _ := pair["p50"].(float64)
		p99, _ := pair["p99"].(float64)
		if p50 <= 0 || p99 < p50 {
			t.Errorf("%s is %v", key, figures[key])
		}
	}
}
