package run_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/core/cabinet"
	"larder/internal/core/care"
	"larder/internal/core/catalog"
	"larder/internal/core/customer"
	"larder/internal/core/ledger"
	"larder/internal/core/order"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/staff"
	"larder/internal/core/stock"
	"larder/internal/core/visit"
	"larder/internal/edge/store"
	"larder/internal/edge/store/storetest"
	"larder/internal/run"
)

// house is what outlives a process: the database, the cabinet, the provider, the people. It lives in
// a bubble.
type house struct {
	t        *testing.T
	db       storetest.DB
	ids      larder.IDSource
	people   *staff.Service
	cabinets *cabinet.Service
	catalog  *catalog.Service
	machine  *machine
	provider *provider
	seen     *observed

	org        larder.OrgID
	cabinet    cabinet.Cabinet
	doors      []cabinet.Door
	lanes      []cabinet.Lane // 1 to 3 behind the first door, 4 behind the second
	goods      []catalog.Product
	alice, bob larder.Actor
	support    larder.Actor
	lost       []string // what the sweep is meant to find

	*process // the one that runs
}

// process is one life of the program on the house's rows, as app wires it.
type process struct {
	engine *run.Engine
	floor  *run.Floor
	live   *run.Live
	sweeps *run.Sweeper
	scales *run.Scales
	bell   *muted
	visits *visit.Service
	cases  *care.Service
	db     *counted
	stop   context.CancelFunc
	kill   context.CancelFunc // ends what stop would wait for
	ended  chan error
}

const wechat = "wechatpay"

var prices = []larder.Fen{350, 200, 1290, 350}

// inHouse runs a test in a bubble of its own, with a process that runs and a cabinet that is there.
func inHouse(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &house{t: t, db: openDB(t), seen: &observed{}}
		defer func() { _ = h.db.Close() }()
		ids, err := larder.NewIDs(1, time.Now)
		must(t, err)
		h.ids = ids
		h.people = staff.New(staff.Deps{DB: h.db, Store: store.Staff{}, IDs: ids, Random: rand.Reader, Passwords: passwords{}})
		must(t, h.people.EnsurePlatform(t.Context()))
		h.cabinets = cabinet.New(cabinet.Deps{
			DB: h.db, Store: store.Cabinets{}, IDs: ids, Random: rand.Reader, Sealer: sealer{}, Audit: h.people,
		})
		h.catalog = catalog.New(catalog.Deps{DB: h.db, Store: store.Catalog{}, IDs: ids, Cabinets: h.cabinets, Audit: h.people})
		h.provider = &provider{orders: map[string]*bill{}}
		h.furnish()
		h.machine = newMachine(h)
		h.begin()
		h.alice, h.bob = h.customer("alice"), h.customer("bob")
		test(t, h)
		h.end()
		h.machine.gone.Wait()
		if got := h.seen.stalled; !slices.Equal(got, h.lost) {
			t.Errorf("the sweep found %v, want %v", got, h.lost)
		}
	})
}

