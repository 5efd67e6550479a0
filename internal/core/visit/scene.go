package visit

import (
	"context"

	"larder"
	"larder/internal/core/catalog"
	"larder/internal/core/session"
)

// Scene is what must be known to judge a session: the lanes as of its opening, and what has come of
// it so far.
type Scene struct {
	Session session.Session
	Slots   []catalog.Slot // in the order of the lanes' numbers
	Stock   map[larder.LaneID]int
	Events  []larder.DoorEvent // those in which its cabinet names the session, in order
	Next    *larder.DoorEvent  // the first opening of its door for somebody else after its close; nil: none yet
	Judged  bool               // the evidence is stored: its readings are needed no more
}

// Scene reads the scene of a session; an error of code not_found if there is no such session.
func (s *Service) Scene(ctx context.Context, id larder.SessionID) (Scene, error) {
	var sc Scene
	err := s.DB.View(ctx, func(tx larder.Tx) error {
		of, err := s.Sessions.SessionTx(ctx, tx, id)
		if err != nil {
			return err
		}
		sc = Scene{Session: of}
		if sc.Slots, err = s.Planograms.SlotsTx(ctx, tx, of.Door, of.Planogram); err != nil {
			return err
		}
		if sc.Stock, err = s.Stock.QuantitiesTx(ctx, tx, of.Door); err != nil {
			return err
		}
		if sc.Events, err = s.Store.DoorEvents(ctx, tx, of.Cabinet, id); err != nil {
			return err
		}
		if sc.Next, err = s.nextTx(ctx, tx, sc); err != nil {
			return err
		}
		switch of.State {
		case session.Awaiting, session.Opening, session.Open: // judged is what has closed
			return nil
		case session.Weighing, session.Review, session.Ended:
		}
		_, err = s.Store.Verdict(ctx, tx, id)
		sc.Judged = err == nil
		return ignoreMissing(err)
	})
	return sc, err
}

// nextTx returns the opening that ends the evidence of a session (EX9, W8): whoever begins to look at
// it only now, after a restart, has not heard of it.
func (s *Service) nextTx(ctx context.Context, tx larder.Tx, sc Scene) (*larder.DoorEvent, error) {
	for _, ev := range sc.Events {
		if ev.Kind == larder.DoorShut && ev.Door == sc.Session.Number {
			return s.Store.NextOpening(ctx, tx, ev)
		}
	}
	return nil, nil
}

// Session reads one session, for those who move it.
func (s *Service) Session(ctx context.Context, id larder.SessionID) (session.Session, error) {
	var of session.Session
	err := s.DB.View(ctx, func(tx larder.Tx) (err error) {
		of, err = s.Sessions.SessionTx(ctx, tx, id)
		return err
	})
	return of, err
}

// Live returns sessions that have not ended, with ids above after, at most limit.
func (s *Service) Live(ctx context.Context, after larder.SessionID, limit int) ([]session.Session, error) {
	var live []session.Session
	err := s.DB.View(ctx, func(tx larder.Tx) (err error) {
		live, err = s.Sessions.LiveTx(ctx, tx, after, limit)
		return err
	})
	return live, err
}
