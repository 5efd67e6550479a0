package trial

import (
	"context"
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
	"larder/internal/core/weigh/health"
	"larder/internal/edge/store"
	"larder/internal/run"
	"larder/internal/sim/fault"
	"larder/internal/sim/history"
	"larder/internal/sim/kernel"
)

// platform is one incarnation of the process: production's rooms and movers, wired as app wires them,
// over the world's rows.
type platform struct {
	world     *world
	life      *kernel.Life
	ctx       context.Context
	people    *staff.Service
	cabinets  *cabinet.Service
	catalog   *catalog.Service
	customers *customer.Service
	engine    *run.Engine
	sweeper   *run.Sweeper
	scales    *run.Scales
	floor     *run.Floor
	live      *run.Live
	visits    *visit.Service
	cases     *care.Service
	gateway   *gateway
}

// ceiling is the most that one visit may cost; a few visits take more.
const ceiling larder.Fen = 8000

// caseTime is how long a case waits for a person before the policy decides.
const caseTime = 20 * time.Minute

// newPlatform wires an incarnation over db; nothing moves before [platform.begin].
func (w *world) newPlatform(db larder.Transactor) (*platform, error) {
	p := &platform{world: w, life: w.kernel.NewLife(), live: run.NewLive()}
	p.ctx, _ = p.life.WithCancel(context.Background())
	random := drawn{w.fork()}
	p.people = staff.New(staff.Deps{DB: db, Store: store.Staff{}, IDs: w.ids, Random: random, Passwords: passwords{}})
	p.cabinets = cabinet.New(cabinet.Deps{
		DB: db, Store: store.Cabinets{}, IDs: w.ids, Random: random, Sealer: sealer{}, Audit: p.people,
	})
	p.catalog = catalog.New(catalog.Deps{DB: db, Store: store.Catalog{}, IDs: w.ids, Cabinets: p.cabinets, Audit: p.people})
	books, payments := ledger.New(store.Ledgers{}, w.ids), payment.New(store.Payments{}, w.ids)
	p.customers = customer.New(customer.Deps{
		DB: db, Store: store.Customers{}, IDs: w.ids, Accounts: books, Logins: p.people,
		Identities: map[string]customer.IdentityProvider{bankName: w.bank},
	})
	err := p.wire(db, books, payments)
	return p, err
}

// wire connects what moves with the rooms.
func (p *platform) wire(db larder.Transactor, books *ledger.Service, payments *payment.Service) error {
	w := p.world
	seen := observer{p}
	p.gateway = newGateway(p)
	p.engine = run.NewEngine(db, store.Effects{}, w.ids, p.life, seen)
	p.scales = run.NewScales(run.ScalesConfig{DB: db, Store: store.Scales{}, Audit: p.people, Time: p.life, Observer: seen})
	p.floor = run.NewFloor(run.FloorConfig{
		Commander: p.gateway, IDs: w.ids, Live: p.live, Time: p.life, Observer: seen,
		Lessons: &run.Lessons{DB: db, Store: store.Lessons{}}, Scales: p.scales,
	})
	p.cases = care.New(care.Deps{
		DB: db, IDs: w.ids, Store: store.Cases{}, Audit: p.people, Requests: store.Visits{}, Timers: p.engine, Deadline: caseTime,
	})
	var provider payment.Provider = w.bank
	if w.cfg.Provider != nil {
		provider = w.cfg.Provider(provider)
	}
	providers := visit.Providers{bankName: provider}
	var err error
	p.visits, err = visit.New(visit.Deps{
		DB: db, IDs: w.ids, Store: store.Visits{},
		Sessions: session.New(store.Sessions{}, w.ids, session.DefaultWindows(), nil),
		Orders:   order.New(store.Orders{}, w.ids), Stock: stock.New(store.Stocks{}), Ledger: books, Payments: payments,
		Doors: store.Visits{}, DoorLog: p.cabinets, Planograms: p.catalog, Payers: p.customers,
		Providers: providers, Effects: p.engine, Cases: p.cases, Bell: bell{p}, Ceiling: ceiling,
	})
	if err != nil {
		return err
	}
	p.cases.Settle(p.visits)
	p.floor.Visits = p.visits
	p.floor.Handle(p.engine)
	(&run.Collector{DB: db, Payments: payments, Visits: p.visits, Providers: providers, Time: p.life}).Handle(p.engine)
	p.engine.Handle(care.EffectDeadline, run.Kind{Lease: 15 * time.Second, Pause: time.Minute, Patience: 20, Handler: run.HandlerFunc(
		func(_ context.Context, e run.Effect) (run.Apply, error) {
			return func(ctx context.Context, tx larder.Tx) error {
				return p.cases.ExpireTx(ctx, tx, e.Org, larder.CaseID(e.Key))
			}, nil
		})})
	p.engine.Tell(p.cases)
	p.sweeper = &run.Sweeper{DB: db, Stalls: store.Effects{}, Visits: p.visits, Cases: p.cases, Floor: p.floor, Time: p.life, Observer: seen}
	return nil
}

