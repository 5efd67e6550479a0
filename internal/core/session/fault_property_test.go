package session_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/session"
)

// opening draws a session that was told to open, by a platform that looks at any pace.
func opening(t *rapid.T) *play {
	p := newPlay(t)
	p.w.First = time.Duration(rapid.IntRange(100, 15_000).Draw(t, "first_ms")) * time.Millisecond
	p.w.Query = time.Duration(rapid.IntRange(100, 15_000).Draw(t, "query_ms")) * time.Millisecond
	p.take(session.Asked{}, session.Authorized{Command: command})
	p.asked = nil
	return p
}

// pause lets time pass, to the deadline or short of it or beyond.
func (p *play) pause(t *rapid.T) {
	p.now += larder.Millis(rapid.IntRange(0, 20_000).Draw(t, "pause_ms"))
	if rapid.Bool().Draw(t, "deadline") {
		p.now = max(p.now, p.s.Deadline)
	}
}

// look draws what a look at the cabinet shows.
func look(t *rapid.T, doors ...larder.DoorState) session.Expired {
	return session.Expired{Door: rapid.SampledFrom(doors).Draw(t, "door"), Lanes: rapid.SampledFrom(looks).Draw(t, "lanes")}
}

// checkOpening holds what must be true after any event of an opening; last is the newest look.
func (p *play) checkOpening(last session.Expired) {
	released, held := count[session.Release](p.asked), count[session.HoldLease](p.asked)
	asked := causes(p.asked)
	switch p.s.State {
	case session.Opening:
		if len(p.asked) != 0 {
			p.t.Fatalf("still opening, and asked for %v", p.asked)
		}
	case session.Open:
		if released != 0 || held != 1 || len(asked) != 0 {
			p.t.Fatalf("an open door asked for %v", p.asked)
		}
	case session.Review:
		want := session.CauseCabinetLost
		if last.Lanes == session.LanesChanged && last.Door != larder.DoorOpening {
			want = session.CauseHiddenChange
		}
		if released != 0 || !slices.Equal(asked, []session.CaseCause{want}) {
			p.t.Fatalf("after %+v a person was asked with %v", last, p.asked)
		}
	case session.Ended:
		p.checkNotOpened(last)
	case session.Awaiting, session.Weighing:
		p.t.Fatalf("an opening went to %s", p.s.State)
	}
	if p.now < p.s.Expires && p.s.State != session.Opening && p.s.State != session.Open {
		p.t.Fatalf("%s %d ms before the command expired", p.s.State, p.s.Expires-p.now)
	}
}

// checkNotOpened holds what must be proven before money goes back, and what goes with it.
func (p *play) checkNotOpened(last session.Expired) {
	if p.s.Outcome != session.NotOpened || p.s.Opened != 0 {
		p.t.Fatalf("ended as %+v", p.s)
	}
	if p.s.Queries < 5 || p.now < p.s.Expires || last.Door != larder.DoorClosed || last.Lanes != session.LanesUnchanged {
		p.t.Fatalf("gave up at %d after %d looks, the last %+v; the command expires at %d", p.now, p.s.Queries, last, p.s.Expires)
	}
	if count[session.Release](p.asked) != 1 || count[session.EndLease](p.asked) != 1 {
		p.t.Fatalf("asked for %v, want authorization and lease given back once", p.asked)
	}
	var want []session.CaseCause
	if !p.s.Unlocked { // a customer who changed their mind is no fault of the door
		want = []session.CaseCause{session.CauseDoorAbnormal}
	}
	if got := causes(p.asked); !slices.Equal(got, want) {
		p.t.Fatalf("asked people for %v, want %v", got, want)
	}
}

// TestStep_StaleSensor_property guards O1: "open" is answered "closed", any number of times and among
// any looks, stale ones too. A door that is seen or told to be open is adopted at once; otherwise the
// money goes back only after five looks and the command's expiry, with every lane as it was.
func TestStep_StaleSensor_property(t *testing.T) {
	t.Parallel()
	stale := session.Answered{Result: larder.AnswerDone, Door: larder.DoorClosed}
	ends, draws := map[session.State]int{}, 0
	rapid.Check(t, func(t *rapid.T) {
		draws++
		p := opening(t)
		p.take(stale)
		var last session.Expired
		for range rapid.IntRange(0, 12).Draw(t, "events") {
			if p.s.State != session.Opening {
				break
			}
			p.pause(t)
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				p.step(session.DoorOpened{})
				p.wantAdopted()
			case 1, 2, 3:
				p.step(stale)
			default:
				last = look(t, larder.DoorClosed, larder.DoorClosed, larder.DoorClosed, larder.DoorUnknown, larder.DoorOpening, larder.DoorOpen)
				p.step(last)
				if last.Door == larder.DoorOpen {
					p.wantAdopted()
				}
			}
			p.checkOpening(last)
		}
		truth := look(t, doors...)
		for p.s.State == session.Opening {
			last = truth
			p.wait(last)
			p.checkOpening(last)
		}
		ends[p.s.State]++
	})
	for _, s := range []session.State{session.Open, session.Review, session.Ended} {
		if !t.Failed() && draws >= 100 && ends[s] == 0 { // with -short there are too few to ask for all
			t.Errorf("no draw ended in %s: %v", s, ends)
		}
	}
}

// wantAdopted holds that the door's real state is the session's.
func (p *play) wantAdopted() {
	if p.s.State != session.Open || p.s.DoorState != larder.DoorOpen || p.s.Opened != p.now {
		p.t.Fatalf("an open door was not adopted: %+v", p.s)
	}
}

// TestStep_NoAnswer_property guards O2: no answer at all, whatever the timing of deadlines and looks.
// Without evidence of an opening the session never counts as open; it gives the money back after the
// command's expiry and on proof, or asks a person, in bounded time.
func TestStep_NoAnswer_property(t *testing.T) {
	t.Parallel()
	ends := map[session.State]int{}
	rapid.Check(t, func(t *rapid.T) {
		p := opening(t)
		var last session.Expired
		for range rapid.IntRange(0, 12).Draw(t, "events") {
			if p.s.State != session.Opening {
				break
			}
			p.pause(t)
			if rapid.IntRange(0, 3).Draw(t, "what") == 0 {
				p.step(session.Answered{}) // the time for an answer is over
			} else {
				last = look(t, larder.DoorClosed, larder.DoorUnknown)
				p.step(last)
			}
			p.checkOpening(last)
		}
		limit := max(p.now, p.s.Expires.Add(p.w.Lost)).Add(5*p.w.Query + p.w.First)
		truth := look(t, larder.DoorClosed, larder.DoorUnknown)
		for p.s.State == session.Opening {
			last = truth
			p.wait(last)
			p.checkOpening(last)
			if p.now > limit {
				t.Fatalf("still %s at %d, the command expired at %d", p.s.State, p.now, p.s.Expires)
			}
		}
		if p.s.State == session.Open || p.s.Opened != 0 || count[session.HoldLease](p.asked) != 0 {
			t.Fatalf("open without evidence: %+v, %v", p.s, p.asked)
		}
		ends[p.s.State]++
	})
	if !t.Failed() && (ends[session.Ended] == 0 || ends[session.Review] == 0) {
		t.Errorf("the draws ended in %v only", ends)
	}
}
