package run_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/visit"
)

// provider is a payment provider that is not real: it keeps its word by number, calls back unless it
// is told to be silent, and loses what it is told to lose.
type provider struct {
	mu     sync.Mutex // guards what follows
	orders map[string]*bill
	lose   []loss
	calls  []string
	silent bool
	refuse bool                      // will not have the customer
	prompt func(number string)       // collects a second after the capture
	early  func(call, number string) // runs between the work and its answer
	visits *visit.Service
}

// bill is one number as the provider has it.
type bill struct {
	state   payment.ProviderState
	amount  larder.Fen
	request payment.AuthorizeRequest
	granted int // how often the customer's consent was counted
	taken   int // how often money was collected
}

// loss is one call that goes wrong: before it was done, or after.
type loss struct {
	call string
	done bool
}

var errLost = errors.New("timeout")

func (p *provider) Name() string { return wechat }

func (p *provider) Identify(_ context.Context, code string) (string, error) {
	return "payer-" + code, nil
}

// to names the process that callbacks go to.
func (p *provider) to(v *visit.Service) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.visits = v
}

// heal lets every call through from now on.
func (p *provider) heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lose = nil
}

// call does one call and loses it if that was asked for.
func (p *provider) call(_ context.Context, what, number string, do func(b *bill) error) (payment.Status, error) {
	if p.early != nil {
		defer p.early(what, number)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, what)
	i := slices.IndexFunc(p.lose, func(l loss) bool { return l.call == what })
	if i >= 0 {
		l := p.lose[i]
		p.lose = slices.Delete(p.lose, i, i+1)
		if !l.done {
			return payment.Status{}, errLost
		}
		_ = do(p.orders[number]) // it was done; nobody hears how
		return payment.Status{}, errLost
	}
	if err := do(p.orders[number]); err != nil {
		return payment.Status{}, err
	}
	return p.status(number), nil
}

func (p *provider) status(number string) payment.Status {
	b := p.orders[number]
	if b == nil {
		return payment.Status{Number: number, State: payment.ProviderNotFound}
	}
	st := payment.Status{Number: number, State: b.state, Ref: "R" + number}
	switch b.state {
	case payment.ProviderWaiting:
		st.Phone = map[string]string{"package": number}
	case payment.ProviderCollecting, payment.ProviderCaptured:
		st.Amount, st.Trade = b.amount, "T"+number
	case payment.ProviderNotFound, payment.ProviderAuthorized, payment.ProviderCanceled:
	}
	return st
}

func (p *provider) Authorize(ctx context.Context, req payment.AuthorizeRequest) (payment.Status, error) {
	return p.call(ctx, "authorize", req.Number, func(b *bill) error {
		if p.refuse {
			return &payment.ErrRefused{Reason: payment.RefusedCustomer, Code: "RISK"}
		}
		if b == nil {
			p.orders[req.Number] = &bill{state: payment.ProviderWaiting, request: req}
			return nil
		}
		if b.request != req {
			return &payment.ErrRefused{Reason: payment.RefusedRequest, Code: "DIFFERS"}
		}
		return nil
	})
}

func (p *provider) Query(ctx context.Context, number string) (payment.Status, error) {
	return p.call(ctx, "query", number, func(*bill) error { return nil })
}

func (p *provider) Cancel(ctx context.Context, number, _ string) (payment.Status, error) {
	return p.call(ctx, "cancel", number, func(b *bill) error {
		if b == nil {
			return nil
		}
		if b.state == payment.ProviderCollecting || b.state == payment.ProviderCaptured {
			return &payment.ErrRefused{Reason: payment.RefusedState, Code: "PAID"}
		}
		b.state = payment.ProviderCanceled
		return nil
	})
}

func (p *provider) Capture(ctx context.Context, req payment.CaptureRequest) (payment.Status, error) {
	return p.call(ctx, "capture", req.Number, func(b *bill) error {
		switch {
		case b == nil || b.state == payment.ProviderWaiting || b.state == payment.ProviderCanceled:
			return &payment.ErrRefused{Reason: payment.RefusedState, Code: "NOT_AUTHORIZED"}
		case b.state == payment.ProviderAuthorized:
			b.state, b.amount = payment.ProviderCollecting, req.Amount
			if p.prompt != nil {
				go p.prompt(req.Number)
			}
		case b.amount != req.Amount:
			return &payment.ErrRefused{Reason: payment.RefusedRequest, Code: "DIFFERS"}
		}
		return nil
	})
}

// ParseNotice reads what notify sends.
func (p *provider) ParseNotice(_ context.Context, cb payment.Callback) (payment.Notice, error) {
	var n payment.Notice
	if err := json.Unmarshal(cb.Body, &n); err != nil {
		return n, &payment.ErrBadNotice{Cause: "malformed", Err: err}
	}
	return n, nil
}

// confirm is the customer on the provider's page; false if there is nothing to confirm any more.
func (p *provider) confirm(t *testing.T, number string) bool {
	t.Helper()
	return p.move(t, number, payment.ProviderWaiting, payment.ProviderAuthorized)
}

// collect is the provider's money arriving.
func (p *provider) collect(t *testing.T, number string) bool {
	t.Helper()
	return p.move(t, number, payment.ProviderCollecting, payment.ProviderCaptured)
}

func (p *provider) move(t *testing.T, number string, from, to payment.ProviderState) bool {
	t.Helper()
	p.mu.Lock()
	b := p.orders[number]
	if b == nil || b.state != from {
		p.mu.Unlock()
		return false
	}
	b.state = to
	if to == payment.ProviderAuthorized {
		b.granted++
	} else {
		b.taken++
	}
	st, silent, visits := p.status(number), p.silent, p.visits
	p.mu.Unlock()
	if !silent {
		if err := notify(t, visits, st); err != nil && !errors.Is(err, errDead) { // a dead process hears nothing
			t.Error(err)
		}
	}
	return true
}

// notify delivers a callback about a number.
func notify(t *testing.T, visits *visit.Service, st payment.Status) error {
	t.Helper()
	body, err := json.Marshal(payment.Notice{ID: st.Number + string(st.State), Kind: "test", Status: st})
	if err != nil {
		return err
	}
	return visits.Notice(t.Context(), wechat, payment.Callback{Body: body, Arrived: larder.MillisOf(time.Now())})
}

// asked returns how often a call was made.
func (p *provider) asked(call string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.calls {
		if c == call {
			n++
		}
	}
	return n
}

// at returns what the provider has under a number.
func (p *provider) at(number string) bill {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b := p.orders[number]; b != nil {
		return *b
	}
	return bill{state: payment.ProviderNotFound}
}
