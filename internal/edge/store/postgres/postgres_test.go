package postgres_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"larder"
	"larder/internal/edge/store"
	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/postgrestest"
)

func open(t *testing.T, c postgres.Config) *postgres.DB {
	t.Helper()
	if c.URL == "" {
		c.URL = postgrestest.Start(t).Create(t)
	}
	db, err := postgres.Open(t.Context(), c)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func run(text string, args ...any) func(larder.Tx) error {
	return func(tx larder.Tx) error {
		_, err := store.From(tx).ExecContext(context.Background(), text, args...)
		return err
	}
}

func number(t *testing.T, db larder.Transactor, text string) (n int64) {
	t.Helper()
	must(t, db.View(t.Context(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(t.Context(), text).Scan(&n)
	}))
	return n
}

// A collision costs a run again, counted with its reason, and no answer.
func TestDB_Update_repeats_are_counted(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	db := open(t, postgres.Config{Metrics: registry, Conns: 2})
	must(t, db.Update(t.Context(), run(`CREATE TABLE n (v BIGINT NOT NULL)`)))
	must(t, db.Update(t.Context(), run(`INSERT INTO n VALUES (0)`)))
	// Both have read before either writes: one of them has to run again.
	var both sync.WaitGroup
	both.Add(2)
	increment := func() error {
		runs := 0
		return db.Update(t.Context(), func(tx larder.Tx) error {
			var v int64
			if err := store.From(tx).QueryRowContext(t.Context(), `SELECT v FROM n`).Scan(&v); err != nil {
				return err
			}
			if runs++; runs == 1 {
				both.Done()
				both.Wait()
			}
			return run(`UPDATE n SET v = $1`, v+1)(tx)
		})
	}
	first := make(chan error, 1)
	go func() { first <- increment() }()
	must(t, increment())
	must(t, <-first)
	if v := number(t, db, `SELECT v FROM n`); v != 2 {
		t.Errorf("two increments left %d", v)
	}
	want := map[string]float64{
		"larder_store_operations_total/committed":  4,
		"larder_store_operations_total/refused":    0,
		"larder_store_repeats_total/serialization": 1,
		"larder_store_repeats_total/deadlock":      0,
	}
	if diff := cmp.Diff(want, gathered(t, registry, want)); diff != "" {
		t.Error(diff)
	}
	if s := db.Stats(); s.WriteTx != 4 || s.Repeats != 1 || s.Views != 1 {
		t.Errorf("%+v", s)
	}
}

// gathered returns the counters that are asked for, by name and label.
func gathered(t *testing.T, registry *prometheus.Registry, asked map[string]float64) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	must(t, err)
	got := map[string]float64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			name := family.GetName()
			for _, label := range m.GetLabel() {
				name += "/" + label.GetValue()
			}
			if _, ok := asked[name]; ok {
				got[name] = m.GetCounter().GetValue()
			}
		}
	}
	return got
}

// A server that restarted, or an administrator who ended a session, costs a run again: what had begun has
// not happened, and what is idle is replaced.
func TestDB_Update_survives_a_broken_connection(t *testing.T) {
	t.Parallel()
	address := postgrestest.Start(t).Create(t)
	db := open(t, postgres.Config{URL: address, Conns: 1})
	must(t, db.Update(t.Context(), run(`CREATE TABLE n (v BIGINT NOT NULL)`)))
	admin, err := pgx.Connect(t.Context(), address)
	must(t, err)
	t.Cleanup(func() { _ = admin.Close(context.Background()) })
	end := func() {
		_, err := admin.Exec(t.Context(), `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		must(t, err)
	}
	end() // while nobody uses it
	runs := 0
	must(t, db.Update(t.Context(), func(tx larder.Tx) error {
		runs++
		if err := run(`INSERT INTO n VALUES (1)`)(tx); err != nil {
			return err
		}
		if runs == 1 {
			end() // in the middle
		}
		return run(`INSERT INTO n VALUES (2)`)(tx)
	}))
	if n := number(t, db, `SELECT count(*) FROM n`); n != 2 || runs != 2 {
		t.Errorf("%d rows after %d runs, want 2 after 2", n, runs)
	}
	end()
	must(t, db.View(t.Context(), func(larder.Tx) error { return nil }))
}

// What is wrong with the server or its address is said at the start, and never with the password.
func TestOpen_refuses(t *testing.T) {
	t.Parallel()
	const canary = "swordfish"
	cluster := postgrestest.Start(t)
	readOnly := cluster.Create(t)
	db := open(t, postgres.Config{URL: readOnly})
	must(t, db.Update(t.Context(), run(`DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET default_transaction_read_only = on'; END $$`)))
	for name, c := range map[string]struct{ url, want string }{
		"no_url":            {"larder.db", "postgres://"},
		"no_database":       {"postgres://me:" + canary + "@localhost", "database"},
		"odd_password":      {"postgres://me:" + canary + "%zz@localhost/x", "percent-encoded"},
		"odd_parameter":     {"postgres://me:" + canary + "@localhost/x?sslmode=perhaps", "sslmode"},
		"missing_database":  {cluster.URL("nowhere"), "does not exist"},
		"nobody_there":      {"postgres://me:" + canary + "@/x?host=/nowhere", "/nowhere"},
		"only_to_be_read":   {readOnly, "only be read"},
		"a_user_that_isn't": {strings.Replace(cluster.URL("postgres"), "larder@", "nobody:"+canary+"@", 1), "nobody"},
	} {
		_, err := postgres.Open(t.Context(), postgres.Config{URL: c.url})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := postgres.Redact("postgres://me:" + canary + "@h/x?password=" + canary); strings.Contains(got, canary) || !strings.Contains(got, "@h/x") {
		t.Errorf("redacted: %s", got)
	}
}

// Nobody waits behind more than the queue may hold, and what passes says so.
func TestDB_Update_queue(t *testing.T) {
	t.Parallel()
	db := open(t, postgres.Config{Conns: 1, Queue: 1})
	entered, gate := make(chan struct{}), make(chan struct{})
	held := make(chan error, 1)
	go func() {
		held <- db.Update(t.Context(), func(larder.Tx) error { close(entered); <-gate; return nil })
	}()
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	answers := make(chan error, 2)
	for range 2 { // one waits, the other is refused
		go func() { answers <- db.Update(ctx, func(larder.Tx) error { return nil }) }()
	}
	if err := <-answers; store.TroubleOf(err) != store.TroubleQueue || !store.Retryable(err) {
		t.Errorf("got %v", err)
	}
	cancel()
	if err := <-answers; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(gate)
	must(t, <-held)
}
