package joint

import (
	"math"
	"slices"
)

// How usual it is that a change takes two steps, as natural logarithms of shares per gram.
var (
	lnHand = math.Log(0.03 / 400)  // a hand rests on the load, or under it, for a while
	lnLean = math.Log(0.004 / 300) // a load comes to lean on the lane beside it
)

// leanTime is how far apart in time, in milliseconds, the two steps of a leaning load are.
const leanTime = 4_000

// ahead reports whether another step of the same lane follows the first of steps before a hand has
// left, and whether one of another lane of its shelf does.
func (x *Search) ahead(steps []Step) (more, beside bool) {
	s := steps[0]
	if s.Net || x.Still { // of a net nobody knows what came first
		return false, false
	}
	for _, next := range steps[1:] {
		if next.Lane == s.Lane {
			more = next.At-s.At < handTime
			break
		}
	}
	return more, slices.ContainsFunc(steps[1:], func(next Step) bool { return next.At-s.At < leanTime && x.besides(s)(next) })
}

func (x *Search) besides(s Step) func(Step) bool {
	return func(next Step) bool { return next.Lane != s.Lane && x.lanes[next.Lane].Shelf == x.lanes[s.Lane].Shelf }
}

// extend tries all meanings of the step at hand for the hypothesis at hand.
func (x *Search) extend(more, beside bool) {
	whole, of := x.step, x.of
	for k, h := range of.held[:of.waiting] {
		if int(h.lane) == whole.Lane { // its second half, whatever else waits
			x.of.release(k)
			x.step.Loss += h.loss
			x.step.Var += h.v / 2
			x.explain(more, beside)
			return
		}
	}
	for k, h := range of.held[:of.waiting] {
		if x.lanes[h.lane].Shelf != x.lanes[whole.Lane].Shelf {
			continue
		}
		// All of it happened on the lane that was held, or all of it on this one.
		x.leanOn(of, k, whole, Leaning{From: int(h.lane), On: whole.Lane, Mass: -whole.Loss})
		x.leanOn(of, k, whole, Leaning{From: whole.Lane, On: int(h.lane), Mass: -h.loss})
	}
	x.of, x.step = of, whole
	x.explain(more, beside)
}

// leanOn tries that a load of one lane leans on another: both changed, and their sum is what happened.
func (x *Search) leanOn(of state, k int, whole Step, l Leaning) {
	x.of, x.step = of, whole
	h := x.of.release(k)
	if !x.of.lean(l) {
		return
	}
	x.step.Lane = l.From
	x.step.Loss += h.loss
	x.step.Var += h.v
	x.explain(false, false)
}

// explain tries what the step at hand may be by itself, or the first half of.
func (x *Search) explain(more, beside bool) {
	s := x.step
	h := held{lane: int32(s.Lane), at: s.At, loss: s.Loss, v: s.Var} //nolint:gosec // a lane
	if more {
		x.try(lnHand, Move{Act: Hand, From: nobody}, func(st *state) bool { return st.hold(h) })
	}
	if beside {
		x.try(lnLean, Move{Act: Lean, From: nobody}, func(st *state) bool { return st.hold(h) })
	}
	if s.Loss > 0 {
		x.lose()
	} else {
		x.gain()
	}
}
