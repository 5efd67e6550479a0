package visit_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"sync"
	"testing"
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
)

// rig is the room with its real neighbors on a real database, one cabinet with two doors, and two
// customers. Played are the provider, the to-do list (its rows are run's tests) and the bell.
type rig struct {
	*visit.Service
	db       storetest.DB
	deps     visit.Deps
	clock    *clock
	ids      larder.IDSource
	people   *staff.Service
	cabinets *cabinet.Service
	catalog  *catalog.Service
	cases    *care.Service
	payments *payment.Service
	provider *provider
	todo     *todo

	org, other larder.OrgID
	machine    cabinet.Cabinet
	doors      []cabinet.Door
	lanes      []cabinet.Lane // 1 to 3 behind the first door, 4 behind the second
	goods      []catalog.Product
	alice, bob larder.Actor
	support    larder.Actor
	seq        uint64
}

const wechat = "wechatpay"

// ceiling is the most that a visit of these tests may cost.
const ceiling larder.Fen = 5000

// What the goods cost, lane by lane.
var prices = []larder.Fen{350, 200, 1290, 350}

func newRig(t *testing.T, change ...func(*visit.Deps)) *rig {
	t.Helper()
	r := &rig{clock: &clock{now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}, provider: &provider{}, todo: newTodo()}
	db := storetest.Open(t, r.clock.Now)
	r.db = db
	ids, err := larder.NewIDs(1, r.clock.Now)
	must(t, err)
	r.ids = ids
	r.people = staff.New(staff.Deps{DB: db, Store: store.Staff{}, IDs: ids, Random: rand.Reader, Passwords: passwords{}})
	must(t, r.people.EnsurePlatform(t.Context()))
	r.cabinets = cabinet.New(cabinet.Deps{
		DB: db, Store: store.Cabinets{}, IDs: ids, Random: rand.Reader, Sealer: sealer{}, Audit: r.people,
	})
	r.catalog = catalog.New(catalog.Deps{DB: db, Store: store.Catalog{}, IDs: ids, Cabinets: r.cabinets, Audit: r.people})
	books := ledger.New(store.Ledgers{}, ids)
	customers := customer.New(customer.Deps{
		DB: db, Store: store.Customers{}, IDs: ids, Accounts: books, Logins: r.people,
		Identities: map[string]customer.IdentityProvider{wechat: r.provider},
	})
	r.cases = care.New(care.Deps{
		DB: db, IDs: ids, Store: store.Cases{}, Audit: r.people, Requests: store.Visits{}, Timers: r.todo, Deadline: time.Hour,
	})
	r.payments = payment.New(store.Payments{}, ids)
	r.deps = visit.Deps{
		DB: db, IDs: ids, Store: store.Visits{},
		Sessions: session.New(store.Sessions{}, ids, session.DefaultWindows(), nil),
		Orders:   order.New(store.Orders{}, ids), Stock: stock.New(store.Stocks{}), Ledger: books, Payments: r.payments,
		Doors: store.Visits{}, DoorLog: r.cabinets, Planograms: r.catalog, Payers: customers,
		Providers: visit.Providers{wechat: r.provider}, Effects: r.todo, Cases: r.cases, Bell: r.todo, Ceiling: ceiling,
	}
	for _, c := range change {
		c(&r.deps)
	}
	r.Service, err = visit.New(r.deps)
	must(t, err)
	r.cases.Settle(r.Service)
	r.furnish(t)
	r.alice, r.bob = r.customer(t, customers, "alice"), r.customer(t, customers, "bob")
	return r
}

// customer signs somebody in for the first time.
func (r *rig) customer(t *testing.T, customers *customer.Service, name string) larder.Actor {
	t.Helper()
	login, err := customers.SignIn(t.Context(), wechat, name)
	must(t, err)
	return larder.Actor{Kind: larder.ActorCustomer, Org: larder.Platform, Customer: login.Customer}
}

