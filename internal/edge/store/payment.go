package store

import (
	"context"
	"errors"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/edge/store/sqlc"
)

// Payments keeps the rows of room payment.
type Payments struct{}

var _ payment.Store = Payments{}

// AddPayment implements [payment.Store].
func (Payments) AddPayment(ctx context.Context, tx larder.Tx, p payment.Payment) error {
	t, err := paymentTexts(p)
	if err != nil {
		return err
	}
	return sqlc.New(From(tx)).AddPayment(ctx, sqlc.AddPaymentParams{
		ID: p.ID, OrgID: p.Org, OrderID: p.Order, SessionID: p.Session, CustomerID: p.Customer, Provider: p.Provider,
		Number: p.Number, State: string(p.State), CeilingFen: p.Ceiling, AmountFen: p.Amount, CapturedFen: p.Captured,
		Request: t.request, Capture: t.capture, Phone: t.phone, Ref: p.Ref, Trade: p.Trade,
		CreatedAt: p.Created, AuthorizedAt: p.AuthorizedAt, EndedAt: p.EndedAt, Version: p.Version,
	})
}

// Payment implements [payment.Store].
func (Payments) Payment(ctx context.Context, tx larder.Tx, id larder.PaymentID) (payment.Payment, error) {
	return paymentOf(sqlc.New(From(tx)).Payment(ctx, id))
}

// SavePayment implements [payment.Store].
func (Payments) SavePayment(ctx context.Context, tx larder.Tx, p payment.Payment, from payment.State, version int64) (bool, error) {
	t, err := paymentTexts(p)
	if err != nil {
		return false, err
	}
	n, err := sqlc.New(From(tx)).SavePayment(ctx, sqlc.SavePaymentParams{
		State: string(p.State), AmountFen: p.Amount, CapturedFen: p.Captured, Capture: t.capture, Phone: t.phone,
		Ref: p.Ref, Trade: p.Trade, AuthorizedAt: p.AuthorizedAt, EndedAt: p.EndedAt,
		ID: p.ID, Version: version, FromState: string(from),
	})
	return n == 1, err
}

// AddNotice implements [payment.Store].
func (Payments) AddNotice(ctx context.Context, tx larder.Tx, n payment.StoredNotice) (bool, error) {
	added, err := sqlc.New(From(tx)).AddNotice(ctx, sqlc.AddNoticeParams{
		Provider: n.Provider, NoticeID: n.Notice.ID, OrgID: n.Org, Kind: n.Notice.Kind, Number: n.Notice.Status.Number,
		State: string(n.Notice.Status.State), Effect: string(n.Effect), Body: n.Body, ArrivedAt: n.Arrived,
	})
	return added == 1, err
}

type texts struct{ request, capture, phone string }

func paymentTexts(p payment.Payment) (t texts, err error) {
	var errs [3]error
	t.request, errs[0] = text(p.Request)
	t.capture, errs[1] = text(p.Capture)
	t.phone, errs[2] = text(p.Phone)
	return t, errors.Join(errs[:]...)
}

func paymentOf(r sqlc.Payment, err error) (payment.Payment, error) {
	if err != nil {
		return payment.Payment{}, Translate(err)
	}
	p := payment.Payment{
		ID: r.ID, Org: r.OrgID, Order: r.OrderID, Session: r.SessionID, Customer: r.CustomerID, Provider: r.Provider,
		Number: r.Number, State: payment.State(r.State), Ceiling: r.CeilingFen, Amount: r.AmountFen, Captured: r.CapturedFen,
		Ref: r.Ref, Trade: r.Trade, Created: r.CreatedAt, AuthorizedAt: r.AuthorizedAt, EndedAt: r.EndedAt, Version: r.Version,
	}
	return p, errors.Join(
		value("payment.request", r.Request, &p.Request),
		value("payment.capture", r.Capture, &p.Capture),
		value("payment.phone", r.Phone, &p.Phone),
	)
}