// begin starts a process; the one before has ended or died.
func (h *house) begin() {
	h.t.Helper()
	p := &process{db: &counted{Transactor: h.db}, live: run.NewLive(), ended: make(chan error, 4)}
	p.engine = run.NewEngine(p.db, store.Effects{}, h.ids, run.RealTime{}, h.seen)
	p.engine.Alone()
	p.scales = run.NewScales(run.ScalesConfig{DB: p.db, Store: store.Scales{}, Audit: h.people, Time: run.RealTime{}, Observer: h.seen})
	p.floor = run.NewFloor(run.FloorConfig{
		Commander: h.machine, IDs: h.ids, Live: p.live, Time: run.RealTime{}, Observer: h.seen,
		Lessons: &run.Lessons{DB: p.db, Store: store.Lessons{}}, Scales: p.scales,
	})
	p.bell = &muted{Bell: p.floor}
	books, payments := ledger.New(store.Ledgers{}, h.ids), payment.New(store.Payments{}, h.ids)
	p.cases = care.New(care.Deps{
		DB: p.db, IDs: h.ids, Store: store.Cases{}, Audit: h.people, Requests: store.Visits{}, Timers: p.engine, Deadline: time.Hour,
	})
	providers := visit.Providers{wechat: h.provider}
	var err error
	p.visits, err = visit.New(visit.Deps{
		DB: p.db, IDs: h.ids, Store: store.Visits{},
		Sessions: session.New(store.Sessions{}, h.ids, session.DefaultWindows(), nil),
		Orders:   order.New(store.Orders{}, h.ids), Stock: stock.New(store.Stocks{}), Ledger: books, Payments: payments,
		Doors: store.Visits{}, DoorLog: h.cabinets, Planograms: h.catalog,
		Payers:    customer.New(customer.Deps{DB: p.db, Store: store.Customers{}, IDs: h.ids, Accounts: books, Logins: h.people}),
		Providers: providers, Effects: p.engine, Cases: p.cases, Bell: p.bell, Ceiling: 5000,
	})
	must(h.t, err)
	p.cases.Settle(p.visits)
	p.floor.Visits = p.visits
	p.sweeps = &run.Sweeper{DB: p.db, Stalls: store.Effects{}, Visits: p.visits, Cases: p.cases, Floor: p.floor, Time: run.RealTime{}, Observer: h.seen}
	p.floor.Handle(p.engine)
	(&run.Collector{DB: p.db, Payments: payments, Visits: p.visits, Providers: providers, Time: run.RealTime{}}).Handle(p.engine)
	p.engine.Handle(care.EffectDeadline, run.Kind{Lease: 15 * time.Second, Handler: run.HandlerFunc(
		func(_ context.Context, e run.Effect) (run.Apply, error) {
			return func(ctx context.Context, tx larder.Tx) error {
				return p.cases.ExpireTx(ctx, tx, e.Org, larder.CaseID(e.Key))
			}, nil
		})})
	h.process = p
	h.provider.to(p.visits)
	ctx, stop := context.WithCancel(h.t.Context())
	grace, kill := context.WithCancel(h.t.Context())
	p.stop, p.kill = stop, kill
	go func() { p.ended <- p.engine.Run(ctx, grace) }()
	go func() { p.ended <- p.floor.Run(ctx, grace) }()
	go func() { p.ended <- p.sweeps.Run(ctx, grace) }()
	go func() { p.ended <- p.scales.Run(ctx, grace) }()
	synctest.Wait()
	h.machine.connect()
}

// end stops the process as SIGTERM does.
func (h *house) end() {
	h.t.Helper()
	h.stop()
	for range 4 {
		must(h.t, <-h.ended)
	}
	h.kill()
}

// die ends the process without giving it another word with the database; restart is the next one.
func (h *house) die() {
	h.t.Helper()
	synctest.Wait()
	h.process.db.dead.Store(true)
	h.machine.disconnect()
	h.kill()
	h.end()
}

func (h *house) furnish() {
	t := h.t
	t.Helper()
	ours, err := h.people.AddOrg(t.Context(), staff.Org{Code: "ours", Name: "ours"})
	must(t, err)
	h.org = ours.ID
	by := larder.System(h.org)
	member, err := h.people.Add(t.Context(), by, staff.NewStaff{Login: "li", Name: "Li", Role: larder.RoleSupport, Password: "correct horse"})
	must(t, err)
	h.support = larder.Actor{Kind: larder.ActorStaff, Org: h.org, Staff: member.ID, Role: larder.RoleSupport}
	h.cabinet, h.doors, h.lanes, err = h.cabinets.Register(t.Context(), by, cabinet.Registration{
		Serial: "SN-1", Model: "native", Name: "一号柜", Place: "大堂", Key: bytes.Repeat([]byte{7}, 32),
		Doors: []cabinet.NewDoor{
			{Lanes: []cabinet.NewLane{{Shelf: 1, Noise: 1}, {Shelf: 1, Noise: 1}, {Shelf: 2, Noise: 1}}},
			{Lanes: []cabinet.NewLane{{Shelf: 1, Noise: 1}}},
		},
	})
	must(t, err)
	slots := make([]catalog.NewSlot, 0, len(h.lanes))
	for i, p := range []catalog.Product{
		{Name: "可乐", NameEn: "Cola", UnitMass: 350, UnitSD: 4}, {Name: "水", NameEn: "Water", UnitMass: 550, UnitSD: 5},
		{Name: "坚果", NameEn: "Nuts", UnitMass: 120, UnitSD: 2}, {Name: "茶", NameEn: "Tea", UnitMass: 500, UnitSD: 5},
	} {
		added, err := h.catalog.AddProduct(t.Context(), by, p)
		must(t, err)
		h.goods = append(h.goods, added)
		slots = append(slots, catalog.NewSlot{Lane: h.lanes[i].ID, Product: added.ID, Price: prices[i], Par: 10})
		must(t, h.db.Update(t.Context(), func(tx larder.Tx) error {
			return stock.New(store.Stocks{}).FillTx(t.Context(), tx, h.org, h.lanes[i].ID, added.ID, 10, 1)
		}))
	}
	_, err = h.catalog.Publish(t.Context(), by, h.cabinet.ID, slots)
	must(t, err)
}

