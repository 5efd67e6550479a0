package trial

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/sim/fault"
	"larder/internal/sim/history"
)

// bankName is the provider's name in the rows.
const bankName = "wechatpay"

// bank is a payment provider that is not real. What it keeps is the truth about money: what stands
// in the platform's rows is compared with it.
type bank struct {
	w        *world
	bills    map[string]*bill
	sessions map[string]larder.SessionID // of the visits that have begun, by number
}

// bill is one number as the bank has it.
type bill struct {
	state    payment.ProviderState
	request  payment.AuthorizeRequest
	amount   larder.Fen
	taken    int // how often money was collected
	consents int
	silent   bool // P6: nothing is ever told
	doubled  bool // P1: the consent is told again and again
	paid     bool // P2: so is the collection
}

var (
	errTimeout = errors.New("the provider did not answer in time")
	_          = payment.Provider((*bank)(nil))
)

func newBank(w *world) *bank {
	return &bank{w: w, bills: make(map[string]*bill), sessions: make(map[string]larder.SessionID)}
}

// about is what a line about a number concerns.
func (b *bank) about(number string) history.About {
	return history.About{Session: int64(b.sessions[number])}
}

// Name implements [payment.Provider].
func (b *bank) Name() string { return bankName }

// Identify implements the identity of customers.
func (b *bank) Identify(_ context.Context, code string) (string, error) { return code, nil }

// call carries a request to the bank and its answer back. Where the answer is lost, the request was
// carried out all the same (P9).
func (b *bank) call(ctx context.Context, what, number string, do func(*bill) error) (payment.Status, error) {
	w := b.w
	w.kernel.Sleep(ctx, w.between(20*time.Millisecond, 120*time.Millisecond))
	if err := ctx.Err(); err != nil {
		return payment.Status{}, err
	}
	err := do(b.bills[number])
	st := b.status(number)
	w.say(b.about(number), "bank %s %s: %s %v", what, number, st.State, err)
	if w.faults.Draw(fault.Unknown) {
		w.faults.Fired(fault.Unknown)
		w.kernel.Sleep(ctx, w.between(time.Second, 12*time.Second))
		return payment.Status{}, errTimeout
	}
	w.kernel.Sleep(ctx, w.between(20*time.Millisecond, 120*time.Millisecond))
	if late := ctx.Err(); late != nil {
		return payment.Status{}, late
	}
	return st, err
}

// status is what the bank says of a number.
func (b *bank) status(number string) payment.Status {
	bill := b.bills[number]
	if bill == nil {
		return payment.Status{Number: number, State: payment.ProviderNotFound}
	}
	st := payment.Status{Number: number, State: bill.state, Ref: "R" + number}
	switch bill.state {
	case payment.ProviderWaiting:
		st.Phone = map[string]string{"package": number}
	case payment.ProviderCollecting, payment.ProviderCaptured:
		st.Amount, st.Trade = bill.amount, "T"+number
	case payment.ProviderNotFound, payment.ProviderAuthorized, payment.ProviderCanceled:
	}
	return st
}

// Authorize implements [payment.Provider].
func (b *bank) Authorize(ctx context.Context, req payment.AuthorizeRequest) (payment.Status, error) {
	return b.call(ctx, "authorize", req.Number, func(known *bill) error {
		if known != nil {
			if known.request != req {
				return &payment.ErrRefused{Reason: payment.RefusedRequest, Code: "DIFFERS"}
			}
			return nil
		}
		b.bills[req.Number] = &bill{
			state: payment.ProviderWaiting, request: req, silent: b.w.faults.Draw(fault.NoCallback),
			doubled: b.w.faults.Draw(fault.ConsentTwice), paid: b.w.faults.Draw(fault.PaidTwice),
		}
		if b.w.faults.Draw(fault.EarlyCallback) { // a customer who agreed once and for all: told before we answer
			b.consent(req.Number)
			b.w.kernel.Sleep(ctx, 300*time.Millisecond)
			b.w.faults.Fired(fault.EarlyCallback)
		}
		return nil
	})
}

// Query implements [payment.Provider].
func (b *bank) Query(ctx context.Context, number string) (payment.Status, error) {
	return b.call(ctx, "query", number, func(*bill) error { return nil })
}

