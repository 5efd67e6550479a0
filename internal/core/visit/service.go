package visit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"larder"
	"larder/internal/core/ledger"
	"larder/internal/core/order"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/stock"
)

// FirstQuery is how long the platform waits for a provider's callback before it asks by itself.
const FirstQuery = 5 * time.Second

// Deps are what a Service is made of. All are needed but Observer.
type Deps struct {
	DB         larder.Transactor
	IDs        larder.IDSource
	Store      Store
	Sessions   *session.Service
	Orders     *order.Service
	Stock      *stock.Service
	Ledger     *ledger.Service
	Payments   *payment.Service
	Doors      Doors
	DoorLog    DoorLog
	Planograms Planograms
	Payers     Payers
	Providers  Providers
	Effects    EffectSink
	Cases      CaseOpener
	Bell       Bell
	Observer   Observer
	Ceiling    larder.Fen // the most that one visit may cost without asking again
}

// Service opens the transactions of a visit.
type Service struct{ Deps }

// New checks that nothing is missing.
func New(d Deps) (*Service, error) {
	if d.Observer == nil {
		d.Observer = silent{}
	}
	for name, missing := range map[string]bool{
		"DB": d.DB == nil, "IDs": d.IDs == nil, "Store": d.Store == nil, "Sessions": d.Sessions == nil,
		"Orders": d.Orders == nil, "Stock": d.Stock == nil, "Ledger": d.Ledger == nil, "Payments": d.Payments == nil,
		"Doors": d.Doors == nil, "DoorLog": d.DoorLog == nil, "Planograms": d.Planograms == nil, "Payers": d.Payers == nil,
		"Providers": len(d.Providers) == 0, "Effects": d.Effects == nil, "Cases": d.Cases == nil, "Bell": d.Bell == nil,
		"Ceiling": d.Ceiling <= 0,
	} {
		if missing {
			return nil, fmt.Errorf("visit: %s is missing", name)
		}
	}
	return &Service{d}, nil
}

// advanceTx takes a step of the session and carries out, in the same transaction, what it asks for.
func (s *Service) advanceTx(ctx context.Context, tx larder.Tx, before session.Session, ev session.Event) error {
	after, effects, err := s.Sessions.AdvanceTx(ctx, tx, before, ev)
	if err != nil {
		return err
	}
	if after.Deadline != before.Deadline {
		if err := s.Effects.TimerTx(ctx, tx, after.Org, EffectDeadline, int64(after.ID), after.Deadline); err != nil {
			return err
		}
	}
	for _, e := range effects {
		if err := s.carryOutTx(ctx, tx, after, e); err != nil {
			return err
		}
	}
	if after != before {
		tx.AfterCommit(func() { s.Bell.Ring(after) })
	}
	return nil
}

func (s *Service) carryOutTx(ctx context.Context, tx larder.Tx, of session.Session, e session.Effect) error {
	switch e := e.(type) {
	case session.SendOpen:
		if err := s.Store.AddCommand(ctx, tx, of); err != nil {
			return err
		}
		return s.Effects.AddTx(ctx, tx, of.Org, EffectOpen, int64(of.ID))
	case session.Release:
		return s.voidTx(ctx, tx, of)
	case session.Settle:
		return s.settleTx(ctx, tx, of, e.Lines)
	case session.OpenCase:
		return s.Cases.OpenTx(ctx, tx, NewCase{
			Org: of.Org, Cause: e.Cause, Subject: int64(of.ID), Session: of.ID, Cabinet: of.Cabinet, Lines: e.Lines,
		})
	}
	return fmt.Errorf("visit: nothing carries out %T", e)
}

// ignoreMissing turns "there is none" into nil.
func ignoreMissing(err error) error {
	if larder.CodeOf(err) == larder.CodeNotFound {
		return nil
	}
	return err
}

// ErrNotWaiting is in the error of who decides a session that does not wait for a person, or no more.
// Other conflicts have the same code: rows that moved meanwhile, after which the same may be tried again.
var ErrNotWaiting = errors.New("the session does not wait for a decision")

var errForeign = errors.New("belongs to somebody else")