func (h *house) customer(name string) larder.Actor {
	h.t.Helper()
	service := customer.New(customer.Deps{
		DB: h.db, Store: store.Customers{}, IDs: h.ids, Accounts: ledger.New(store.Ledgers{}, h.ids), Logins: h.people,
		Identities: map[string]customer.IdentityProvider{wechat: h.provider},
	})
	login, err := service.SignIn(h.t.Context(), wechat, name)
	must(h.t, err)
	return larder.Actor{Kind: larder.ActorCustomer, Org: larder.Platform, Customer: login.Customer}
}

// start begins a visit at the first door and lets what follows at once happen.
func (h *house) start(who larder.Actor, key string) larder.SessionID {
	h.t.Helper()
	v, err := h.visits.Start(h.t.Context(), who, visit.StartRequest{DoorToken: h.doors[0].Token, Provider: wechat, Key: key})
	must(h.t, err)
	synctest.Wait()
	return v.ID
}

func (h *house) view(id larder.SessionID) visit.View {
	h.t.Helper()
	statements := h.process.db.statements.Load() // the test's own look does not count
	v, err := h.visits.View(h.t.Context(), larder.System(h.org), id)
	must(h.t, err)
	h.process.db.statements.Store(statements)
	return v
}

// want checks where a visit and its payment stand.
func (h *house) want(id larder.SessionID, state session.State, outcome session.Outcome, paid payment.State) {
	h.t.Helper()
	if v := h.view(id); v.State != state || v.Outcome != outcome || v.Payment.State != paid {
		h.t.Errorf("visit is %s %q, paid %s; want %s %q, %s", v.State, v.Outcome, v.Payment.State, state, outcome, paid)
	}
}

// wantCases checks why people are asked.
func (h *house) wantCases(want ...session.CaseCause) []care.Case {
	h.t.Helper()
	cases, err := h.cases.List(h.t.Context(), h.support, care.Open, 100)
	must(h.t, err)
	if len(cases) != len(want) {
		h.t.Fatalf("cases %+v, want %v", cases, want)
	}
	for i, c := range cases {
		if c.Cause != want[i] {
			h.t.Errorf("case %d is because of %s, want %s", i, c.Cause, want[i])
		}
	}
	return cases
}

// casesOf returns the open cases of a visit.
func (h *house) casesOf(id larder.SessionID) []care.Case {
	h.t.Helper()
	cases, err := h.cases.List(h.t.Context(), h.support, care.Open, 100)
	must(h.t, err)
	return slices.DeleteFunc(cases, func(c care.Case) bool { return c.Session != id })
}

// number runs a query that returns one number.
func (h *house) number(query string, args ...any) (n int64) {
	h.t.Helper()
	must(h.t, h.db.View(h.t.Context(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(h.t.Context(), query, args...).Scan(&n)
	}))
	return n
}

// quiet checks that nothing is left to do: no effect is pending, no lease is held (I8).
func (h *house) quiet() {
	h.t.Helper()
	if n := h.number(`SELECT COUNT(*) FROM effect WHERE state IN ('pending', 'dead')`); n != 0 {
		h.t.Errorf("%d effects are left", n)
	}
	if n := h.number(`SELECT COUNT(*) FROM lease WHERE session_id <> 0`); n != 0 {
		h.t.Errorf("%d leases are left", n)
	}
	h.sameAgain()
}

// sameAgain checks BY1 of every session: from its trace alone the same verdict follows, byte for byte.
func (h *house) sameAgain() {
	h.t.Helper()
	var ids []larder.SessionID
	must(h.t, h.db.View(h.t.Context(), func(tx larder.Tx) error {
		rows, err := store.From(tx).QueryContext(h.t.Context(), `SELECT session_id FROM trace`)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, larder.SessionID(id))
		}
		return rows.Err()
	}))
	for _, id := range ids {
		stored := h.trace(id)
		again, err := run.Rejudge(stored)
		must(h.t, err)
		if again.Verdict != stored.Verdict {
			h.t.Errorf("session %s was judged %s\nand again %s", id, stored.Verdict, again.Verdict)
		}
	}
}

// muted is a bell that can be kept from ringing.
type muted struct {
	visit.Bell
	off atomic.Bool
}

func (m *muted) Ring(s session.Session) {
	if !m.off.Load() {
		m.Bell.Ring(s)
	}
}

type passwords struct{}

func (passwords) Hash(p string) (string, error)       { return "h:" + p, nil }
func (passwords) Verify(hash, p string) (bool, error) { return hash == "h:"+p, nil }

type sealer struct{}

func (sealer) Seal(p []byte) ([]byte, error) { return append([]byte{1}, p...), nil }
func (sealer) Open(s []byte) ([]byte, error) { return s[1:], nil }
