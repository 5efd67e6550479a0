package session_test

import (
	"slices"
	"testing"
	"time"

	"larder"
	"larder/internal/core/session"
	"larder/internal/core/weigh"
)

// TestStep_StaleSensor guards O1: "open" is answered "closed". The door is looked at up to five times
// and its real state adopted; a door that stays closed gives the money back and tells a person.
func TestStep_StaleSensor(t *testing.T) {
	t.Parallel()
	answer := session.Answered{Result: larder.AnswerDone, Door: larder.DoorClosed}
	shut := session.Expired{Door: larder.DoorClosed, Lanes: session.LanesUnchanged}
	for looks := range 5 {
		p := at(t, session.Opening)
		p.take(answer)
		for range looks {
			p.wait(shut)
		}
		p.wait(session.Expired{Door: larder.DoorOpen})
		p.wantEnd(t, session.Open, session.None)
		if count[session.HoldLease](p.asked) != 1 {
			t.Errorf("after %d looks: the open door keeps no lease", looks)
		}
	}
	p := at(t, session.Opening)
	p.take(answer)
	for p.s.State == session.Opening {
		p.wait(shut)
	}
	p.wantEnd(t, session.Ended, session.NotOpened, session.CauseDoorAbnormal)
	if p.s.Queries < 5 || p.now < p.s.Expires {
		t.Errorf("gave up after %d looks at %d, the command expires at %d", p.s.Queries, p.now, p.s.Expires)
	}
	if count[session.Release](p.asked) != 1 || count[session.EndLease](p.asked) != 1 {
		t.Errorf("asked for %v, want the authorization and the lease given back once", p.asked)
	}
}

// TestStep_NoAnswer guards O2 and DV6: without an answer the money goes back only on proof that
// nothing opened: after the command's expiry, with the door closed and every lane as it was.
func TestStep_NoAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		seen    session.Expired
		state   session.State
		outcome session.Outcome
		cause   session.CaseCause
	}{
		"closed, unchanged": {
			session.Expired{Door: larder.DoorClosed, Lanes: session.LanesUnchanged},
			session.Ended, session.NotOpened, session.CauseDoorAbnormal,
		},
		"closed, changed": {
			session.Expired{Door: larder.DoorClosed, Lanes: session.LanesChanged},
			session.Review, session.None, session.CauseHiddenChange,
		},
		"closed, lanes unknown": {session.Expired{Door: larder.DoorClosed}, session.Review, session.None, session.CauseCabinetLost},
		"silent":                {session.Expired{Door: larder.DoorUnknown}, session.Review, session.None, session.CauseCabinetLost},
		"silent, yet changed": {
			session.Expired{Door: larder.DoorUnknown, Lanes: session.LanesChanged},
			session.Review, session.None, session.CauseHiddenChange,
		},
		"opening for ever": {session.Expired{Door: larder.DoorOpening}, session.Review, session.None, session.CauseCabinetLost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := at(t, session.Opening)
			p.take(session.Answered{})
			for looks := 0; p.s.State == session.Opening; looks++ {
				if looks > 1000 {
					t.Fatal("looks for ever")
				}
				p.wait(c.seen)
			}
			p.wantEnd(t, c.state, c.outcome, c.cause)
			if p.now < p.s.Expires {
				t.Errorf("decided at %d, before the command expired at %d", p.now, p.s.Expires)
			}
			if gaveBack := count[session.Release](p.asked) == 1; gaveBack != (c.outcome == session.NotOpened) {
				t.Errorf("asked for %v", p.asked)
			}
		})
	}
}

// TestStep_ChangedMind guards that a customer who lets the released lock snap back is no fault of
// the door: nothing is charged, and no person is asked.
func TestStep_ChangedMind(t *testing.T) {
	t.Parallel()
	p := at(t, session.Opening)
	p.take(session.Answered{Result: larder.AnswerDone, Door: larder.DoorOpening})
	for range 3 {
		p.wait(session.Expired{Door: larder.DoorOpening})
	}
	for p.s.State == session.Opening {
		p.wait(session.Expired{Door: larder.DoorClosed, Lanes: session.LanesUnchanged})
	}
	p.wantEnd(t, session.Ended, session.NotOpened)
}

// TestStep_CommandDidNothing guards O2 and O10: a refused or expired command can do nothing any
// more, so the authorization goes back at once and a person hears of the door.
func TestStep_CommandDidNothing(t *testing.T) {
	t.Parallel()
	for _, result := range []larder.AnswerResult{larder.AnswerRefused, larder.AnswerExpired} {
		p := at(t, session.Opening)
		p.take(session.Answered{Result: result, Door: larder.DoorClosed})
		p.wantEnd(t, session.Ended, session.NotOpened, session.CauseDoorAbnormal)
	}
}

// TestStep_CloseOvertakes guards O3: a close that arrives before its opening ends the session
// normally, and the opening that follows is no second one.
func TestStep_CloseOvertakes(t *testing.T) {
	t.Parallel()
	p := at(t, session.Opening)
	p.take(session.DoorClosed{})
	p.wantEnd(t, session.Weighing, session.None)
	p.take(session.DoorOpened{}, session.Answered{Result: larder.AnswerDone, Door: larder.DoorOpen})
	p.take(session.Judged{Verdict: weigh.Charge, Lines: taken}, session.DoorOpened{})
	p.wantEnd(t, session.Ended, session.Charged)
}

