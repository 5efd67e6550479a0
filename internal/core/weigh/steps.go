package weigh

import (
	"cmp"
	"math"
	"slices"

	"larder/internal/core/weigh/joint"
)

// Constants of the steps (docs/weighing.md section 3.4), grams and shares.
const (
	stepSeat  = 1.0  // sd of a seat between two levels of one visit
	stepLeast = 6.0  // what is lighter is no step ...
	stepShare = 0.35 // ... nor what is lighter than this share of a piece, if that is less
	stepSure  = 3.0  // standard deviations that a step exceeds
	doorTime  = 900  // ms; a level that lasted until this long before the close may end by it
	shelfTime = 600  // ms; steps of one shelf that are closer in time shake each other
)

// netSteps returns what lanes lost and gained from before to after, one step a lane: losses first, since what
// a lane gained has left another one before.
func netSteps(counts []count) []joint.Step {
	var steps []joint.Step
	for i, c := range counts {
		if c.class == blind || c.class == kept && -c.loss < max(stepSure*c.sd, stepLeast) {
			continue
		}
		at := int64(0)
		if c.loss < 0 {
			at = 1
		}
		// Crosstalk is in sd² already.
		steps = append(steps, joint.Step{Lane: i, At: at, Loss: c.loss, Var: c.sd * c.sd, Net: true})
	}
	sortSteps(steps)
	return steps
}

// sortSteps puts steps in order of time. The order of those at one moment must not depend on the
// numbers of the lanes.
func sortSteps(steps []joint.Step) {
	slices.SortStableFunc(steps, func(a, b joint.Step) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(b.Loss, a.Loss))
	})
}

// rests returns the levels of one lane between the two that a session is weighed by, as estimates;
// those two are the first and the last of them.
func (r *Recognizer) rests(i int, c count) []rest {
	t := &r.tracker.tracks[i]
	if c.before.num < 0 && c.after.num < 0 || c.before.num == c.after.num {
		return nil
	}
	from, to := c.before.num, c.after.num
	if from < 0 {
		from = -1
	}
	if to < 0 {
		to = len(t.levels)
	}
	out := make([]rest, 0, to-from+1)
	first := rest{mass: c.before.mass, n: c.before.n, from: r.begun, to: r.begun}
	if c.before.num >= 0 {
		first.from, first.to = int64(t.levels[from].first), int64(t.levels[from].last)
	}
	out = append(out, first)
	for k := from + 1; k < to; k++ {
		l := t.levels[k]
		if l.n < innerMin {
			continue
		}
		mass := t.robust(r.timeline.frames, i, k)
		out = joinRest(out, rest{mass: mass, n: l.n, from: int64(l.first), to: int64(l.last)}, t.sq, len(out) > 1)
	}
	last := rest{mass: c.after.mass, n: c.after.n, from: int64(t.newest.at), to: int64(t.newest.at)}
	if c.after.num >= 0 {
		last.from, last.to = int64(t.levels[to].first), int64(t.levels[to].last)
	}
	if k := len(out) - 1; k > 0 && out[k].near(last, t.sq) {
		out[k].mass, out[k].n, out[k].to = last.mass, max(last.n, out[k].n), last.to
		return out
	}
	return append(out, last)
}

// rest is a level of a lane between two steps.
type rest struct {
	mass     float64
	n        int
	from, to int64
}

// near reports whether two levels differ by no more than noise.
func (a rest) near(b rest, sq float64) bool {
	noise := 3 * sq * math.Sqrt(1/float64(max(a.n, 1))+1/float64(max(b.n, 1)))
	return math.Abs(a.mass-b.mass) < max(2, noise)
}

// joinRest appends a level, or joins it with the last one if they do not differ and that one may change.
func joinRest(out []rest, l rest, sq float64, may bool) []rest {
	last := &out[len(out)-1]
	if !last.near(l, sq) {
		return append(out, l)
	}
	if may {
		n := last.n + l.n
		last.mass = (last.mass*float64(last.n) + l.mass*float64(l.n)) / float64(n)
		last.n = n
	}
	last.to = l.to
	return out
}

// robust returns the mass of a level without outliers.
func (t *track) robust(frames []frame, column, num int) float64 {
	var room [64]float64
	masses := room[:0]
	for i := len(t.of) - 1; i >= 0 && int(t.of[i]) != num-1 && len(masses) < len(room); i-- {
		if int(t.of[i]) == num {
			masses = append(masses, frames[i].mass[column])
		}
	}
	mass, n := robustMean(masses, t.sq)
	if n == 0 {
		return t.levels[num].mass()
	}
	return mass
}

// steps returns all changes of all lanes between the opening and the close, in order of time: the
// moment of a loss is when the lane left its old level, that of a gain when it reached the new one, so
// that an object leaves one lane before it comes to another.
func (r *Recognizer) steps(counts []count, closed int64) []joint.Step {
	var steps []joint.Step
	for i, c := range counts {
		if c.class == blind {
			continue
		}
		levels, at := r.rests(i, c), int64(math.MinInt64)
		sq, least := r.tracker.tracks[i].sq, stepLeast
		if u := r.lanes[i].unit; u > 0 {
			least = min(least, stepShare*u)
		}
		for k := 0; k+1 < len(levels); k++ {
			a, b := levels[k], levels[k+1]
			v := sq*sq*(1/float64(min(max(a.n, 1), windowMax))+1/float64(min(max(b.n, 1), windowMax))) + stepSeat*stepSeat + r.walk*r.walk/2
			loss := a.mass - b.mass
			if math.Abs(loss) <= max(stepSure*math.Sqrt(v), least) {
				continue
			}
			when := b.from
			if loss > 0 {
				when = a.to
			}
			at = max(at+1, when)
			steps = append(steps, joint.Step{Lane: i, At: at, From: a.to, To: b.from, Loss: loss, Var: v, Door: a.to <= closed && a.to > closed-doorTime && b.from >= closed-doorJolt})
		}
	}
	sortSteps(steps)
	r.shakeSteps(steps)
	return steps
}

// shakeSteps notes with every step the largest one of its shelf at about the same time.
func (r *Recognizer) shakeSteps(steps []joint.Step) {
	for i := range steps {
		s := &steps[i]
		for _, other := range steps {
			apart := max(other.From-s.To, s.From-other.To) // neither knows when it happened in between
			if other.Lane != s.Lane && r.lanes[other.Lane].shelf == r.lanes[s.Lane].shelf && apart < shelfTime {
				s.Shake = max(s.Shake, math.Abs(other.Loss))
			}
		}
	}
}
