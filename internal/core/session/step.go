package session

import (
	"fmt"
	"slices"
	"time"

	"larder"
	"larder/internal/core/weigh"
)

// Step is the state machine: what event ev does to session s at the moment now. It returns the
// session as it is afterwards and what must happen with it in the same transaction. A pair that
// changes nothing returns s itself and no effects; the event is then known and without
// consequence, not lost. The error names a pair that the table lacks, which no test lets pass.
func Step(s Session, ev Event, now larder.Millis, w Windows) (Session, []Effect, error) {
	act, ok := table[s.State][ev.Kind()]
	if !ok {
		return s, nil, fmt.Errorf("session %s: no rule for %s in state %q", s.ID, ev.Kind(), s.State)
	}
	t := turn{s: s, now: now, w: w}
	act(&t, ev)
	return t.s, t.out, nil
}

// turn is one step under way.
type turn struct {
	s   Session
	now larder.Millis
	w   Windows
	out []Effect
}

// rule is one cell of the table.
type rule func(*turn, Event)

// on makes a rule of a function that knows its event's type.
func on[E Event](fn func(*turn, E)) rule {
	return func(t *turn, ev Event) {
		if is, ok := ev.(E); ok {
			fn(t, is)
		}
	}
}

// nothing is the rule of a pair that has no consequence.
func nothing(*turn, Event) {}

// table is the machine. Every pair is in it.
var table = map[State]map[EventKind]rule{
	Awaiting: {
		KindAsked:      on(confirmWindow),
		KindAuthorized: on(tellToOpen),
		KindWithdrawn:  on(withdraw),
		KindExpired:    on(func(t *turn, _ Expired) { withdraw(t, Withdrawn{}) }),
		KindAnswered:   nothing, // no command was sent yet
		KindDoorOpened: nothing, // forced or left over: recorded, and this session did not cause it
		KindDoorClosed: nothing,
		KindRested:     nothing,
		KindJudged:     nothing,
		KindDecided:    nothing,
	},
	Opening: {
		KindAsked:      nothing,
		KindAuthorized: nothing, // a second notice of the same consent (P1)
		KindWithdrawn:  nothing, // too late: the lock may be moving
		KindAnswered:   on(answered),
		KindDoorOpened: on(doorOpened),
		KindDoorClosed: on(doorClosed), // overtook its opening (DV13, O3)
		KindExpired:    on(lookedAtDoor),
		KindRested:     nothing,
		KindJudged:     nothing,
		KindDecided:    nothing,
	},
	Open: {
		KindAsked:      nothing,
		KindAuthorized: nothing,
		KindWithdrawn:  nothing,
		KindAnswered:   nothing, // the answer comes after the door has moved (O1)
		KindDoorOpened: nothing, // repeated
		KindDoorClosed: on(doorClosed),
		KindExpired:    on(leftOpen),
		KindRested:     nothing,
		KindJudged:     nothing,
		KindDecided:    nothing,
	},
	Weighing: {
		KindAsked:      nothing,
		KindAuthorized: nothing,
		KindWithdrawn:  nothing,
		KindAnswered:   nothing,
		KindDoorOpened: nothing, // the overtaken opening, or a bounce that the cabinet did not filter
		KindDoorClosed: nothing, // repeated (O4)
		KindExpired:    on(func(t *turn, _ Expired) { t.review(CauseNoVerdict, nil); t.emit(EndLease{}) }),
		KindRested:     on(func(t *turn, _ Rested) { t.emit(EndLease{}) }),
		KindJudged:     on(judged),
		KindDecided:    nothing,
	},
	Review: {
		KindAsked:      nothing,
		KindAuthorized: nothing,
		KindWithdrawn:  nothing,
		KindAnswered:   nothing,
		KindDoorOpened: on(openedInReview),
		KindDoorClosed: on(closedInReview),
		KindExpired:    nothing, // the case has its own deadline
		KindRested:     nothing,
		KindJudged:     nothing,
		KindDecided:    on(decided),
	},
	Ended: {
		KindAsked:      nothing,
		KindAuthorized: nothing,
		KindWithdrawn:  nothing,
		KindAnswered:   nothing,
		KindDoorOpened: on(lateOpen),
		KindDoorClosed: nothing,
		KindExpired:    nothing,
		KindRested:     nothing,
		KindJudged:     nothing,
		KindDecided:    nothing,
	},
}

func (t *turn) emit(effects ...Effect) { t.out = append(t.out, effects...) }

func (t *turn) until(d time.Duration) { t.s.Deadline = t.now.Add(d) }

func (t *turn) end(how Outcome) {
	t.s.State, t.s.Outcome, t.s.EndedAt, t.s.Deadline = Ended, how, t.now, 0
}

func (t *turn) review(cause CaseCause, suggestion []Taken) {
	t.s.State, t.s.Deadline = Review, 0
	t.emit(OpenCase{Cause: cause, Lines: suggestion})
}

func confirmWindow(t *turn, _ Asked) { t.until(t.w.Confirm) }

