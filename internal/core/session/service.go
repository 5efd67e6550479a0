package session

import (
	"context"
	"fmt"

	"larder"
)

// Service moves sessions. All methods work inside the caller's transaction.
type Service struct {
	store    Store
	ids      larder.IDSource
	windows  Windows
	observer Observer
}

// New returns the room over its store; observer may be nil.
func New(store Store, ids larder.IDSource, windows Windows, observer Observer) *Service {
	if observer == nil {
		observer = silent{}
	}
	return &Service{store: store, ids: ids, windows: windows, observer: observer}
}

// StartTx leases the door and writes a session in state Awaiting. The given session names org,
// cabinet, door, number, purpose, customer and planogram; the rest is filled in. The error is of
// code door_taken if somebody else uses the door, visit_under_way if this customer has a session
// that occupies a door already.
func (s *Service) StartTx(ctx context.Context, tx larder.Tx, given Session) (Session, error) {
	if given.Customer != 0 {
		other, err := s.store.LiveOfCustomer(ctx, tx, given.Customer)
		if err != nil {
			return Session{}, err
		}
		if other != 0 {
			return Session{}, larder.E(larder.CodeOpenElsewhere, "session_id", other.String())
		}
	}
	now := larder.MillisOf(tx.Now())
	given.ID = larder.NewID[larder.SessionID](s.ids)
	given.State, given.DoorState, given.Created, given.Version = Awaiting, larder.DoorClosed, now, 1
	given.Deadline = now.Add(s.windows.Ask)
	fence, err := s.store.TakeLease(ctx, tx, Lease{
		Door: given.Door, Org: given.Org, Session: given.ID, Purpose: given.Purpose,
		Fence:   s.ids.Next(),
		Expires: now.Add(s.windows.Ask + s.windows.Confirm + s.windows.Command),
	})
	if err != nil {
		return Session{}, err
	}
	if fence == 0 {
		return Session{}, larder.E(larder.CodeDoorTaken)
	}
	given.Fence = fence
	return given, s.store.AddSession(ctx, tx, given)
}

// SessionTx reads one session; an error of code not_found if there is none.
func (s *Service) SessionTx(ctx context.Context, tx larder.Tx, id larder.SessionID) (Session, error) {
	return s.store.Session(ctx, tx, id)
}

// HolderTx returns the session that has a door's lease at the moment now, 0 if nobody has.
func (s *Service) HolderTx(ctx context.Context, tx larder.Tx, door larder.DoorID, now larder.Millis) (larder.SessionID, error) {
	return s.store.Holder(ctx, tx, door, now)
}

// LiveTx returns sessions that are not ended, with ids above after, at most limit.
func (s *Service) LiveTx(ctx context.Context, tx larder.Tx, after larder.SessionID, limit int) ([]Session, error) {
	return s.store.Live(ctx, tx, after, limit)
}

// AdvanceTx takes one step of a session and keeps its lease. It returns the session before and
// after and what the caller must carry out in the same transaction. A session that lost its lease
// before the lock was told to open ends there: what the step asked for is replaced. One whose door
// opens although it has lost its lease goes on, since what is taken is taken, and a person is asked:
// somebody else may have been let in (I6, I7).
func (s *Service) AdvanceTx(ctx context.Context, tx larder.Tx, before Session, ev Event) (Session, []Effect, error) {
	now := larder.MillisOf(tx.Now())
	after, effects, err := Step(before, ev, now, s.windows)
	if err != nil {
		return before, nil, err
	}
	s.observer.Stepped(before.State, ev.Kind(), after.State)
	if after == before && len(effects) == 0 {
		return before, nil, nil
	}
	rest := make([]Effect, 0, len(effects))
	for _, e := range effects {
		held, leasing, err := s.lease(ctx, tx, after, e)
		if err != nil {
			return before, nil, err
		}
		if leasing && !held && e == Effect(RenewLease{}) {
			s.observer.LeaseLost(after.ID, false)
			return s.AdvanceTx(ctx, tx, before, Withdrawn{})
		}
		if leasing && !held && e == Effect(HoldLease{}) {
			s.observer.LeaseLost(after.ID, true)
			rest = append(rest, OpenCase{Cause: CauseLeaseLost})
		}
		if !leasing {
			rest = append(rest, e)
		}
	}
	if after == before {
		return after, rest, nil
	}
	after.Version = before.Version + 1
	saved, err := s.store.SaveSession(ctx, tx, after, before.Version)
	if err != nil {
		return before, nil, err
	}
	if !saved {
		return before, nil, larder.Wrap(larder.CodeConflict, fmt.Errorf("session %s moved on from version %d", before.ID, before.Version))
	}
	return after, rest, nil
}

// lease carries out an effect on the door's lease; leasing is false if e is none.
func (s *Service) lease(ctx context.Context, tx larder.Tx, of Session, e Effect) (held, leasing bool, err error) {
	l := Lease{Door: of.Door, Org: of.Org, Session: of.ID, Purpose: of.Purpose, Fence: of.Fence}
	switch e.(type) {
	case RenewLease:
		l.Expires = of.Expires.Add(s.windows.Lost + s.windows.Command)
		held, err = s.store.HoldLease(ctx, tx, l)
		return held, true, err
	case HoldLease:
		held, err = s.store.HoldLease(ctx, tx, l)
		return held, true, err
	case EndLease:
		held, err = s.store.EndLease(ctx, tx, l)
		return held, true, err
	}
	return false, false, nil
}
