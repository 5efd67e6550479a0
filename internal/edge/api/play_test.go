package api_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
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
	"larder/internal/core/stock"
	"larder/internal/core/visit"
	"larder/internal/edge/store"
	"larder/internal/run"
)

// rooms are the real rooms of a purchase. What is outside of the house is played: the cabinet
// ([prover]), the provider ([provider]) and what would be done in the world ([undone]).
type rooms struct {
	customers *customer.Service
	visits    *visit.Service
	cases     *care.Service
	live      *run.Live
	bell      *bell
	provider  *provider
}

func (r *rig) build(t testing.TB, ids larder.IDSource, planograms *catalog.Service, cabinets *cabinet.Service) {
	t.Helper()
	books := ledger.New(store.Ledgers{}, ids)
	r.provider, r.live = &provider{}, run.NewLive()
	r.bell = &bell{live: r.live}
	r.customers = customer.New(customer.Deps{
		DB: r.db, Store: store.Customers{}, IDs: ids, Accounts: books, Logins: r.staff,
		Identities: map[string]customer.IdentityProvider{wechat: r.provider},
	})
	r.cases = care.New(care.Deps{
		DB: r.db, IDs: ids, Store: store.Cases{}, Audit: r.staff, Requests: store.Visits{}, Timers: undone{}, Deadline: time.Hour,
	})
	var err error
	r.visits, err = visit.New(visit.Deps{
		DB: r.db, IDs: ids, Store: store.Visits{},
		Sessions: session.New(store.Sessions{}, ids, session.DefaultWindows(), nil),
		Orders:   order.New(store.Orders{}, ids), Stock: stock.New(store.Stocks{}), Ledger: books,
		Payments: payment.New(store.Payments{}, ids), Doors: store.Visits{}, DoorLog: cabinets, Planograms: planograms,
		Payers: r.customers, Providers: visit.Providers{wechat: r.provider}, Effects: undone{}, Cases: r.cases,
		Bell: r.bell, Ceiling: 20000,
	})
	must(t, err)
	r.cases.Settle(r.visits)
}

const wechat = "wechatpay"

// openCase opens a case of its own in our organization and returns its id.
func (r *rig) openCase(t *testing.T) larder.CaseID {
	t.Helper()
	known := map[larder.CaseID]bool{}
	for _, c := range r.listCases(t) {
		known[c.ID] = true
	}
	must(t, r.db.Update(t.Context(), func(tx larder.Tx) error {
		return r.cases.OpenTx(t.Context(), tx, visit.NewCase{Org: r.org, Cause: visit.CauseUnexplainedDoor, Cabinet: r.door.Cabinet})
	}))
	for _, c := range r.listCases(t) {
		if !known[c.ID] {
			return c.ID
		}
	}
	t.Fatal("no case was opened")
	return 0
}

func (r *rig) listCases(t *testing.T) []care.Case {
	t.Helper()
	cases, err := r.cases.List(t.Context(), larder.Actor{
		Kind: larder.ActorStaff, Org: r.org, Role: larder.RoleSupport,
	}, care.Open, 200)
	must(t, err)
	return cases
}

// start begins the own customer's visit.
func (r *rig) start(t *testing.T) visit.View {
	t.Helper()
	v, err := r.visits.Start(t.Context(), r.owner, visit.StartRequest{
		DoorToken: r.door.Token, Provider: wechat, Key: "made-up-at-start",
	})
	must(t, err)
	return v
}

// says has the provider's word about a visit's payment applied.
func (r *rig) says(t *testing.T, id larder.SessionID, state payment.ProviderState) {
	t.Helper()
	must(t, r.db.Update(t.Context(), func(tx larder.Tx) error {
		p, err := store.Visits{}.Purchase(t.Context(), tx, id)
		if err != nil {
			return err
		}
		_, err = r.visits.ProviderSaidTx(t.Context(), tx, p.Payment.ID, payment.Status{Number: p.Payment.Number, State: state})
		return err
	}))
}

// opened has the cabinet say that the visit's door was opened.
func (r *rig) opened(t *testing.T, id larder.SessionID) {
	t.Helper()
	must(t, r.visits.Door(t.Context(), r.org, larder.DoorEvent{
		Cabinet: r.door.Cabinet, Boot: 1, Seq: 1, Door: 1, Kind: larder.DoorOpened, Session: id,
	}))
}

// provider plays the payment provider: its people, and its callbacks.
type provider struct {
	mu     sync.Mutex // guards what follows
	notice payment.Notice
	err    error // of reading a callback
	bodies [][]byte
}

// Identify knows two people by their codes.
func (p *provider) Identify(_ context.Context, code string) (string, error) {
	if code != ownCustomer && code != otherCustomer {
		return "", larder.E(larder.CodeCredentials)
	}
	return "payer of " + code, nil
}

func (p *provider) ParseNotice(_ context.Context, cb payment.Callback) (payment.Notice, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bodies = append(p.bodies, cb.Body)
	if p.err == nil && p.notice.ID == "" {
		return payment.Notice{}, &payment.ErrBadNotice{Cause: "signature", Err: errors.New("signed by nobody")}
	}
	return p.notice, p.err
}

var errNotAsked = errors.New("nobody is asked in these tests")

func (*provider) Name() string { return wechat }
func (*provider) Authorize(context.Context, payment.AuthorizeRequest) (payment.Status, error) {
	return payment.Status{}, errNotAsked
}
func (*provider) Query(context.Context, string) (payment.Status, error) {
	return payment.Status{}, errNotAsked
}
func (*provider) Cancel(context.Context, string, string) (payment.Status, error) {
	return payment.Status{}, errNotAsked
}
func (*provider) Capture(context.Context, payment.CaptureRequest) (payment.Status, error) {
	return payment.Status{}, errNotAsked
}

// undone takes what would be done in the world: nothing is, in these tests.
type undone struct{}

func (undone) AddTx(context.Context, larder.Tx, larder.OrgID, string, int64) error { return nil }
func (undone) TimerTx(context.Context, larder.Tx, larder.OrgID, string, int64, larder.Millis) error {
	return nil
}

// bell rings whoever follows a session, unless it is broken.
type bell struct {
	live   *run.Live
	broken atomic.Bool
}

func (b *bell) Ring(s session.Session) {
	if !b.broken.Load() {
		b.live.Changed(s.ID)
	}
}