// Cancel implements [payment.Provider].
func (b *bank) Cancel(ctx context.Context, number, _ string) (payment.Status, error) {
	return b.call(ctx, "cancel", number, func(known *bill) error {
		switch {
		case known == nil:
			return nil
		case known.state == payment.ProviderCollecting || known.state == payment.ProviderCaptured:
			return &payment.ErrRefused{Reason: payment.RefusedState, Code: "PAID"}
		}
		known.state = payment.ProviderCanceled
		return nil
	})
}

// Capture implements [payment.Provider].
func (b *bank) Capture(ctx context.Context, req payment.CaptureRequest) (payment.Status, error) {
	return b.call(ctx, "capture", req.Number, func(known *bill) error {
		switch {
		case known == nil || known.state == payment.ProviderWaiting || known.state == payment.ProviderCanceled:
			return &payment.ErrRefused{Reason: payment.RefusedState, Code: "NOT_AUTHORIZED"}
		case known.state == payment.ProviderAuthorized:
			known.state, known.amount = payment.ProviderCollecting, req.Amount
			b.w.kernel.After(b.w.between(300*time.Millisecond, 4*time.Second), func() { b.collect(req.Number) })
		case known.amount != req.Amount:
			return &payment.ErrRefused{Reason: payment.RefusedRequest, Code: "DIFFERS"}
		}
		return nil
	})
}

// consent is the customer on the bank's page; nothing happens if there is nothing to confirm any more.
func (b *bank) consent(number string) {
	known := b.bills[number]
	if known == nil || known.state != payment.ProviderWaiting {
		return
	}
	known.state = payment.ProviderAuthorized
	known.consents++
	b.w.say(b.about(number), "bank: the customer agrees to %s", number)
	b.tell(number, known.doubled, fault.ConsentTwice)
}

// collect is the money arriving.
func (b *bank) collect(number string) {
	known := b.bills[number]
	if known.state != payment.ProviderCollecting {
		return
	}
	known.state = payment.ProviderCaptured
	known.taken++
	b.w.say(b.about(number), "bank: %s is collected: %s", number, known.amount)
	b.tell(number, known.paid, fault.PaidTwice)
}

// tell sends a callback about a number as it stands now: never, once, or again and again, several at
// one moment and one when all is over.
func (b *bank) tell(number string, again bool, id fault.ID) {
	w := b.w
	if b.bills[number].silent {
		w.faults.Fired(fault.NoCallback)
		return
	}
	body, err := json.Marshal(payment.Notice{ID: number + string(b.bills[number].state), Kind: "sim", Status: b.status(number)})
	if err != nil {
		w.fail(err)
		return
	}
	at := w.kernel.Now().Add(w.between(10*time.Millisecond, 400*time.Millisecond))
	times := []time.Time{at}
	if again {
		w.faults.Fired(id)
		for range 1 + w.chance.IntN(4) {
			times = append(times, at)
		}
		times = append(times, at.Add(w.between(time.Second, 30*time.Second)), at.Add(w.between(time.Minute, 3*time.Minute)))
	}
	for _, t := range times {
		w.kernel.At(t, func() { b.deliver(number, body, 0) })
	}
}

// deliveries is how often the bank tries to tell something.
const deliveries = 6

// deliver brings a callback to the platform, and again later if it did not get through.
func (b *bank) deliver(number string, body []byte, tries int) {
	w := b.w
	again := func() {
		if tries < deliveries {
			w.kernel.After(15*time.Second<<tries, func() { b.deliver(number, body, tries+1) })
		}
	}
	p := w.platform
	if p == nil {
		again()
		return
	}
	w.town.Go(func() {
		err := w.ask(func(ctx context.Context, p *platform) error {
			return p.visits.Notice(ctx, bankName, payment.Callback{Body: body, Arrived: larder.MillisOf(w.kernel.Now())})
		})
		w.say(b.about(number), "bank: callback about %s: %v", number, err)
		if err != nil {
			again()
		}
	})
}

// ParseNotice implements [payment.Provider].
func (b *bank) ParseNotice(_ context.Context, cb payment.Callback) (payment.Notice, error) {
	var n payment.Notice
	if err := json.Unmarshal(cb.Body, &n); err != nil {
		return n, &payment.ErrBadNotice{Cause: "malformed", Err: err}
	}
	return n, nil
}
