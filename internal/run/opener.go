package run

import (
	"context"
	"errors"
	"time"

	"larder"
	"larder/internal/core/session"
	"larder/internal/core/visit"
)

// Pauses of the opener.
const (
	proveAgain  = 300 * time.Millisecond // between pings while a cabinet is reconnecting
	sessionWait = 2 * time.Second        // the longest before a session's effect that failed is tried again
	maxTTL      = 10 * time.Second       // no command lives longer (S7)
	replayDelay = 5 * time.Second        // after connecting, a cabinet has begun to replay what it has
)

// deadlinePatience is far above the attempts of a deadline in good order: each look at a silent cabinet
// counts two, and ten minutes of them are 600.
const deadlinePatience = 1000

// Handle registers the effects on cabinets. The open command is over when its session's deadlines are.
func (f *Floor) Handle(e *Engine) {
	e.Handle(visit.EffectOpen, Kind{Handler: HandlerFunc(f.open), Lease: 15 * time.Second, Pause: sessionWait})
	e.Handle(visit.EffectDeadline, Kind{Handler: HandlerFunc(f.deadline), Lease: 15 * time.Second, Pause: sessionWait, Patience: deadlinePatience})
}

// open sends the open command and waits for its answer until the command expires. The command keeps
// its id through every repetition, so the lock moves once at most; each repetition needs a fresh
// proof, because a challenge is good for one connection. A repetition that is refused proves nothing:
// the first one may have moved the lock. What the door shows then decides, as for no answer.
func (f *Floor) open(ctx context.Context, e Effect) (Apply, error) {
	s, err := f.Visits.Session(ctx, larder.SessionID(e.Key))
	if err != nil || s.State != session.Opening {
		return nil, err
	}
	ctx, cancel := f.Time.WithTimeout(ctx, s.Expires.Time().Sub(f.Time.Now()))
	defer cancel()
	answer, done := f.expect(s.Cabinet, s.Command)
	defer done()
	sent := e.Attempt > 1 // a former process may have sent it
	for ctx.Err() == nil {
		earlier := sent
		wrote, err := f.sendOpen(ctx, s, earlier)
		if moved, ok := errors.AsType[errMoved](err); ok {
			return f.answered(s, larder.Answer{Reason: moved.Error(), Door: moved.door}), nil
		}
		sent = sent || wrote
		patience := proveAgain
		if err == nil {
			patience = maxTTL // the context ends before
		}
		if a, ok := f.await(ctx, answer, patience); ok {
			return f.answered(s, doubted(a, earlier)), nil
		}
	}
	if !sent {
		return f.answered(s, larder.Answer{Result: larder.AnswerExpired, Reason: "never sent: the cabinet was not reachable"}), nil
	}
	return f.answered(s, larder.Answer{Reason: "no answer in its time"}), nil
}

// doubted takes the proof out of an answer to a command that may have been sent before.
func doubted(a larder.Answer, earlier bool) larder.Answer {
	if earlier && (a.Result == larder.AnswerRefused || a.Result == larder.AnswerExpired) {
		a.Reason, a.Result = "repeated: "+string(a.Result)+" "+a.Reason, ""
	}
	return a
}

// errMoved says that a door is no longer closed for which the command may have been sent before.
type errMoved struct{ door larder.DoorState }

func (e errMoved) Error() string { return "may have been sent before; the door is " + string(e.door) }

// sendOpen proves the cabinet and writes the command, unless it may have been sent before and the door
// has moved since; wrote tells whether some of it may have left.
func (f *Floor) sendOpen(ctx context.Context, s session.Session, earlier bool) (wrote bool, err error) {
	proof, err := f.Commander.Prove(ctx, s.Cabinet)
	if err != nil {
		return false, err
	}
	if door := doorOf(proof, s); earlier && (door == larder.DoorOpen || door == larder.DoorOpening) {
		return false, errMoved{door}
	}
	left := s.Expires.Time().Sub(f.Time.Now())
	if left <= 0 {
		return false, context.DeadlineExceeded
	}
	err = f.Commander.Open(ctx, larder.OpenCommand{
		Command: s.Command, Session: s.ID, Door: s.Number, Epoch: proof.Epoch,
		TTLMillis: min(left.Milliseconds()+1, 10_000), Challenge: proof.Challenge,
	})
	if err == nil {
		f.mu.Lock()
		won, ok := f.won[s.ID]
		delete(f.won, s.ID)
		f.mu.Unlock()
		if ok {
			f.Observer.Unlocked(f.Time.Now().Sub(won))
		}
	}
	return larder.CodeOf(err) != larder.CodeConflict, err
}

func (f *Floor) answered(s session.Session, a larder.Answer) Apply {
	return func(ctx context.Context, tx larder.Tx) error { return f.Visits.AnsweredTx(ctx, tx, s.ID, a) }
}

// deadline looks at the cabinet where that matters and lets the session know that its time is over.
func (f *Floor) deadline(ctx context.Context, e Effect) (Apply, error) {
	s, err := f.Visits.Session(ctx, larder.SessionID(e.Key))
	if err != nil || s.Deadline == 0 {
		return nil, err
	}
	if left := s.Deadline.Time().Sub(f.Time.Now()); left > 0 {
		return nil, Again{After: left}
	}
	seen := session.Expired{Door: larder.DoorUnknown}
	if s.State == session.Opening {
		seen = f.look(ctx, s)
	}
	return func(ctx context.Context, tx larder.Tx) error { return f.Visits.ExpiredTx(ctx, tx, s.ID, seen) }, nil
}

// look tells what a cabinet shows of a session that should be opening its door.
func (f *Floor) look(ctx context.Context, s session.Session) session.Expired {
	seen := session.Expired{Door: larder.DoorUnknown}
	proof, err := f.Commander.Prove(ctx, s.Cabinet)
	if err != nil {
		return seen
	}
	seen.Door = doorOf(proof, s)
	seen.Lanes = f.lanes(s)
	return seen
}

// doorOf is what a cabinet has just said of a session's door.
func doorOf(proof larder.Proof, s session.Session) larder.DoorState {
	if s.Number > len(proof.Doors) {
		return larder.DoorUnknown
	}
	return proof.Doors[s.Number-1]
}

// lanes tells whether the lanes changed since the command. A cabinet that released the lock has
// begun the session's stream, with its last readings at rest first, and replays it after a
// reconnect: no stream, some time after connecting, means that the lock never moved.
func (f *Floor) lanes(s session.Session) session.LaneChange {
	f.mu.Lock()
	w := f.watches[watched{s.Cabinet, s.ID}]
	p, connected := f.cabinets[s.Cabinet]
	f.mu.Unlock()
	if !connected || f.Time.Now().Sub(p.since) < replayDelay {
		return session.LanesUnknown
	}
	if w == nil {
		return session.LanesUnchanged
	}
	return w.box.change()
}
