package joint

import (
	"cmp"
	"math"
	"slices"
)

// Bounds of the search.
const (
	beam     = 160  // hypotheses that are kept after a step ...
	fewSteps = 12   // ... while there are so few of them ...
	narrow   = 32   // ... and otherwise
	pruneNat = 16.0 // those that are so many nats worse than the best are not
	// MaxSteps is how many steps are explained; a session with more of them is for a person.
	MaxSteps = 24
)

// entry is one move in the log that all hypotheses share.
type entry struct {
	before int32
	move   Move
}

// Search explains the steps of one session after the other; it keeps memory between calls.
type Search struct {
	Alone bool // no object comes from another lane
	Still bool // no hand rests, and nothing leans

	lanes     []Lane
	now, then []state
	log       []entry
	step      Step
	best      float64 // score of then
	width     int     // hypotheses to keep
	of        state   // the hypothesis at hand
}

// Explain returns the stories of steps, which stand in order of time, the likeliest first; the
// weights of those that are kept add up to 1. None come back if there are more than [MaxSteps].
func (x *Search) Explain(lanes []Lane, steps []Step) []Story {
	if len(steps) > MaxSteps {
		return nil
	}
	x.lanes, x.log = lanes, x.log[:0]
	x.now = append(x.now[:0], state{last: -1})
	if x.width = beam; len(steps) > fewSteps {
		x.width = narrow
	}
	for k, s := range steps {
		x.then, x.best = x.then[:0], math.Inf(-1)
		more, beside := x.ahead(steps[k:])
		for i := range x.now {
			x.of, x.step = x.now[i], s
			x.extend(more, beside)
		}
		x.keep()
	}
	x.now = slices.DeleteFunc(x.now, func(s state) bool { return s.waiting > 0 })
	return x.stories(len(steps))
}

// try adds a hypothesis: the one at hand with a score for its step, changed by do, which reports
// whether the change is possible.
func (x *Search) try(score float64, m Move, do func(s *state) bool) {
	score += x.of.score
	if !(score >= x.best-pruneNat) { // NaN is no score
		return
	}
	next := x.of
	next.score = score
	next.next = m
	if do != nil && !do(&next) {
		return
	}
	x.best = max(x.best, score)
	x.then = append(x.then, next)
}

// keep makes the best hypotheses those that the next step begins from.
func (x *Search) keep() {
	x.then = slices.DeleteFunc(x.then, func(s state) bool { return s.score < x.best-pruneNat })
	slices.SortStableFunc(x.then, func(a, b state) int { return cmp.Compare(b.score, a.score) })
	x.then = x.then[:min(len(x.then), x.width)]
	for i := range x.then {
		s := &x.then[i]
		x.log = append(x.log, entry{before: s.last, move: s.next})
		s.last = int32(len(x.log) - 1) //nolint:gosec // at most beam·MaxSteps
	}
	x.now, x.then = x.then, x.now
}

// stories reads the hypotheses out.
func (x *Search) stories(steps int) []Story {
	if len(x.now) == 0 {
		return nil
	}
	total := 0.0
	for _, s := range x.now {
		total += math.Exp(s.score - x.now[0].score)
	}
	out := make([]Story, len(x.now))
	for i := range x.now {
		s := &x.now[i]
		out[i] = Story{Weight: math.Exp(s.score-x.now[0].score) / total, Moves: make([]Move, steps)}
		for k, at := steps-1, s.last; at >= 0; k-- {
			out[i].Moves[k] = x.log[at].move
			at = x.log[at].before
		}
		out[i].fill(s)
	}
	return out
}

// fill sets what lies where at the end of a hypothesis.
func (t *Story) fill(s *state) {
	t.Leans = slices.Clone(s.leans[:s.leaning])
	for _, p := range s.parcels[:s.count] {
		n := int(p.n)
		switch {
		case p.in == outside:
			t.Out = addLine(t.Out, int(p.home), n)
			continue
		case p.home != nobody:
			t.Moved = addLine(t.Moved, int(p.home), n)
		}
		t.Lying = append(t.Lying, Line{Lane: int(p.in), Count: n})
		t.Homes, t.Mass = append(t.Homes, int(p.home)), append(t.Mass, p.mass)
	}
}

// addLine adds n pieces of a lane to lines, which stand in order of lanes.
func addLine(lines []Line, lane, n int) []Line {
	i, found := slices.BinarySearchFunc(lines, lane, func(l Line, lane int) int { return cmp.Compare(l.Lane, lane) })
	if found {
		lines[i].Count += n
		return lines
	}
	return slices.Insert(lines, i, Line{Lane: lane, Count: n})
}