// furnish adds two organizations, a cabinet of the first, its goods, and somebody who decides cases.
func (r *rig) furnish(t *testing.T) {
	t.Helper()
	for code, id := range map[string]*larder.OrgID{"ours": &r.org, "theirs": &r.other} {
		org, err := r.people.AddOrg(t.Context(), staff.Org{Code: code, Name: code})
		must(t, err)
		*id = org.ID
	}
	by := larder.System(r.org)
	member, err := r.people.Add(t.Context(), by, staff.NewStaff{Login: "li", Name: "Li", Role: larder.RoleSupport, Password: "correct horse"})
	must(t, err)
	r.support = larder.Actor{Kind: larder.ActorStaff, Org: r.org, Staff: member.ID, Role: larder.RoleSupport}
	r.machine, r.doors, r.lanes, err = r.cabinets.Register(t.Context(), by, cabinet.Registration{
		Serial: "SN-1", Model: "native", Name: "一号柜", Place: "大堂", Key: bytes.Repeat([]byte{7}, 32),
		Doors: []cabinet.NewDoor{
			{Lanes: []cabinet.NewLane{{Shelf: 1, Noise: 1}, {Shelf: 1, Noise: 1}, {Shelf: 2, Noise: 1}}},
			{Lanes: []cabinet.NewLane{{Shelf: 1, Noise: 1}}},
		},
	})
	must(t, err)
	for i, p := range []catalog.Product{
		{Name: "可乐", NameEn: "Cola", UnitMass: 350, UnitSD: 4}, {Name: "水", NameEn: "Water", UnitMass: 550, UnitSD: 5},
		{Name: "坚果", NameEn: "Nuts", UnitMass: 120, UnitSD: 2}, {Name: "茶", NameEn: "Tea", UnitMass: 500, UnitSD: 5},
	} {
		added, err := r.catalog.AddProduct(t.Context(), by, p)
		must(t, err)
		r.goods = append(r.goods, added)
		must(t, r.db.Update(t.Context(), func(tx larder.Tx) error {
			return stock.New(store.Stocks{}).FillTx(t.Context(), tx, r.org, r.lanes[i].ID, added.ID, 10, 1)
		}))
	}
	r.publish(t, prices)
}

// publish puts prices on the lanes as a new planogram.
func (r *rig) publish(t *testing.T, prices []larder.Fen) {
	t.Helper()
	slots := make([]catalog.NewSlot, 0, len(r.lanes))
	for i, l := range r.lanes {
		slots = append(slots, catalog.NewSlot{Lane: l.ID, Product: r.goods[i].ID, Price: prices[i], Par: 10})
	}
	_, err := r.catalog.Publish(t.Context(), larder.System(r.org), r.machine.ID, slots)
	must(t, err)
}

// start begins a visit at the first door.
func (r *rig) start(t *testing.T, who larder.Actor, key string) visit.View {
	t.Helper()
	v, err := r.Start(t.Context(), who, visit.StartRequest{DoorToken: r.doors[0].Token, Provider: wechat, Key: key})
	must(t, err)
	return v
}

// says has the provider say something about a visit's payment and returns what it did.
func (r *rig) says(t *testing.T, id larder.SessionID, st payment.Status) payment.Change {
	t.Helper()
	var change payment.Change
	must(t, r.db.Update(t.Context(), func(tx larder.Tx) error {
		p, err := store.Visits{}.Purchase(t.Context(), tx, id)
		if err != nil {
			return err
		}
		st.Number = p.Payment.Number
		change, err = r.ProviderSaidTx(t.Context(), tx, p.Payment.ID, st)
		return err
	}))
	return change
}

// payment reads a visit's payment.
func (r *rig) payment(t *testing.T, id larder.SessionID) (p payment.Payment) {
	t.Helper()
	must(t, r.db.View(t.Context(), func(tx larder.Tx) error {
		all, err := store.Visits{}.Purchase(t.Context(), tx, id)
		p = all.Payment
		return err
	}))
	return p
}

// event is the cabinet's next durable event about a session's door.
func (r *rig) event(kind larder.DoorEventKind, id larder.SessionID) larder.DoorEvent {
	r.seq++
	return larder.DoorEvent{
		Cabinet: r.machine.ID, Boot: 1, Seq: r.seq, Door: 1, Kind: kind, Session: id, At: larder.Millis(r.seq), Arrived: r.clock.millis(),
	}
}

func (r *rig) door(t *testing.T, kind larder.DoorEventKind, id larder.SessionID) {
	t.Helper()
	must(t, r.Door(t.Context(), r.org, r.event(kind, id)))
}

// openVisit takes a visit to an open door.
func (r *rig) openVisit(t *testing.T, who larder.Actor, key string) larder.SessionID {
	t.Helper()
	id := r.start(t, who, key).ID
	r.says(t, id, payment.Status{State: payment.ProviderAuthorized, Ref: "R"})
	r.door(t, larder.DoorOpened, id)
	return id
}

// closedVisit takes a visit to a closed door that waits for its verdict.
func (r *rig) closedVisit(t *testing.T, who larder.Actor, key string) larder.SessionID {
	t.Helper()
	id := r.openVisit(t, who, key)
	r.clock.add(20 * time.Second)
	r.door(t, larder.DoorShut, id)
	return id
}

