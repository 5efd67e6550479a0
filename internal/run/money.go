package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/visit"
)

// Collector does the effects on payment providers.
type Collector struct {
	DB        larder.Transactor
	Payments  *payment.Service
	Visits    *visit.Service
	Providers visit.Providers
	Time      Scheduler
}

// settleDown is how long a number that the provider has never seen may still be on its way to it.
const settleDown = time.Minute

// Patience with a provider, and the longest pause of a timer that asks it.
const (
	moneyPatience = 18 // attempts, which is about seven hours: longer than a provider is down (P15)
	queryPause    = time.Minute
)

// Handle registers the kinds. What asks for a consent is over when its session's deadline is.
func (c *Collector) Handle(e *Engine) {
	e.Handle(visit.EffectAsk, Kind{Handler: HandlerFunc(c.ask), Lease: 20 * time.Second})
	e.Handle(visit.EffectRelease, Kind{Handler: HandlerFunc(c.release), Lease: 40 * time.Second, Patience: moneyPatience})
	e.Handle(visit.EffectCapture, Kind{Handler: HandlerFunc(c.capture), Lease: 40 * time.Second, Patience: moneyPatience})
	e.Handle(visit.EffectQuery, Kind{Handler: HandlerFunc(c.query), Lease: 40 * time.Second, Pause: queryPause})
}

// ask registers the visit at the provider. The stored request is sent byte for byte, however often.
func (c *Collector) ask(ctx context.Context, e Effect) (Apply, error) {
	p, from, err := c.payment(ctx, e)
	if err != nil || p.State != payment.Asking {
		return nil, err
	}
	st, err := from.Authorize(ctx, p.Request)
	if err == nil {
		return c.said(p, st), nil
	}
	refused, ok := errors.AsType[*payment.ErrRefused](err)
	if !ok || refused.Reason == payment.RefusedLater {
		return nil, err
	}
	st, asked := from.Query(ctx, p.Number) // a refusal is a hint; the query is the proof
	if asked != nil {
		return nil, errors.Join(err, asked)
	}
	if st.State != payment.ProviderNotFound {
		return c.said(p, st), nil
	}
	return func(ctx context.Context, tx larder.Tx) error { return c.Visits.RefusedTx(ctx, tx, p.ID) }, nil
}

// release gives an authorization back. A number that the provider does not know may be on its way
// still, so it counts as given back only after a while.
func (c *Collector) release(ctx context.Context, e Effect) (Apply, error) {
	p, from, err := c.payment(ctx, e)
	switch {
	case err != nil:
		return nil, err
	case p.State == payment.Released:
		return c.releaseLate(ctx, p, from)
	case p.State != payment.Releasing:
		return nil, nil //nolint:nilnil // it is collected: nothing is given back
	}
	st, err := from.Cancel(ctx, p.Number, "visit ended without a purchase")
	if err != nil {
		var asked error
		if st, asked = from.Query(ctx, p.Number); asked != nil {
			return nil, errors.Join(err, asked)
		}
		if st.State != payment.ProviderNotFound && st.State != payment.ProviderCanceled && st.State != payment.ProviderCaptured {
			return nil, err
		}
	}
	if st.State == payment.ProviderNotFound && c.Time.Now().Sub(p.Created.Time()) < settleDown {
		return nil, Again{After: settleDown / 6}
	}
	if _, change := payment.Apply(p, st, larder.MillisOf(c.Time.Now())); change == payment.Unchanged {
		return nil, fmt.Errorf("the provider answered a cancellation with %s", st.State)
	}
	return c.said(p, st), nil
}

// releaseLate gives back what a customer authorized after everything else was over. The word that
// said so may be an old one: what the provider has now decides.
func (c *Collector) releaseLate(ctx context.Context, p payment.Payment, from payment.Provider) (Apply, error) {
	st, err := from.Query(ctx, p.Number)
	if err == nil && (st.State == payment.ProviderAuthorized || st.State == payment.ProviderWaiting) {
		st, err = from.Cancel(ctx, p.Number, "consent came after the visit had ended")
		if err == nil && st.State != payment.ProviderCanceled {
			err = fmt.Errorf("the provider answered a late cancellation with %s", st.State)
		}
	}
	if err != nil {
		return nil, err
	}
	return c.said(p, st), nil
}

// capture asks the provider to collect.
func (c *Collector) capture(ctx context.Context, e Effect) (Apply, error) {
	p, from, err := c.payment(ctx, e)
	if err != nil || p.State != payment.Capturing {
		return nil, err
	}
	st, err := from.Capture(ctx, p.Capture)
	if err != nil {
		var asked error
		if st, asked = from.Query(ctx, p.Number); asked != nil {
			return nil, errors.Join(err, asked)
		}
		if st.State != payment.ProviderCollecting && st.State != payment.ProviderCaptured {
			return nil, err
		}
	}
	return c.said(p, st), nil
}

// query asks what has become of a number while the provider's callback does not come, less and less
// often, for as long as it takes (P6).
func (c *Collector) query(ctx context.Context, e Effect) (Apply, error) {
	p, from, err := c.payment(ctx, e)
	if err != nil {
		return nil, err
	}
	since := p.Created
	switch p.State {
	case payment.Authorized, payment.Captured, payment.Released, payment.Releasing:
		return nil, nil //nolint:nilnil // nothing is awaited from a query any more
	case payment.Asking, payment.Waiting:
	case payment.Capturing:
		since = max(since, p.Capture.Ended)
	}
	again := Again{After: min(max(c.Time.Now().Sub(since.Time())/2, visit.FirstQuery), time.Hour)}
	st, err := from.Query(ctx, p.Number)
	if err != nil {
		return nil, again // not being told is what this timer is for
	}
	if _, change := payment.Apply(p, st, larder.MillisOf(c.Time.Now())); change == payment.Unchanged {
		return nil, again
	}
	return c.said(p, st), nil
}

func (c *Collector) said(p payment.Payment, st payment.Status) Apply {
	return func(ctx context.Context, tx larder.Tx) error {
		_, err := c.Visits.ProviderSaidTx(ctx, tx, p.ID, st)
		return err
	}
}

func (c *Collector) payment(ctx context.Context, e Effect) (p payment.Payment, from payment.Provider, err error) {
	err = c.DB.View(ctx, func(tx larder.Tx) (err error) {
		p, err = c.Payments.PaymentTx(ctx, tx, larder.PaymentID(e.Key))
		return err
	})
	if err != nil {
		return p, nil, err
	}
	from, ok := c.Providers[p.Provider]
	if !ok {
		return p, nil, fmt.Errorf("payment %s: no provider %q is configured", p.ID, p.Provider)
	}
	return p, from, nil
}
