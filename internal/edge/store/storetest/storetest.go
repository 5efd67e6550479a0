package storetest

import (
	"context"
	"testing"
	"testing/synctest"

	"larder"
	"larder/internal/edge/store"
)

// Capabilities say in what engines differ by design.
type Capabilities struct {
	// ConcurrentViews: a view runs beside an open Update; without it, it waits for the Update's end.
	ConcurrentViews bool
	// Groups: operations that wait share one transaction of the database.
	Groups bool
	// Writers is how many operations run at a time, in any order; 0 means one after the other as they come.
	Writers int
}

// Harness is one freshly opened, empty database.
type Harness struct {
	Store larder.Transactor
	// Close ends what is under way and closes the store. It may be called twice.
	Close func() error
	// Lose runs a statement that makes the engine roll the whole transaction back by itself, and
	// returns that statement's error. Nil if the engine never does so.
	Lose func(ctx context.Context, q store.DBTX) error
	Can  Capabilities
}

// env is what a case works with.
type env struct {
	Harness
	t   *testing.T
	ctx context.Context //nolint:containedctx // the test's
}

// schema is in words that every database understands.
var schema = []string{
	`CREATE TABLE account (
		id BIGINT PRIMARY KEY, org_id BIGINT NOT NULL, code TEXT NOT NULL,
		balance BIGINT NOT NULL CHECK (balance >= 0), note TEXT NOT NULL, UNIQUE (org_id, code))`,
	`CREATE TABLE posting (id BIGINT PRIMARY KEY, account_id BIGINT NOT NULL REFERENCES account (id), amount BIGINT NOT NULL)`,
	`INSERT INTO account (id, org_id, code, balance, note) VALUES (1, 1, 'cash', 60, ''), (2, 1, 'debt', 0, '')`,
}

// Run runs every case against databases that open makes; open is called inside the case's bubble.
func Run(t *testing.T, open func(t testing.TB) Harness) {
	t.Helper()
	for name, run := range cases(t, open) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, open, run)
		})
	}
}

// cases picks by capability. The probe's database is opened in a bubble of its own, like any other.
func cases(t *testing.T, open func(t testing.TB) Harness) map[string]func(env) {
	all := map[string]func(env){}
	add := func(more map[string]func(env)) {
		for name, run := range more {
			all[name] = run
		}
	}
	add(updateCases)
	add(cancelCases)
	add(nestCases)
	add(viewCases)
	add(bellCases)
	add(errorCases)
	add(moneyCases)
	add(raceCases)
	add(closeCases)
	inBubble(t, open, func(e env) {
		if e.Can.ConcurrentViews {
			add(besideCases)
		}
		if e.Lose != nil {
			add(lostCases)
		}
		if e.Lose != nil && e.Can.Groups {
			add(lostGroupCases)
		}
	})
	return all
}

func inBubble(t *testing.T, open func(t testing.TB) Harness, run func(env)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := env{Harness: open(t), t: t, ctx: t.Context()}
		t.Cleanup(func() {
			if err := e.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
		for _, text := range schema {
			e.must(e.Store.Update(e.ctx, e.exec(text)))
		}
		run(e)
	})
}

// must fails the case on an error.
func (e env) must(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

// exec is a closure of one statement.
func (e env) exec(text string, args ...any) func(larder.Tx) error {
	return func(tx larder.Tx) error {
		_, err := store.From(tx).ExecContext(e.ctx, text, args...)
		return err
	}
}

// insert is a closure that adds an account with nothing on it.
func (e env) insert(id int64, code string) func(larder.Tx) error {
	return e.exec(`INSERT INTO account (id, org_id, code, balance, note) VALUES ($1, 1, $2, 0, '')`, id, code)
}

// read returns one number from a view.
func (e env) read(text string, args ...any) int64 {
	e.t.Helper()
	var n int64
	e.must(e.Store.View(e.ctx, func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(e.ctx, text, args...).Scan(&n)
	}))
	return n
}

// has reports whether the account is committed.
func (e env) has(id int64) bool {
	e.t.Helper()
	return e.read(`SELECT count(*) FROM account WHERE id = $1`, id) == 1
}

// wantAccounts checks which of the accounts are committed.
func (e env) wantAccounts(want map[int64]bool) {
	e.t.Helper()
	for id, there := range want {
		if got := e.has(id); got != there {
			e.t.Errorf("account %d committed: %v, want %v", id, got, there)
		}
	}
}

// start runs an Update in a goroutine of its own and returns where its answer comes. It returns when
// the operation is queued or has ended.
func (e env) start(ctx context.Context, fn func(larder.Tx) error) <-chan error {
	answer := make(chan error, 1)
	go func() { answer <- e.Store.Update(ctx, fn) }()
	synctest.Wait()
	return answer
}

// hold keeps every writer inside a transaction until release is called, so that what starts meanwhile
// is queued and, in an engine that groups, shares the next transaction.
func (e env) hold() (release func()) {
	e.t.Helper()
	gate := make(chan struct{})
	answers := make(chan error)
	writers := max(e.Can.Writers, 1)
	for range writers {
		entered := make(chan struct{})
		go func() {
			answers <- e.Store.Update(e.ctx, func(larder.Tx) error {
				close(entered)
				<-gate
				return nil
			})
		}()
		<-entered
	}
	return func() {
		e.t.Helper()
		close(gate)
		for range writers {
			e.must(<-answers)
		}
	}
}

// recovered returns what fn panics with, or nil.
func recovered(fn func()) (p any) {
	defer func() { p = recover() }()
	fn()
	return nil
}