// judge commits a verdict of the recognizer with lines per lane, from 0.
func (r *rig) judge(t *testing.T, id larder.SessionID, kind session.Verdict, taken ...session.Taken) {
	t.Helper()
	must(t, r.Judged(t.Context(), id, kind, taken, trace(id)))
}

func trace(id larder.SessionID) visit.Trace {
	return visit.Trace{Session: id, Rules: "test", Readings: []byte{1}, Verdict: `{"verdict":"charge","confidence":0.9}`}
}

func (r *rig) taken(lane, count int) session.Taken {
	return session.Taken{Lane: r.lanes[lane].ID, Count: count}
}

// view reads a visit as the platform sees it.
func (r *rig) view(t *testing.T, id larder.SessionID) visit.View {
	t.Helper()
	v, err := r.View(t.Context(), larder.System(r.org), id)
	must(t, err)
	return v
}

// want checks where a visit and its payment stand.
func (r *rig) want(t *testing.T, id larder.SessionID, state session.State, outcome session.Outcome, paid payment.State) {
	t.Helper()
	if v := r.view(t, id); v.State != state || v.Outcome != outcome || v.Payment.State != paid {
		t.Errorf("visit is %s %q, paid %s; want %s %q, %s", v.State, v.Outcome, v.Payment.State, state, outcome, paid)
	}
}

// open returns the open cases of our organization.
func (r *rig) open(t *testing.T) []care.Case {
	t.Helper()
	cases, err := r.cases.List(t.Context(), r.support, care.Open, 100)
	must(t, err)
	return cases
}

// theCase returns the one open case and checks its cause.
func (r *rig) theCase(t *testing.T, cause session.CaseCause) care.Case {
	t.Helper()
	cases := r.open(t)
	if len(cases) != 1 || cases[0].Cause != cause || cases[0].Owner == "" || cases[0].Deadline == 0 {
		t.Fatalf("cases %+v, want one because of %s with an owner and a deadline", cases, cause)
	}
	return cases[0]
}

// number runs a query that returns one number.
func (r *rig) number(t *testing.T, query string, args ...any) (n int64) {
	t.Helper()
	must(t, r.db.View(t.Context(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(t.Context(), query, args...).Scan(&n)
	}))
	return n
}

func (r *rig) balance(t *testing.T, kind string) larder.Fen {
	t.Helper()
	return larder.Fen(r.number(t, `SELECT COALESCE(SUM(balance_fen), 0) FROM account WHERE kind = $1`, kind))
}

// todo is the to-do list: what was committed is written down, nothing is done.
type todo struct {
	mu     sync.Mutex // guards what follows
	jobs   map[job]int
	timers map[job]larder.Millis
	rings  []session.Session
}

type job struct {
	kind string
	key  int64
}

func newTodo() *todo { return &todo{jobs: map[job]int{}, timers: map[job]larder.Millis{}} }

func (l *todo) AddTx(_ context.Context, tx larder.Tx, _ larder.OrgID, kind string, key int64) error {
	tx.AfterCommit(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.jobs[job{kind, key}]++
	})
	return nil
}

func (l *todo) TimerTx(_ context.Context, tx larder.Tx, _ larder.OrgID, kind string, key int64, due larder.Millis) error {
	tx.AfterCommit(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.timers[job{kind, key}] = due
	})
	return nil
}

func (l *todo) Ring(s session.Session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rings = append(l.rings, s)
}

// count returns how often effects of a kind were asked for.
func (l *todo) count(kind string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for j, times := range l.jobs {
		if j.kind == kind {
			n += times
		}
	}
	return n
}

// timer returns when the timer of a kind and key is due, 0 if it is stopped.
func (l *todo) timer(kind string, key int64) larder.Millis {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.timers[job{kind, key}]
}

// clock stands still until it is told to go on.
type clock struct {
	mu  sync.Mutex // guards now
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clock) millis() larder.Millis { return larder.MillisOf(c.Now()) }

type passwords struct{}

func (passwords) Hash(p string) (string, error)       { return "h:" + p, nil }
func (passwords) Verify(hash, p string) (bool, error) { return hash == "h:"+p, nil }

type sealer struct{}

func (sealer) Seal(p []byte) ([]byte, error) { return append([]byte{1}, p...), nil }
func (sealer) Open(s []byte) ([]byte, error) { return s[1:], nil }

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