// boot begins a new incarnation over the rows.
func (w *world) boot() {
	db := &database{world: w}
	p, err := w.newPlatform(db)
	if err != nil {
		w.fail(err)
		return
	}
	db.platform = p
	w.platform = p
	w.say(history.About{}, "the platform begins")
	for _, part := range []func(ctx, grace context.Context) error{p.engine.Run, p.floor.Run, p.sweeper.Run, p.scales.Run} {
		p.life.Go(func() {
			if err := part(p.ctx, p.ctx); err != nil && !p.life.Dead() {
				w.fail(err)
			}
		})
	}
}

// die ends the platform as a power cut ends a process: what is not committed is gone, and so is what
// only memory knows. Called by one of its own tasks, it does not return.
func (p *platform) die(how string) {
	w := p.world
	if w.platform == p {
		w.platform = nil
		w.say(history.About{}, "the platform dies %s", how)
		if w.busy > 0 {
			w.faults.Fired(fault.Restart)
		}
		p.gateway.lost()
		w.kernel.After(w.between(200*time.Millisecond, 4*time.Second), w.boot)
	}
	p.life.Kill()
}

// fail ends the simulation: something is wrong with the simulator or its surroundings.
func (w *world) fail(err error) {
	if w.failed == nil {
		w.failed = err
	}
	w.kernel.Halt()
}

// bell hears what a commit has changed before the floor does.
type bell struct{ p *platform }

// Ring implements [visit.Bell].
func (b bell) Ring(s session.Session) {
	b.p.world.rang(s)
	b.p.floor.Ring(s)
}

// observer writes down what the platform tells of itself.
type observer struct{ p *platform }

func (o observer) EffectRan(kind, outcome string, late time.Duration) {
	o.p.world.say(everybody, "effect %s %s late=%s", kind, outcome, late)
}

func (o observer) EffectFailed(e run.Effect, err error) {
	o.p.world.say(history.About{}, "effect %s %d attempt %d failed: %v", e.Kind, e.Key, e.Attempt, err)
}

// Stalled tells of what a sweep has found: where nothing was lost, there is nothing to find.
func (o observer) Stalled(what string, id int64) {
	o.p.world.say(history.About{Session: id}, "the sweep finds %s %d", what, id)
}
func (observer) Unlocked(time.Duration)       {}
func (observer) Judged(string, time.Duration) {}
func (o observer) Dropped(what string)        { o.p.world.say(history.About{}, "dropped %s", what) }

// Scale tells of what somebody would be sent to look at.
func (o observer) Scale(lane larder.LaneID, from, to health.Status) {
	o.p.world.say(history.About{}, "the scale of lane %s was %s and is %s", lane, from, to)
}
func (observer) Scales(health.Status, int) {}

func (o observer) Trouble(id larder.SessionID, what string, err error) {
	o.p.world.say(of(id, 0), "trouble with %s of session %s: %v", what, id, err)
}