func withdraw(t *turn, _ Withdrawn) {
	t.end(Canceled)
	t.emit(Release{}, EndLease{})
}

// tellToOpen begins the opening. A consent that comes when the time for it is over, because the
// platform was away or slow to ask, opens nothing: whoever gave it may be far from the door (P4).
func tellToOpen(t *turn, ev Authorized) {
	if t.now >= t.s.Deadline {
		withdraw(t, Withdrawn{})
		return
	}
	t.s.State, t.s.Command, t.s.Queries = Opening, ev.Command, 0
	t.s.Expires = t.now.Add(t.w.Command)
	t.until(t.w.First)
	t.emit(RenewLease{}, SendOpen{})
}

func answered(t *turn, ev Answered) {
	if ev.Result == larder.AnswerRefused || ev.Result == larder.AnswerExpired {
		notOpened(t) // such a command did nothing and can do nothing any more
		t.emit(OpenCase{Cause: CauseDoorAbnormal})
		return
	}
	if ev.Result == larder.AnswerDone && ev.Door != larder.DoorClosed {
		t.s.Unlocked = true
	}
	if ev.Door != larder.DoorUnknown && ev.Door != "" {
		t.s.DoorState = ev.Door
	}
	t.until(t.w.Query)
}

func doorOpened(t *turn, _ DoorOpened) {
	t.s.State, t.s.DoorState, t.s.Opened = Open, larder.DoorOpen, t.now
	t.until(t.w.Limit)
	t.emit(HoldLease{})
}

func doorClosed(t *turn, _ DoorClosed) {
	if t.s.Opened == 0 {
		t.s.Opened = t.now
	}
	t.s.State, t.s.DoorState, t.s.Closed = Weighing, larder.DoorClosed, t.now
	t.until(t.w.Weigh)
}

// lookedAtDoor goes on after "open" until it is known whether the door opened. An authorization is
// given back only after the command's expiry and only if no lane changed (DV6).
func lookedAtDoor(t *turn, ev Expired) {
	switch ev.Door {
	case larder.DoorOpen:
		doorOpened(t, DoorOpened{})
		return
	case larder.DoorOpening: // the customer has yet to pull; the cabinet locks again by itself
		t.s.Unlocked, t.s.DoorState = true, larder.DoorOpening
		if t.now < t.s.Expires.Add(t.w.Lost) {
			t.until(t.w.Query)
		} else { // it should have: a stuck sensor must not hold the visit for ever
			t.review(CauseCabinetLost, nil)
		}
		return
	case larder.DoorClosed, larder.DoorUnknown:
	}
	t.s.Queries++
	if t.s.Queries < t.w.Queries || t.now < t.s.Expires {
		t.until(t.w.Query)
		return
	}
	switch {
	case ev.Lanes == LanesChanged:
		t.review(CauseHiddenChange, nil)
	case ev.Door == larder.DoorClosed && ev.Lanes == LanesUnchanged:
		unlocked := t.s.Unlocked
		notOpened(t)
		if !unlocked { // a customer who changed their mind is no fault of the door
			t.emit(OpenCase{Cause: CauseDoorAbnormal})
		}
	case t.now < t.s.Expires.Add(t.w.Lost):
		t.until(t.w.Query)
	default:
		t.review(CauseCabinetLost, nil)
	}
}

func notOpened(t *turn) {
	t.end(NotOpened)
	t.emit(Release{}, EndLease{})
}

// leftOpen asks for a person; the lease stays until the door closes or a person ends it.
func leftOpen(t *turn, _ Expired) { t.review(CauseLeftOpen, nil) }

// openedInReview is a cabinet that was lost and tells late that its door opened. A door that is known
// to have closed since then has ended the lease already.
func openedInReview(t *turn, _ DoorOpened) {
	t.s.DoorState = larder.DoorOpen
	if t.s.Closed == 0 {
		t.emit(HoldLease{})
	}
}

func closedInReview(t *turn, _ DoorClosed) {
	t.s.DoorState = larder.DoorClosed
	if t.s.Closed == 0 {
		t.s.Closed = t.now
	}
	t.emit(EndLease{})
}

func judged(t *turn, ev Judged) {
	switch ev.Verdict {
	case weigh.Charge:
		t.end(Charged)
		t.emit(Settle{Lines: slices.Clone(ev.Lines)})
	case weigh.NoCharge:
		t.end(NothingTaken)
		t.emit(Settle{})
	case weigh.Review:
		t.review(CauseReview, slices.Clone(ev.Lines))
	}
	t.emit(EndLease{})
}

func decided(t *turn, ev Decided) {
	if len(ev.Lines) > 0 {
		t.end(Charged)
	} else {
		t.end(WrittenOff)
	}
	t.emit(Settle{Lines: slices.Clone(ev.Lines)}, EndLease{})
}

func lateOpen(t *turn, _ DoorOpened) {
	if t.s.Opened == 0 { // otherwise it is the repetition of an opening that was seen
		t.emit(OpenCase{Cause: CauseLateOpen})
	}
}
