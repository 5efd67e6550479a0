package session_test

import (
	"slices"
	"testing"
	"time"

	"larder"
	"larder/internal/core/session"
	"larder/internal/core/weigh"
)

// Everything that the table is made of.
var (
	states = []session.State{
		session.Awaiting, session.Opening, session.Open, session.Weighing, session.Review, session.Ended,
	}
	doors = []larder.DoorState{larder.DoorUnknown, larder.DoorClosed, larder.DoorOpening, larder.DoorOpen}
	looks = []session.LaneChange{session.LanesUnknown, session.LanesUnchanged, session.LanesChanged}
	taken = []session.Taken{{Lane: 7, Count: 2}}
)

const (
	began   = larder.Millis(1_800_000_000_000)
	command = larder.CommandID(77)
)

// events are all events in all their variants.
func events() []session.Event {
	out := []session.Event{session.Asked{}, session.Authorized{Command: command}, session.Withdrawn{}}
	for _, result := range []larder.AnswerResult{
		larder.AnswerDone, larder.AnswerFailed, larder.AnswerRefused, larder.AnswerExpired, "",
	} {
		for _, door := range append(slices.Clone(doors), "") {
			out = append(out, session.Answered{Result: result, Door: door})
		}
	}
	out = append(out, session.DoorOpened{}, session.DoorClosed{})
	for _, door := range doors {
		for _, lanes := range looks {
			out = append(out, session.Expired{Door: door, Lanes: lanes})
		}
	}
	return append(out,
		session.Rested{},
		session.Judged{Verdict: weigh.Charge, Lines: taken}, session.Judged{Verdict: weigh.NoCharge},
		session.Judged{Verdict: weigh.Review, Lines: taken},
		session.Decided{Lines: taken}, session.Decided{},
	)
}

// play is one session on its way, and everything that its steps asked for.
type play struct {
	t     interface{ Fatalf(string, ...any) }
	s     session.Session
	now   larder.Millis
	w     session.Windows
	asked []session.Effect
}

func newPlay(t interface{ Fatalf(string, ...any) }) *play {
	w := session.DefaultWindows()
	return &play{t: t, now: began, w: w, s: session.Session{
		ID: 1, Org: 2, Cabinet: 3, Door: 4, Number: 1, Purpose: session.Purchase, Customer: 5, Planogram: 1,
		State: session.Awaiting, DoorState: larder.DoorClosed, Fence: 9,
		Created: began, Deadline: began.Add(w.Ask), Version: 1,
	}}
}

// at has taken a session to a state by the shortest way.
func at(t *testing.T, state session.State) *play {
	t.Helper()
	p := newPlay(t)
	way := map[session.State][]session.Event{
		session.Opening:  {session.Asked{}, session.Authorized{Command: command}},
		session.Open:     {session.Asked{}, session.Authorized{Command: command}, session.DoorOpened{}},
		session.Weighing: {session.Authorized{Command: command}, session.DoorOpened{}, session.DoorClosed{}},
		session.Review: {
			session.Authorized{Command: command}, session.DoorOpened{}, session.DoorClosed{},
			session.Judged{Verdict: weigh.Review, Lines: taken},
		},
		session.Ended: {session.Withdrawn{}},
	}[state]
	p.take(way...)
	if p.s.State != state {
		t.Fatalf("the way to %s led to %s", state, p.s.State)
	}
	p.asked = nil
	return p
}

// take gives the session events, one millisecond apart.
func (p *play) take(events ...session.Event) {
	for _, ev := range events {
		p.now++
		p.step(ev)
	}
}

// wait lets time pass until the deadline and has it expire with what a look shows.
func (p *play) wait(seen session.Expired) {
	p.now = max(p.now, p.s.Deadline)
	p.step(seen)
}

func (p *play) step(ev session.Event) []session.Effect {
	after, effects, err := session.Step(p.s, ev, p.now, p.w)
	if err != nil {
		p.t.Fatalf("%v", err)
	}
	p.s = after
	p.asked = append(p.asked, effects...)
	return effects
}

// count returns how many effects of E's type were asked for.
func count[E session.Effect](effects []session.Effect) (n int) {
	for _, e := range effects {
		if _, ok := e.(E); ok {
			n++
		}
	}
	return n
}

// causes returns why people were asked.
func causes(effects []session.Effect) (out []session.CaseCause) {
	for _, e := range effects {
		if c, ok := e.(session.OpenCase); ok {
			out = append(out, c.Cause)
		}
	}
	return out
}

// wantEnd checks where a session stands and whom it asked for.
func (p *play) wantEnd(t *testing.T, state session.State, outcome session.Outcome, want ...session.CaseCause) {
	t.Helper()
	if p.s.State != state || p.s.Outcome != outcome {
		t.Errorf("ended in %s %q, want %s %q", p.s.State, p.s.Outcome, state, outcome)
	}
	if got := causes(p.asked); !slices.Equal(got, want) {
		t.Errorf("asked people for %v, want %v", got, want)
	}
}

const minute = time.Minute
