package visit

import (
	"context"

	"larder"
	"larder/internal/core/ledger"
	"larder/internal/core/order"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/stock"
)

// voidTx ends a visit that never came to an opening: no bill, and the authorization goes back.
func (s *Service) voidTx(ctx context.Context, tx larder.Tx, of session.Session) error {
	p, err := s.Store.Purchase(ctx, tx, of.ID)
	if err != nil {
		return ignoreMissing(err) // staff's purposes have no bill
	}
	if p.Order.State == order.Open {
		if _, err := s.Orders.VoidTx(ctx, tx, p.Order); err != nil {
			return err
		}
	}
	return s.releaseTx(ctx, tx, p.Payment)
}

// releaseTx gives an authorization back.
func (s *Service) releaseTx(ctx context.Context, tx larder.Tx, p payment.Payment) error {
	p, err := s.Payments.ReleaseTx(ctx, tx, p)
	if err != nil || p.State != payment.Releasing {
		return err
	}
	if err := s.queryTx(ctx, tx, p, 0); err != nil {
		return err
	}
	return s.Effects.AddTx(ctx, tx, p.Org, EffectRelease, int64(p.ID))
}

// settleTx turns what was taken into bill, stock and money (AC1). The bill is what was taken, and
// what exceeds the ceiling stays owed: a settlement never fails as a whole because of a sum.
func (s *Service) settleTx(ctx context.Context, tx larder.Tx, of session.Session, taken []session.Taken) error {
	p, err := s.Store.Purchase(ctx, tx, of.ID)
	if err != nil {
		return err
	}
	lines, err := s.priceTx(ctx, tx, of, taken)
	if err != nil {
		return err
	}
	bill, err := s.Orders.SettleTx(ctx, tx, p.Order, lines)
	if err != nil {
		return err
	}
	s.Observer.Settled(len(lines))
	for _, l := range lines {
		m := stock.Move{Lane: l.Lane, Org: of.Org, Kind: stock.Purchase, Ref: int64(of.ID), Change: -l.Quantity}
		if err := s.Stock.MoveTx(ctx, tx, m); err != nil {
			return err
		}
	}
	if bill.Total == 0 {
		return s.releaseTx(ctx, tx, p.Payment)
	}
	err = s.Ledger.PostTx(ctx, tx, ledger.Journal{
		Org: of.Org, Kind: ledger.JournalSale, Ref: int64(bill.ID),
		Lines: []ledger.Line{
			{Account: ledger.Receivable, Owner: int64(of.Customer), Amount: bill.Total},
			{Account: ledger.Sales, Amount: -bill.Total},
		},
	})
	if err != nil {
		return err
	}
	return s.captureTx(ctx, tx, Purchase{Session: of, Order: bill, Payment: p.Payment}, lines)
}

// priceTx prices what was taken as of the opening (I13).
func (s *Service) priceTx(ctx context.Context, tx larder.Tx, of session.Session, taken []session.Taken) ([]order.Line, error) {
	if len(taken) == 0 {
		return nil, nil
	}
	slots, err := s.Planograms.SlotsTx(ctx, tx, of.Door, of.Planogram)
	if err != nil {
		return nil, err
	}
	counts := make(map[larder.LaneID]int, len(taken))
	for _, t := range taken {
		counts[t.Lane] += t.Count
	}
	return order.Price(slots, counts)
}

func (s *Service) captureTx(ctx context.Context, tx larder.Tx, settled Purchase, lines []order.Line) error {
	of, bill, p := settled.Session, settled.Order, settled.Payment
	req := payment.CaptureRequest{Amount: min(bill.Total, p.Ceiling), Ended: of.Closed}
	if req.Ended == 0 { // a person charges a visit whose door was never seen to close
		req.Ended = larder.MillisOf(tx.Now())
	}
	for _, l := range lines {
		req.Lines = append(req.Lines, payment.CaptureLine{Name: l.Name, Count: l.Quantity, Price: l.Price})
	}
	if bill.Total > p.Ceiling {
		req.Lines = []payment.CaptureLine{{Name: lines[0].Name, Count: 1, Price: p.Ceiling}}
		if err := s.overCeilingTx(ctx, tx, of, bill, p); err != nil {
			return err
		}
	}
	p, err := s.Payments.CaptureTx(ctx, tx, p, req)
	if err != nil {
		return err
	}
	if err := s.queryTx(ctx, tx, p, larder.MillisOf(tx.Now()).Add(FirstQuery)); err != nil {
		return err
	}
	return s.Effects.AddTx(ctx, tx, p.Org, EffectCapture, int64(p.ID))
}

func (s *Service) overCeilingTx(ctx context.Context, tx larder.Tx, of session.Session, bill order.Order, p payment.Payment) error {
	return s.Cases.OpenTx(ctx, tx, NewCase{
		Org: of.Org, Cause: CauseOverCeiling, Subject: int64(of.ID), Session: of.ID, Cabinet: of.Cabinet,
		Detail: map[string]any{"total_fen": int64(bill.Total), "ceiling_fen": int64(p.Ceiling)},
	})
}
