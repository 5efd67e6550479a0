package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"larder"
	"larder/internal/core/care"
	"larder/internal/core/session"
	"larder/internal/core/staff"
	"larder/internal/core/visit"
	"larder/internal/edge/store"
	"larder/internal/edge/store/migrations"
	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/postgrestest"
	"larder/internal/edge/store/sqlite"
)

// desk is room care on a database, with whoever decides its cases.
type desk struct {
	*care.Service
	t       *testing.T
	db      larder.Transactor
	org     larder.OrgID
	support larder.Actor
}

// eachDesk runs a test on an empty database of either kind.
func eachDesk(t *testing.T, test func(d *desk)) {
	t.Helper()
	for name, open := range map[string]func(t *testing.T) larder.Transactor{"sqlite": openFile, "postgres": openServer} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			ids, err := larder.NewIDs(1, time.Now)
			must(t, err)
			people := staff.New(staff.Deps{DB: db, Store: store.Staff{}, IDs: ids})
			must(t, people.EnsurePlatform(t.Context()))
			org, err := people.AddOrg(t.Context(), staff.Org{Code: "ours", Name: "ours"})
			must(t, err)
			d := &desk{t: t, db: db, org: org.ID}
			d.support = larder.Actor{Kind: larder.ActorStaff, Org: d.org, Staff: 7, Role: larder.RoleSupport}
			d.Service = care.New(care.Deps{
				DB: db, IDs: ids, Store: store.Cases{}, Audit: people, Requests: store.Visits{}, Timers: noTimers{}, Deadline: time.Hour,
			})
			test(d)
		})
	}
}

func openFile(t *testing.T) larder.Transactor {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Config{Path: sqlite.Memory})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	_, err = db.Migrate(t.Context(), migrations.SQLite())
	must(t, err)
	return db
}

func openServer(t *testing.T) larder.Transactor {
	t.Helper()
	db, err := postgres.Open(t.Context(), postgres.Config{URL: postgrestest.Start(t).Create(t), Conns: 8, ReadConns: 2})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	_, err = db.Migrate(t.Context(), migrations.Postgres())
	must(t, err)
	return db
}

// noTimers keeps no deadlines: nothing here waits for one.
type noTimers struct{}

func (noTimers) TimerTx(context.Context, larder.Tx, larder.OrgID, string, int64, larder.Millis) error {
	return nil
}

// moved tells of the n-th unexplained movement of a door.
func (d *desk) moved(cabinet larder.CabinetID, door, n int) error {
	return d.db.Update(d.t.Context(), func(tx larder.Tx) error {
		return d.OpenTx(d.t.Context(), tx, visit.NewCase{
			Org: d.org, Cause: visit.CauseUnexplainedDoor, Cabinet: cabinet, Door: door, Detail: map[string]any{"seq": n},
		})
	})
}

func (d *desk) list(state care.State) []care.Case {
	d.t.Helper()
	cases, err := d.List(d.t.Context(), d.support, state, 200)
	must(d.t, err)
	return cases
}

func (d *desk) decide(c care.Case) error {
	_, err := d.Decide(d.t.Context(), d.support, c.ID, care.Decision{Note: "seen to", Key: "d" + c.ID.String()})
	return err
}

// TestCases_flood guards AC9, DV13 and PL5: a door whose sensor rattles a thousand times asks one
// person once, with the first and the latest of what it did; what it does after the decision is news.
// Another door, and another cabinet, have a case of their own.
func TestCases_flood(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(d *desk) {
		const events = 1000
		for n := range events {
			must(d.t, d.moved(1, 1, n))
		}
		cases := d.list(care.Open)
		if len(cases) != 1 || cases[0].Events != events || cases[0].Door != 1 {
			d.t.Fatalf("%d cases: %+v", len(cases), cases)
		}
		if e := cases[0].Evidence; e.Detail["seq"] != 0.0 || e.Latest["seq"] != events-1.0 {
			d.t.Errorf("evidence %+v", e)
		}
		must(d.t, d.decide(cases[0]))
		must(d.t, d.moved(1, 1, events))
		must(d.t, d.moved(1, 2, 1))
		must(d.t, d.moved(2, 1, 1))
		for _, c := range d.list(care.Open) {
			if c.Events != 1 || c.Evidence.Latest != nil || c.ID == cases[0].ID {
				d.t.Errorf("case %+v", c)
			}
		}
		if n := len(d.list(care.Open)); n != 3 {
			d.t.Errorf("%d cases are open, want one per door", n)
		}
	})
}

// TestCases_race guards I20 and X5: doors move while their cases are decided, all at once: each
// movement is counted by one case, and no door ever has two that are open.
func TestCases_race(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(d *desk) {
		const movers, each = 8, 25
		var wg sync.WaitGroup
		errs := make(chan error, movers*each+3*each) // a look decides the cases of two doors
		for range movers {
			wg.Go(func() {
				for n := range each {
					errs <- d.moved(1, 1+n%2, n)
				}
			})
		}
		wg.Go(func() {
			for range each {
				cases, err := d.List(d.t.Context(), d.support, care.Open, 200)
				errs <- err
				for _, c := range cases {
					errs <- d.decide(c)
				}
			}
		})
		wg.Wait()
		close(errs)
		for err := range errs {
			must(d.t, err)
		}
		open, counted := map[int]int{}, int64(0)
		for _, c := range d.list(care.Open) {
			open[c.Door]++
			counted += c.Events
		}
		for _, c := range d.list(care.Decided) {
			counted += c.Events
		}
		if open[1] > 1 || open[2] > 1 || counted != movers*each {
			d.t.Errorf("open by door %v, %d of %d movements counted", open, counted, movers*each)
		}
	})
}

// TestCases_subjects guards that a case which is about no door stays one per cause and subject.
func TestCases_subjects(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(d *desk) {
		for range 3 {
			must(d.t, d.db.Update(d.t.Context(), func(tx larder.Tx) error {
				return d.OpenTx(d.t.Context(), tx, visit.NewCase{Org: d.org, Cause: session.CauseReview, Subject: 5, Session: 5, Cabinet: 1})
			}))
		}
		if cases := d.list(care.Open); len(cases) != 1 || cases[0].Events != 1 || cases[0].Door != 0 {
			d.t.Errorf("%+v", cases)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
