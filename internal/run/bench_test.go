package run_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/core/weigh/health"
	"larder/internal/edge/store"
	"larder/internal/edge/store/storetest"
	"larder/internal/run"
)

// begin is when the tests of this room happen.
var begin = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// openDB opens a real database in the bubble that it is called in. It has to be closed there.
func openDB(t *testing.T) storetest.DB {
	t.Helper()
	time.Sleep(time.Until(begin)) // a bubble begins in 2000, before ids do
	return storetest.Open(t, nil)
}

// bench is a to-do list on a real database in a bubble.
type bench struct {
	*run.Engine
	db   storetest.DB
	ids  larder.IDSource
	seen *observed
}

const (
	work  = "work"
	lease = 20 * time.Second
	org   = larder.Platform
)

// inBench runs a test in a bubble of its own, with an engine that is not running yet.
func inBench(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{db: openDB(t), seen: &observed{}}
		defer func() { _ = b.db.Close() }()
		ids, err := larder.NewIDs(1, time.Now)
		must(t, err)
		b.ids = ids
		must(t, b.db.Update(t.Context(), func(tx larder.Tx) error {
			_, err := store.From(tx).ExecContext(t.Context(),
				`INSERT INTO org (id, code, name, created_at) VALUES ($1, 'platform', 'Larder', 0)`, int64(org))
			return err
		}))
		b.Engine = b.engine(b.db)
		test(t, b)
	})
}

// engine is one more process on the same rows.
func (b *bench) engine(db larder.Transactor) *run.Engine {
	return run.NewEngine(db, store.Effects{}, b.ids, run.RealTime{}, b.seen)
}

// running runs an engine until the returned function has stopped it.
func running(t *testing.T, e *run.Engine) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx, t.Context()) }()
	synctest.Wait()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// diary keeps when an effect was tried, and answers the n-th try with the n-th error, then nil.
type diary struct {
	mu      sync.Mutex // guards what follows
	entries []entry
	answers []error
	apply   run.Apply
}

type entry struct {
	run.Effect
	at time.Duration // since begin
}

func (d *diary) Try(_ context.Context, e run.Effect) (run.Apply, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entries = append(d.entries, entry{e, time.Since(begin)})
	if n := len(d.entries); n <= len(d.answers) {
		return nil, d.answers[n-1]
	}
	return d.apply, nil
}

// times are when the tries were.
func (d *diary) times() []time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []time.Duration
	for _, e := range d.entries {
		out = append(out, e.at)
	}
	return out
}

// add writes an effect of kind work.
func (b *bench) add(t *testing.T, e *run.Engine, key int64) {
	t.Helper()
	must(t, b.db.Update(t.Context(), func(tx larder.Tx) error { return e.AddTx(t.Context(), tx, org, work, key) }))
}

// timer sets a timer of kind work to a moment after begin; below 0 stops it.
func (b *bench) timer(t *testing.T, key int64, at time.Duration) {
	t.Helper()
	due := larder.Millis(0)
	if at >= 0 {
		due = larder.MillisOf(begin.Add(at))
	}
	must(t, b.db.Update(t.Context(), func(tx larder.Tx) error { return b.TimerTx(t.Context(), tx, org, work, key, due) }))
}

// state is how the effect of a key stands.
func (b *bench) state(t *testing.T, key int64) (state string) {
	t.Helper()
	must(t, b.db.View(t.Context(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(t.Context(), `SELECT state FROM effect WHERE kind = $1 AND key = $2`, work, key).Scan(&state)
	}))
	return state
}

// number runs a query that returns one number.
func (b *bench) number(t *testing.T, query string) (n int64) {
	t.Helper()
	must(t, b.db.View(t.Context(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(t.Context(), query).Scan(&n)
	}))
	return n
}

// observed keeps what the room tells.
type observed struct {
	mu       sync.Mutex // guards what follows
	outcomes []string
	lates    []time.Duration
	failures []error
	dropped  map[string]int
	judged   []string
	troubles []string
	stalled  []string
	unlocked int
	scales   []string // what was told of them
	unwell   map[health.Status]int
}

func (o *observed) EffectRan(_, outcome string, late time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.outcomes, o.lates = append(o.outcomes, outcome), append(o.lates, late)
}

func (o *observed) EffectFailed(_ run.Effect, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failures = append(o.failures, err)
}

func (o *observed) Unlocked(time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.unlocked++
}

func (o *observed) Scale(lane larder.LaneID, from, to health.Status) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.scales = append(o.scales, fmt.Sprintf("%s: %s, %s", lane, from, to))
}

func (o *observed) Scales(status health.Status, lanes int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.unwell == nil {
		o.unwell = map[health.Status]int{}
	}
	o.unwell[status] = lanes
}

func (o *observed) Judged(verdict string, _ time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.judged = append(o.judged, verdict)
}

func (o *observed) Dropped(what string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.dropped == nil {
		o.dropped = map[string]int{}
	}
	o.dropped[what]++
}

// count is how often something was dropped.
func (o *observed) count(what string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.dropped[what]
}

func (o *observed) Trouble(_ larder.SessionID, what string, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.troubles = append(o.troubles, what+": "+err.Error())
}

func (o *observed) Stalled(what string, _ int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stalled = append(o.stalled, what)
}

// last returns the latest outcome and its lateness.
func (o *observed) last() (string, time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.outcomes) == 0 {
		return "", 0
	}
	return o.outcomes[len(o.outcomes)-1], o.lates[len(o.lates)-1]
}

var errRefused = errors.New("no")

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, want larder.Code) {
	t.Helper()
	if got := larder.CodeOf(err); got != want {
		t.Errorf("error %v has code %q, want %q", err, got, want)
	}
}

// pass lets time go by, and everything that it brings about come to rest.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
