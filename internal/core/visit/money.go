package visit

import (
	"context"
	"errors"
	"fmt"

	"larder"
	"larder/internal/core/ledger"
	"larder/internal/core/payment"
	"larder/internal/core/session"
)

// ProviderSaidTx takes a verified word of the provider about a payment: whatever brought it,
// callback, answer or query, it takes effect once. Session, order and ledger follow in the same
// transaction: the payment row decides authorized or withdrawn, nobody else.
func (s *Service) ProviderSaidTx(ctx context.Context, tx larder.Tx, id larder.PaymentID, st payment.Status) (payment.Change, error) {
	before, err := s.Store.PurchaseOfPayment(ctx, tx, id)
	if err != nil {
		return payment.Unchanged, err
	}
	return s.saidTx(ctx, tx, before, st)
}

func (s *Service) saidTx(ctx context.Context, tx larder.Tx, before Purchase, st payment.Status) (payment.Change, error) {
	of := before.Session
	after, change, err := s.Payments.ApplyTx(ctx, tx, before.Payment, st)
	if err != nil {
		return change, err
	}
	s.Observer.Provider(after.Provider, change)
	switch change {
	case payment.Unchanged:
		return change, s.lateConsentTx(ctx, tx, after, st)
	case payment.Asked:
		due := larder.MillisOf(tx.Now()).Add(FirstQuery)
		if err := s.queryTx(ctx, tx, after, due); err != nil {
			return change, err
		}
		return change, s.advanceTx(ctx, tx, of, session.Asked{})
	case payment.Won:
		if err := s.queryTx(ctx, tx, after, 0); err != nil {
			return change, err
		}
		return change, s.advanceTx(ctx, tx, of, session.Authorized{Command: larder.NewID[larder.CommandID](s.IDs)})
	case payment.Lost:
		if err := s.queryTx(ctx, tx, after, 0); err != nil {
			return change, err
		}
		return change, s.advanceTx(ctx, tx, of, session.Withdrawn{})
	case payment.Collected:
		return change, s.collectedTx(ctx, tx, of, after)
	case payment.GivenBack:
		return change, s.queryTx(ctx, tx, after, 0)
	case payment.Surprise:
		return change, s.surpriseTx(ctx, tx, after, st)
	}
	return change, fmt.Errorf("visit: a provider's word did %q", change)
}

// RefusedTx takes a provider's final no to an authorization that is still awaited.
func (s *Service) RefusedTx(ctx context.Context, tx larder.Tx, id larder.PaymentID) error {
	p, err := s.Store.PurchaseOfPayment(ctx, tx, id)
	if err != nil || (p.Payment.State != payment.Asking && p.Payment.State != payment.Waiting) {
		return err
	}
	return s.advanceTx(ctx, tx, p.Session, session.Withdrawn{})
}

// Notice takes a provider's callback: verified, stored and applied in one transaction. A nil error
// means that the provider may be told "success". A *payment.ErrBadNotice changed nothing; an error
// of code not_found is a verified callback about a number that we never gave out.
func (s *Service) Notice(ctx context.Context, provider string, cb payment.Callback) error {
	from, ok := s.Providers[provider]
	if !ok {
		return larder.E(larder.CodeNotFound)
	}
	notice, err := from.ParseNotice(ctx, cb)
	if err != nil {
		cause := "malformed"
		if bad, ok := errors.AsType[*payment.ErrBadNotice](err); ok {
			cause = bad.Cause
		}
		s.Observer.Notice(provider, cause)
		return err
	}
	err = s.DB.Update(ctx, func(tx larder.Tx) error { return s.noticeTx(ctx, tx, provider, notice, cb) })
	if err == nil {
		s.Observer.Notice(provider, "")
	} else if larder.CodeOf(err) == larder.CodeNotFound {
		s.Observer.Notice(provider, "unknown_number")
	}
	return err
}

func (s *Service) noticeTx(ctx context.Context, tx larder.Tx, provider string, n payment.Notice, cb payment.Callback) error {
	stored := payment.StoredNotice{
		Provider: provider, Org: larder.Platform, Notice: n, Effect: payment.NoticeNoEffect, Body: cb.Body, Arrived: cb.Arrived,
	}
	if n.Status.Number != "" {
		p, err := s.Store.PurchaseByNumber(ctx, tx, provider, n.Status.Number)
		if err != nil {
			return err
		}
		change, err := s.saidTx(ctx, tx, p, n.Status)
		if err != nil {
			return err
		}
		stored.Org = p.Payment.Org
		if change != payment.Unchanged {
			stored.Effect = payment.NoticeApplied
		}
	}
	_, err := s.Payments.NoticeTx(ctx, tx, stored) // a repetition finds its row and has changed nothing above
	return err
}

// lateConsentTx has an authorization given back that reached the provider after everything else was
// over (P4). The word may also be an old one that is repeated, so the effect asks first.
func (s *Service) lateConsentTx(ctx context.Context, tx larder.Tx, p payment.Payment, st payment.Status) error {
	if p.State != payment.Released || st.State != payment.ProviderAuthorized {
		return nil
	}
	return s.Effects.TimerTx(ctx, tx, p.Org, EffectRelease, int64(p.ID), larder.MillisOf(tx.Now()))
}

func (s *Service) queryTx(ctx context.Context, tx larder.Tx, p payment.Payment, due larder.Millis) error {
	return s.Effects.TimerTx(ctx, tx, p.Org, EffectQuery, int64(p.ID), due)
}

func (s *Service) collectedTx(ctx context.Context, tx larder.Tx, of session.Session, p payment.Payment) error {
	err := s.Ledger.PostTx(ctx, tx, ledger.Journal{
		Org: p.Org, Kind: ledger.JournalCapture, Ref: int64(p.ID),
		Lines: []ledger.Line{
			{Account: ledger.ClearingOf(p.Provider), Amount: p.Captured},
			{Account: ledger.Receivable, Owner: int64(p.Customer), Amount: -p.Captured},
		},
	})
	if err != nil {
		return err
	}
	if err := s.queryTx(ctx, tx, p, 0); err != nil {
		return err
	}
	tx.AfterCommit(func() { s.Bell.Ring(of) })
	return nil
}

func (s *Service) surpriseTx(ctx context.Context, tx larder.Tx, p payment.Payment, st payment.Status) error {
	return s.Cases.OpenTx(ctx, tx, NewCase{
		Org: p.Org, Cause: CausePaymentSurprise, Subject: int64(p.Session), Session: p.Session,
		Detail: map[string]any{
			"payment_id": p.ID.String(), "ours": string(p.State), "theirs": string(st.State),
			"our_amount_fen": int64(p.Amount), "their_amount_fen": int64(st.Amount),
		},
	})
}
