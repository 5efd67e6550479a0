package payment

import (
	"context"
	"fmt"

	"larder"
)

// Service moves payments. All methods work inside the caller's transaction.
type Service struct {
	store Store
	ids   larder.IDSource
}

// New returns the room over its store.
func New(store Store, ids larder.IDSource) *Service { return &Service{store: store, ids: ids} }

// CreateTx writes a payment in state Asking. The given one names org, order, session, customer,
// provider and ceiling, and everything of Request but number and ceiling; the rest is filled in.
func (s *Service) CreateTx(ctx context.Context, tx larder.Tx, given Payment) (Payment, error) {
	given.ID = larder.NewID[larder.PaymentID](s.ids)
	given.Number = "L" + given.Order.String()
	given.State, given.Version = Asking, 1
	given.Created = larder.MillisOf(tx.Now())
	given.Request.Number, given.Request.Ceiling = given.Number, given.Ceiling
	return given, s.store.AddPayment(ctx, tx, given)
}

// PaymentTx reads one payment.
func (s *Service) PaymentTx(ctx context.Context, tx larder.Tx, id larder.PaymentID) (Payment, error) {
	return s.store.Payment(ctx, tx, id)
}

// ApplyTx takes a verified word of the provider; see [Apply].
func (s *Service) ApplyTx(ctx context.Context, tx larder.Tx, p Payment, st Status) (Payment, Change, error) {
	after, change := Apply(p, st, larder.MillisOf(tx.Now()))
	if change == Unchanged || change == Surprise {
		return p, change, nil
	}
	after, err := s.saveTx(ctx, tx, p, after)
	return after, change, err
}

// ReleaseTx decides that nothing will be collected: from Asking, Waiting or Authorized to Releasing.
// In every other state the decision has fallen already, and p comes back as it is.
func (s *Service) ReleaseTx(ctx context.Context, tx larder.Tx, p Payment) (Payment, error) {
	switch p.State {
	case Asking, Waiting, Authorized:
	case Capturing, Captured, Releasing, Released:
		return p, nil
	}
	after := p
	after.State, after.Phone = Releasing, nil
	return s.saveTx(ctx, tx, p, after)
}

// CaptureTx decides to collect req.Amount, at most the ceiling: from Authorized to Capturing. The
// error is of code conflict in every other state.
func (s *Service) CaptureTx(ctx context.Context, tx larder.Tx, p Payment, req CaptureRequest) (Payment, error) {
	if p.State != Authorized {
		return p, larder.Wrap(larder.CodeConflict, fmt.Errorf("payment %s is %s, not authorized", p.ID, p.State))
	}
	if req.Amount <= 0 || req.Amount > p.Ceiling {
		return p, fmt.Errorf("payment %s: amount %s is outside 0.01..%s", p.ID, req.Amount, p.Ceiling)
	}
	after := p
	req.Number, req.Started = p.Number, p.Request.Started
	after.State, after.Amount, after.Capture = Capturing, req.Amount, req
	return s.saveTx(ctx, tx, p, after)
}

// NoticeTx stores a verified callback and what came of it; false if it was stored before.
func (s *Service) NoticeTx(ctx context.Context, tx larder.Tx, n StoredNotice) (bool, error) {
	return s.store.AddNotice(ctx, tx, n)
}

func (s *Service) saveTx(ctx context.Context, tx larder.Tx, before, after Payment) (Payment, error) {
	after.Version = before.Version + 1
	saved, err := s.store.SavePayment(ctx, tx, after, before.State, before.Version)
	if err != nil {
		return before, err
	}
	if !saved {
		return before, larder.Wrap(larder.CodeConflict, fmt.Errorf("payment %s moved on from %s", before.ID, before.State))
	}
	return after, nil
}
