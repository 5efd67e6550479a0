package visit

import (
	"context"

	"larder"
	"larder/internal/core/session"
)

// Door takes a cabinet's durable event, of a cabinet that belongs to org: stored and applied in one
// transaction, once. After a nil error the cabinet may be told "durable". An event that belongs to
// no session of that door is counted by its door's case (O5, DV13): nothing is dropped.
func (s *Service) Door(ctx context.Context, org larder.OrgID, ev larder.DoorEvent) error {
	return s.DB.Update(ctx, func(tx larder.Tx) error {
		fresh, err := s.DoorLog.AddEventTx(ctx, tx, org, ev)
		if err != nil || !fresh {
			return err
		}
		of, err := s.Sessions.SessionTx(ctx, tx, ev.Session)
		if ignoreMissing(err) != nil {
			return err
		}
		ours := err == nil && of.Cabinet == ev.Cabinet && of.Number == ev.Door
		if !ours || ev.Kind == larder.DoorForced {
			return s.unexplainedTx(ctx, tx, org, ev)
		}
		if ev.Kind == larder.DoorOpened {
			return s.advanceTx(ctx, tx, of, session.DoorOpened{})
		}
		return s.advanceTx(ctx, tx, of, session.DoorClosed{})
	})
}

func (s *Service) unexplainedTx(ctx context.Context, tx larder.Tx, org larder.OrgID, ev larder.DoorEvent) error {
	return s.Cases.OpenTx(ctx, tx, NewCase{
		Org: org, Cause: CauseUnexplainedDoor, Cabinet: ev.Cabinet, Door: ev.Door,
		Detail: map[string]any{
			"door": ev.Door, "kind": string(ev.Kind), "boot": ev.Boot, "seq": ev.Seq,
			"at_ms": int64(ev.At), "session_id": ev.Session.String(),
		},
	})
}

// AnsweredTx takes how the open command of a session was answered; an empty result is no answer in
// the command's time.
func (s *Service) AnsweredTx(ctx context.Context, tx larder.Tx, id larder.SessionID, a larder.Answer) error {
	of, err := s.Sessions.SessionTx(ctx, tx, id)
	if err != nil {
		return err
	}
	ends := map[larder.AnswerResult]CommandState{
		larder.AnswerDone: CommandDone, larder.AnswerRefused: CommandRefused,
		larder.AnswerFailed: CommandFailed, larder.AnswerExpired: CommandExpired, "": CommandExpired,
	}
	if err := s.Store.EndCommand(ctx, tx, of.Command, ends[a.Result], a.Reason); err != nil {
		return err
	}
	return s.advanceTx(ctx, tx, of, session.Answered{Result: a.Result, Door: a.Door})
}

// ExpiredTx takes the passing of a session's deadline and what a look at the cabinet has shown. A
// deadline that is still to come changes nothing and keeps its timer.
func (s *Service) ExpiredTx(ctx context.Context, tx larder.Tx, id larder.SessionID, seen session.Expired) error {
	of, err := s.Sessions.SessionTx(ctx, tx, id)
	if err != nil || of.Deadline == 0 {
		return err
	}
	if of.Deadline > larder.MillisOf(tx.Now()) { // the clock was set back, and the timer has fired already
		return s.Effects.TimerTx(ctx, tx, of.Org, EffectDeadline, int64(id), of.Deadline)
	}
	return s.advanceTx(ctx, tx, of, seen)
}

// Rested says that the first settled readings after the close are in: the next customer may come
// (EX9), while the verdict is still being worked out.
func (s *Service) Rested(ctx context.Context, id larder.SessionID) error {
	return s.DB.Update(ctx, func(tx larder.Tx) error {
		of, err := s.Sessions.SessionTx(ctx, tx, id)
		if err != nil {
			return err
		}
		return s.advanceTx(ctx, tx, of, session.Rested{})
	})
}

// Judged takes the recognizer's verdict and the evidence behind it, in one transaction. Where the
// session has gone another way meanwhile the evidence alone is kept. After a nil error the cabinet
// may forget the session's readings.
func (s *Service) Judged(ctx context.Context, id larder.SessionID, kind session.Verdict, lines []session.Taken, t Trace) error {
	return s.DB.Update(ctx, func(tx larder.Tx) error {
		of, err := s.Sessions.SessionTx(ctx, tx, id)
		if err != nil {
			return err
		}
		t.At = larder.MillisOf(tx.Now())
		if _, err := s.Store.AddTrace(ctx, tx, of.Org, t); err != nil {
			return err
		}
		if kind == "" {
			return nil
		}
		return s.advanceTx(ctx, tx, of, session.Judged{Verdict: kind, Lines: lines})
	})
}

// DecideTx ends a session that waits for a person: with lines it is charged for them, without it is
// written off. The error is [ErrNotWaiting], of code conflict, if the session does not wait; invalid if
// the lines do not fit the door.
func (s *Service) DecideTx(ctx context.Context, tx larder.Tx, id larder.SessionID, lines []session.Taken) error {
	of, err := s.Sessions.SessionTx(ctx, tx, id)
	if err != nil {
		return err
	}
	if of.State != session.Review {
		return &larder.Error{Code: larder.CodeConflict, Params: map[string]any{"state": string(of.State)}, Err: ErrNotWaiting}
	}
	return s.advanceTx(ctx, tx, of, session.Decided{Lines: lines})
}