// TestStep_DuplicatedClose guards O4: fifty closes settle once.
func TestStep_DuplicatedClose(t *testing.T) {
	t.Parallel()
	p := at(t, session.Open)
	p.take(slices.Repeat([]session.Event{session.DoorClosed{}}, 50)...)
	p.take(session.Judged{Verdict: weigh.Charge, Lines: taken})
	p.take(slices.Repeat([]session.Event{session.DoorClosed{}, session.Judged{Verdict: weigh.Charge, Lines: taken}}, 50)...)
	p.wantEnd(t, session.Ended, session.Charged)
	if n := count[session.Settle](p.asked); n != 1 {
		t.Errorf("settled %d times", n)
	}
}

// TestStep_DoorWithoutVisit guards the session's half of O5: a door that opens for a visit that has
// ended charges nobody and becomes a case; the repeated opening of an ordinary visit does not.
func TestStep_DoorWithoutVisit(t *testing.T) {
	t.Parallel()
	p := at(t, session.Ended) // canceled
	p.take(session.DoorOpened{}, session.DoorClosed{})
	p.wantEnd(t, session.Ended, session.Canceled, session.CauseLateOpen)
	if count[session.Settle](p.asked) != 0 {
		t.Errorf("a canceled visit settled: %v", p.asked)
	}
	q := at(t, session.Weighing)
	q.take(session.Judged{Verdict: weigh.NoCharge}, session.DoorOpened{}, session.DoorClosed{})
	q.wantEnd(t, session.Ended, session.NothingTaken)
}

// TestStep_NoVerdict guards W1 and I8: readings that never suffice end in a review, never in "took
// everything", and the door is free for the next customer.
func TestStep_NoVerdict(t *testing.T) {
	t.Parallel()
	p := at(t, session.Weighing)
	p.wait(session.Expired{})
	p.wantEnd(t, session.Review, session.None, session.CauseNoVerdict)
	if count[session.Settle](p.asked) != 0 || count[session.EndLease](p.asked) != 1 {
		t.Errorf("asked for %v", p.asked)
	}
	p.take(session.Judged{Verdict: weigh.Charge, Lines: taken}) // too late: a person decides now
	p.wantEnd(t, session.Review, session.None, session.CauseNoVerdict)
	p.take(session.Decided{Lines: taken})
	p.wantEnd(t, session.Ended, session.Charged, session.CauseNoVerdict)
}

// TestStep_LeftOpen guards X1: a door that stays open keeps its lease until it closes.
func TestStep_LeftOpen(t *testing.T) {
	t.Parallel()
	p := at(t, session.Open)
	p.wait(session.Expired{Door: larder.DoorOpen})
	p.wantEnd(t, session.Review, session.None, session.CauseLeftOpen)
	if count[session.EndLease](p.asked) != 0 {
		t.Error("an open door was given to the next customer")
	}
	p.take(session.DoorClosed{})
	if count[session.EndLease](p.asked) != 1 || p.s.Closed == 0 {
		t.Errorf("the closed door is not free: %v, closed at %d", p.asked, p.s.Closed)
	}
	p.take(session.Decided{})
	p.wantEnd(t, session.Ended, session.WrittenOff, session.CauseLeftOpen)
}

// TestStep_TooLateToCancel guards I6 and P5: once the lock was told to move, nothing takes the
// visit back but what the door and the scales say.
func TestStep_TooLateToCancel(t *testing.T) {
	t.Parallel()
	for _, s := range []session.State{session.Opening, session.Open, session.Weighing, session.Review} {
		p := at(t, s)
		p.take(session.Withdrawn{})
		p.wantEnd(t, s, session.None)
	}
}

// TestStep_SecondConsent guards P1: a consent that is told again opens nothing a second time.
func TestStep_SecondConsent(t *testing.T) {
	t.Parallel()
	for _, s := range states[1:] {
		p := at(t, s)
		before := p.s
		p.take(session.Authorized{Command: command + 1})
		if p.s != before || len(p.asked) != 0 {
			t.Errorf("%s: %+v and %v after a second consent", s, p.s, p.asked)
		}
	}
}

// TestStep_BeforeExpiry guards DV6: five looks in a hurry are no proof while the command can still
// take effect; nothing is given back before its time to live is over.
func TestStep_BeforeExpiry(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.w.First, p.w.Query = time.Second, time.Second
	p.take(session.Authorized{Command: command})
	for p.s.State == session.Opening {
		p.wait(session.Expired{Door: larder.DoorClosed, Lanes: session.LanesUnchanged})
	}
	p.wantEnd(t, session.Ended, session.NotOpened, session.CauseDoorAbnormal)
	if p.now < p.s.Expires {
		t.Errorf("gave the authorization back %d ms before the command expired", p.s.Expires-p.now)
	}
}

// TestStep_LateConsent guards P4 and I6: a consent that is found after its time, by a process that
// was away for instance, opens no door for somebody who may be gone; it is given back.
func TestStep_LateConsent(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.take(session.Asked{})
	p.now = p.s.Deadline
	p.step(session.Authorized{Command: command})
	p.wantEnd(t, session.Ended, session.Canceled)
	if count[session.SendOpen](p.asked) != 0 || count[session.Release](p.asked) != 1 || count[session.EndLease](p.asked) != 1 {
		t.Errorf("asked for %v", p.asked)
	}
}
