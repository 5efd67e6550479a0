package session_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/session"
	"larder/internal/core/weigh"
)

// ways are the transitions that the table lists (I9); staying is always possible.
var ways = map[session.State][]session.State{
	session.Awaiting: {session.Opening, session.Ended},
	session.Opening:  {session.Open, session.Weighing, session.Review, session.Ended},
	session.Open:     {session.Weighing, session.Review},
	session.Weighing: {session.Review, session.Ended},
	session.Review:   {session.Ended},
	session.Ended:    {},
}

// TestStep_Properties guards I1, I8, I9 and I10 over any sequence of events at any pace: only listed
// transitions, an end that stays, a deadline or a person for whatever has not ended, one open command
// at most, and money that is settled or released once, never both.
func TestStep_Properties(t *testing.T) {
	t.Parallel()
	all := events()
	rapid.Check(t, func(t *rapid.T) {
		p := newPlay(t)
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			p.now += larder.Millis(rapid.IntRange(0, 30_000).Draw(t, "pause_ms"))
			ev := rapid.SampledFrom(all).Draw(t, "event")
			before, seen := p.s, len(p.asked)
			p.step(ev)
			p.check(before, p.asked[seen:])
		}
		p.finish(rapid.SampledFrom(doors).Draw(t, "door"), rapid.SampledFrom(looks).Draw(t, "lanes"))
	})
}

// check holds what must be true after every step.
func (p *play) check(before session.Session, effects []session.Effect) {
	s := p.s
	if s.State != before.State && !slices.Contains(ways[before.State], s.State) {
		p.t.Fatalf("went from %s to %s", before.State, s.State)
	}
	if before.State == session.Ended && s != before {
		p.t.Fatalf("an ended session changed: %+v to %+v", before, s)
	}
	if (s.State == session.Ended) != (s.Outcome != session.None) {
		p.t.Fatalf("%s with outcome %q", s.State, s.Outcome)
	}
	waits := s.State != session.Ended && s.State != session.Review
	if waits != (s.Deadline != 0) {
		p.t.Fatalf("%s has deadline %d", s.State, s.Deadline)
	}
	if s.State == session.Review && before.State != session.Review &&
		!slices.ContainsFunc(causes(effects), session.CaseCause.Decides) {
		p.t.Fatalf("review without a case that decides it: %v", effects)
	}
	if n := count[session.SendOpen](p.asked); n > 1 {
		p.t.Fatalf("%d open commands", n)
	}
	money := count[session.Settle](p.asked) + count[session.Release](p.asked)
	if ended := s.State == session.Ended; ended != (money == 1) {
		p.t.Fatalf("%s after settling or releasing %d times", s.State, money)
	}
	if s.Outcome == session.Charged && before.State == session.Weighing && s.Opened == 0 {
		p.t.Fatalf("charged by a machine without an opening")
	}
}

// finish lets nothing happen any more but the clock: the session ends, or asks a person who decides.
func (p *play) finish(door larder.DoorState, lanes session.LaneChange) {
	for range 1000 {
		if p.s.State == session.Review || p.s.State == session.Ended {
			break
		}
		before, seen := p.s, len(p.asked)
		p.wait(session.Expired{Door: door, Lanes: lanes})
		p.check(before, p.asked[seen:])
	}
	if p.s.State == session.Review {
		before, seen := p.s, len(p.asked)
		p.step(session.Decided{})
		p.check(before, p.asked[seen:])
	}
	if p.s.State != session.Ended {
		p.t.Fatalf("%s for ever, with the door %s and the lanes %q", p.s.State, door, lanes)
	}
	if count[session.EndLease](p.asked) == 0 {
		p.t.Fatalf("ended and kept the door's lease")
	}
}

// TestStep_Clock guards I8 on changing looks: whatever the cabinet shows from look to look, the
// clock alone brings a session to an end or to a person within the limits of all windows together.
func TestStep_Clock(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := newPlay(t)
		p.take(session.Asked{}, session.Authorized{Command: command})
		limit := p.now.Add(p.w.Lost + p.w.Command + p.w.Limit + minute)
		for p.s.State != session.Review && p.s.State != session.Ended {
			p.wait(session.Expired{
				Door: rapid.SampledFrom(doors).Draw(t, "door"), Lanes: rapid.SampledFrom(looks).Draw(t, "lanes"),
			})
			if p.now > limit {
				t.Fatalf("still %s after %d ms", p.s.State, p.now-began)
			}
		}
	})
}

// TestStep_Converges guards O4, O7, I10 and I11: however often and in whatever order the messages of
// one purchase arrive, as far as one cannot exist before another, it ends the same.
func TestStep_Converges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := newPlay(t)
		p.take(rapid.Permutation([]session.Event{session.Asked{}, session.Authorized{Command: command}}).Draw(t, "consent")...)
		p.take(session.Authorized{Command: command})
		pool := []session.Event{
			session.Asked{}, session.Authorized{Command: command}, session.DoorOpened{}, session.DoorClosed{},
			session.Answered{
				Result: rapid.SampledFrom([]larder.AnswerResult{larder.AnswerDone, larder.AnswerFailed, ""}).Draw(t, "answer"),
				Door:   rapid.SampledFrom(doors).Draw(t, "answered_door"),
			},
		}
		var mixed []session.Event
		for _, ev := range pool {
			mixed = append(mixed, slices.Repeat([]session.Event{ev}, rapid.IntRange(1, 3).Draw(t, "copies"))...)
		}
		mixed = rapid.Permutation(mixed).Draw(t, "order")
		closed := slices.IndexFunc(mixed, func(ev session.Event) bool { return ev.Kind() == session.KindDoorClosed })
		verdict := rapid.IntRange(closed+1, len(mixed)).Draw(t, "verdict_at") // it follows from the close
		judged := session.Judged{Verdict: weigh.Charge, Lines: taken}
		p.take(slices.Insert(mixed, verdict, session.Event(judged))...)
		p.take(judged, session.Rested{})
		if p.s.State != session.Ended || p.s.Outcome != session.Charged || p.s.DoorState != larder.DoorClosed ||
			p.s.Opened == 0 || p.s.Closed == 0 {
			t.Fatalf("ended as %+v", p.s)
		}
		if n := count[session.Settle](p.asked); n != 1 {
			t.Fatalf("settled %d times", n)
		}
		if n := count[session.SendOpen](p.asked); n != 1 {
			t.Fatalf("told to open %d times", n)
		}
		if got := causes(p.asked); len(got) != 0 {
			t.Fatalf("asked a person for %v", got)
		}
	})
}
