package app

import (
	"context"
	"net/http"
	"strings"
	"time"

	"larder"
	"larder/internal/app/config"
	"larder/internal/core/care"
	"larder/internal/core/customer"
	"larder/internal/core/ledger"
	"larder/internal/core/order"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/stock"
	"larder/internal/core/visit"
	"larder/internal/edge/api"
	"larder/internal/edge/link"
	"larder/internal/edge/link/driver"
	"larder/internal/edge/link/driver/native"
	"larder/internal/edge/link/tcp"
	"larder/internal/edge/obs"
	"larder/internal/edge/store"
	"larder/internal/edge/store/postgres"
	"larder/internal/run"
)

// What the engine needs to know of ending a case.
const (
	caseLease    = 15 * time.Second // longer than it takes
	casePause    = time.Minute      // the longest before it is tried again
	casePatience = 20               // attempts before somebody is told that it does not work
)

// wire connects ports with what stands behind them. Nothing runs yet, so the rooms that need each
// other are completed one after the other.
func (a *App) wire(c config.Config, p providers, root http.Handler) error {
	observer, err := obs.NewObserver(a.log, a.registry)
	if err != nil {
		return err
	}
	a.engine = run.NewEngine(a.db, store.Effects{}, a.ids, run.RealTime{}, observer)
	if !postgres.IsURL(c.DB) {
		a.engine.Alone() // the file is locked; on a server leases say who tries what
	}
	live := run.NewLive()
	a.newFloor(live, observer)
	if a.gateway, err = a.newGateway(); err != nil {
		return err
	}
	a.floor.Commander = a.gateway

	books := ledger.New(store.Ledgers{}, a.ids)
	customers := customer.New(customer.Deps{
		DB: a.db, Store: store.Customers{}, IDs: a.ids, Identities: p.identity, Accounts: books, Logins: a.staff,
	})
	cases := care.New(care.Deps{
		DB: a.db, IDs: a.ids, Store: store.Cases{}, Audit: a.staff, Requests: store.Visits{}, Timers: a.engine, Deadline: c.Windows.Case,
	})
	payments := payment.New(store.Payments{}, a.ids)
	visits, err := visit.New(visit.Deps{
		DB: a.db, IDs: a.ids, Store: store.Visits{},
		Sessions: session.New(store.Sessions{}, a.ids, windows(c.Windows), observer),
		Orders:   order.New(store.Orders{}, a.ids), Stock: stock.New(store.Stocks{}), Ledger: books, Payments: payments,
		Doors: store.Visits{}, DoorLog: a.cabinets, Planograms: a.catalog, Payers: customers,
		Providers: p.payment, Effects: a.engine, Cases: cases, Bell: a.floor, Observer: observer, Ceiling: c.Windows.Ceiling,
	})
	if err != nil {
		return err
	}
	cases.Settle(visits)
	a.floor.Visits = visits
	a.floor.Handle(a.engine)
	(&run.Collector{DB: a.db, Payments: payments, Visits: visits, Providers: p.payment, Time: run.RealTime{}}).Handle(a.engine)
	a.engine.Handle(care.EffectDeadline, run.Kind{
		Handler: expire(cases), Lease: caseLease, Pause: casePause, Patience: casePatience,
	})
	a.engine.Tell(cases)
	a.sweeper = &run.Sweeper{
		DB: a.db, Stalls: store.Effects{}, Visits: visits, Cases: cases, Floor: a.floor, Time: run.RealTime{}, Observer: observer,
	}

	pub, err := api.New(api.Deps{
		Logins: a.staff, Customers: customers, Cabinets: a.cabinets, Planograms: a.catalog, Leases: visits,
		Prover: a.floor, Visits: visits, Live: live, Cases: cases, Scales: a.scales,
		Log: a.log, Metrics: a.registry, Proxies: c.HTTP.TrustedProxies,
		SecureCookies: strings.HasPrefix(c.PublicURL, "https://"), TrustedOrigins: origins(c),
	})
	if err != nil {
		return err
	}
	health := obs.NewHealth(a.log, a.checks()...)
	a.front.server = pub.NewServer(pages(pub, health, obs.Metrics(a.registry), root))
	return nil
}

// newFloor makes the floor, which commands nobody yet, and what remembers its lanes.
func (a *App) newFloor(live *run.Live, observer *obs.Observer) {
	a.scales = run.NewScales(run.ScalesConfig{
		DB: a.db, Store: store.Scales{}, Audit: a.staff, Time: run.RealTime{}, Observer: observer,
	})
	a.floor = run.NewFloor(run.FloorConfig{
		IDs: a.ids, Live: live, Time: run.RealTime{}, Observer: observer,
		Lessons: &run.Lessons{DB: a.db, Store: store.Lessons{}}, Scales: a.scales,
	})
}

func (a *App) newGateway() (*tcp.Gateway, error) {
	drivers, err := link.NewDrivers(map[string]driver.Driver{ModelNative: native.Driver{}})
	if err != nil {
		return nil, err
	}
	return tcp.New(tcp.Config{
		Listener: a.link, Handler: newDoor(a.cabinets, a.floor), Drivers: drivers,
		Logger: a.log, Now: time.Now, Registerer: a.registry,
	})
}

// windows are session's, with what an installation may set.
func windows(c config.Windows) session.Windows {
	w := session.DefaultWindows()
	w.Confirm, w.Command, w.Limit, w.Weigh = c.Authorize, c.OpenTTL, c.Door, c.Weigh
	return w
}

// origins are those that browsers may ask from besides the address they asked.
func origins(c config.Config) []string {
	if c.PublicURL == "" {
		return nil
	}
	return []string{c.PublicURL}
}

// expire ends a case whose deadline has passed.
func expire(cases *care.Service) run.Handler {
	return run.HandlerFunc(func(_ context.Context, e run.Effect) (run.Apply, error) {
		return func(ctx context.Context, tx larder.Tx) error {
			return cases.ExpireTx(ctx, tx, e.Org, larder.CaseID(e.Key))
		}, nil
	})
}
