package visit

import (
	"context"

	"larder"
	"larder/internal/core/payment"
)

// ResumeTx sets the timer of a session's deadline again: for a visit whose timer was lost or came to
// nothing. A session that waits for no moment changes nothing.
func (s *Service) ResumeTx(ctx context.Context, tx larder.Tx, id larder.SessionID) error {
	of, err := s.Sessions.SessionTx(ctx, tx, id)
	if err != nil || of.Deadline == 0 {
		return err
	}
	return s.Effects.TimerTx(ctx, tx, of.Org, EffectDeadline, int64(id), of.Deadline)
}

// ResumePaymentTx has done again, now, what would move a payment: for one whose effects were lost. All
// of them may be repeated, whatever the first ones have come to. A payment that waits for nobody
// changes nothing.
func (s *Service) ResumePaymentTx(ctx context.Context, tx larder.Tx, id larder.PaymentID) error {
	p, err := s.Payments.PaymentTx(ctx, tx, id)
	if err != nil {
		return err
	}
	now := larder.MillisOf(tx.Now())
	again := func(kind string) error { return s.Effects.TimerTx(ctx, tx, p.Org, kind, int64(p.ID), now) }
	switch p.State {
	case payment.Asking:
		return again(EffectAsk)
	case payment.Waiting:
		return s.queryTx(ctx, tx, p, now)
	case payment.Capturing:
		if err := again(EffectCapture); err != nil {
			return err
		}
		return s.queryTx(ctx, tx, p, now.Add(FirstQuery))
	case payment.Releasing:
		return again(EffectRelease)
	case payment.Authorized, payment.Captured, payment.Released:
	}
	return nil
}
