package visit

import (
	"context"
	"crypto/sha256"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
)

// StartRequest asks for a door to be opened for a purchase.
type StartRequest struct {
	DoorToken string // from the door's sticker
	Provider  string // how the customer pays, for instance "wechatpay"
	Key       string // the customer's idempotency key
}

// Start leases the door, writes session, order and payment and asks the provider, in one commit.
// The same key with the same input returns the same visit; with another input the error is of code
// key_reused. Other codes: forbidden (not a customer), not_found (no such door), invalid (no such
// provider), cabinet_not_ready (nothing is sold behind the door), door_taken, visit_under_way.
func (s *Service) Start(ctx context.Context, actor larder.Actor, req StartRequest) (View, error) {
	if actor.Kind != larder.ActorCustomer {
		return View{}, larder.E(larder.CodeForbidden)
	}
	if _, ok := s.Providers[req.Provider]; !ok {
		return View{}, larder.E(larder.CodeInvalid, "field", "provider", "reason", "unknown")
	}
	hash := sha256.Sum256([]byte("start\x00" + req.DoorToken + "\x00" + req.Provider))
	var id larder.SessionID
	var started *Purchase // nil where it was started before
	err := s.DB.Update(ctx, func(tx larder.Tx) error {
		started = nil
		earlier, found, err := s.Store.Request(ctx, tx, actor, req.Key)
		if err != nil {
			return err
		}
		if found {
			if earlier.Hash != hash {
				return larder.E(larder.CodeReused)
			}
			id = larder.SessionID(earlier.Ref)
			return nil
		}
		p, err := s.startTx(ctx, tx, actor.Customer, req)
		if err != nil {
			return err
		}
		started, id = &p, p.Session.ID
		return s.Store.AddRequest(ctx, tx, actor, req.Key, Request{Hash: hash, Ref: int64(id)})
	})
	if err != nil {
		return View{}, err
	}
	if started != nil {
		return viewOf(*started, nil), nil
	}
	return s.View(ctx, actor, id)
}

func (s *Service) startTx(ctx context.Context, tx larder.Tx, customer larder.CustomerID, req StartRequest) (Purchase, error) {
	place, err := s.Doors.PlaceTx(ctx, tx, req.DoorToken)
	if err != nil {
		return Purchase{}, err
	}
	slots, err := s.Planograms.SlotsTx(ctx, tx, place.Door, place.Planogram)
	if err != nil {
		return Purchase{}, err
	}
	if len(slots) == 0 { // no lane would see what is taken, and nothing has a price
		return Purchase{}, larder.E(larder.CodeNotSellable, "reason", "nothing_sold")
	}
	payer, err := s.Payers.PayerTx(ctx, tx, customer, req.Provider)
	if err != nil {
		return Purchase{}, err
	}
	started, err := s.Sessions.StartTx(ctx, tx, session.Session{
		Org: place.Org, Cabinet: place.Cabinet, Door: place.Door, Number: place.Number,
		Purpose: session.Purchase, Customer: customer, Planogram: place.Planogram,
	})
	if err != nil {
		return Purchase{}, err
	}
	bill, err := s.Orders.CreateTx(ctx, tx, place.Org, started.ID, customer)
	if err != nil {
		return Purchase{}, err
	}
	paid, err := s.Payments.CreateTx(ctx, tx, payment.Payment{
		Org: place.Org, Order: bill.ID, Session: started.ID, Customer: customer, Provider: req.Provider, Ceiling: s.Ceiling,
		Request: payment.AuthorizeRequest{Payer: payer, Started: started.Created, Cabinet: place.Name, Device: place.Serial},
	})
	if err != nil {
		return Purchase{}, err
	}
	if err := s.Effects.AddTx(ctx, tx, place.Org, EffectAsk, int64(paid.ID)); err != nil {
		return Purchase{}, err
	}
	return Purchase{Session: started, Order: bill, Payment: paid},
		s.Effects.TimerTx(ctx, tx, place.Org, EffectDeadline, int64(started.ID), started.Deadline)
}

// Cancel withdraws a visit whose authorization is still awaited; a visit that was canceled before is
// no error. The error is of code not_cancelable once the door was told to open, not_found for
// somebody else's visit.
func (s *Service) Cancel(ctx context.Context, actor larder.Actor, id larder.SessionID) (View, error) {
	err := s.DB.Update(ctx, func(tx larder.Tx) error {
		of, err := s.ownTx(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if of.State == session.Awaiting {
			return s.advanceTx(ctx, tx, of, session.Withdrawn{})
		}
		if of.State == session.Ended && of.Outcome == session.Canceled {
			return nil
		}
		return larder.E(larder.CodeNotCancelable, "state", string(of.State))
	})
	if err != nil {
		return View{}, err
	}
	return s.View(ctx, actor, id)
}

// ownTx reads a session that the actor may see: a customer their own, staff their organization's.
// Anything else does not exist for them.
func (s *Service) ownTx(ctx context.Context, tx larder.Tx, actor larder.Actor, id larder.SessionID) (session.Session, error) {
	of, err := s.Sessions.SessionTx(ctx, tx, id)
	if err != nil {
		return of, err
	}
	if !mayLook(actor, of) {
		return session.Session{}, larder.Wrap(larder.CodeNotFound, errForeign)
	}
	return of, nil
}

// mayLook tells whether the actor may see a session: a customer their own, staff their organization's.
func mayLook(actor larder.Actor, of session.Session) bool {
	switch actor.Kind {
	case larder.ActorCustomer:
		return of.Customer == actor.Customer
	case larder.ActorStaff, larder.ActorSystem:
		return of.Org == actor.Org
	case larder.ActorAnonymous:
	}
	return false
}
