package weigh

import (
	"math"
	"slices"

	"larder"
	"larder/internal/core/weigh/joint"
)

// returnGuard is how far, in grams, a piece that came back may sit from what it was: a seat is 8 g at
// most.
const returnGuard = 9

// outcome is what all lanes together say.
type outcome struct {
	counts     []count
	out, moved []int // pieces of each lane that are out of the cabinet, and in another lane
	chosen     view
	net, time  view
	timed      bool    // the timeline was chosen
	hidden     float64 // probability that nothing light left a lane unseen
	closed     larder.Millis
	alerts     words
	reasons    words
	notes      []words // per lane
}

func (o *outcome) alert(lane int, word string) {
	o.alerts.add(word)
	o.notes[lane].add(word)
}

func (o *outcome) doubt(lane int, word string) {
	o.reasons.add(word)
	o.notes[lane].add(word)
}

// explain makes an outcome of counted lanes: of their net alone while the door is open, of all
// that happened in between once it is shut.
func (r *Recognizer) explain(counts []count, shut bool, closed larder.Millis) *outcome {
	n := len(r.lanes)
	o := &outcome{counts: counts, out: make([]int, n), moved: make([]int, n), notes: make([]words, n), hidden: 1, closed: closed}
	for i, c := range counts {
		o.judge(i, r.lanes[i], c)
		if c.class == kept {
			o.hidden *= c.belief
		}
	}
	o.net = r.see(netSteps(counts))
	o.chosen = o.net
	if shut && !r.policy.Without.Timeline {
		o.time = r.see(r.steps(counts, int64(closed)))
		r.choose(o)
	}
	if o.chosen.blank() {
		return o
	}
	best, story := o.chosen.best()
	for _, l := range best.out {
		o.out[l.Lane] = l.Count
	}
	for _, l := range story.Moved {
		o.moved[l.Lane] = l.Count
	}
	r.check(o, story)
	if best.weight < r.policy.Confidence && o.chosen.placed() {
		o.reasons.add(ReasonMovedUnclear)
	}
	return o
}

// choose takes the net of before and after if it is a purchase and nothing else, since hands that
// rest make levels in between. Otherwise what happened in between says how it came to the net; and
// also where the net leaves a doubt that what happened does not.
func (r *Recognizer) choose(o *outcome) {
	if o.time.blank() || o.net.blank() {
		return
	}
	for _, s := range o.net.steps { // what no level tells of is seen before and after only
		if !slices.ContainsFunc(o.time.steps, func(t joint.Step) bool { return t.Lane == s.Lane }) {
			return
		}
	}
	best, story := o.net.best()
	if plain(story) {
		sure, _ := o.time.best()
		strange := r.strange(o, story)
		if best.weight >= r.policy.Confidence && !strange || sure.weight < r.policy.Confidence && sure.weight < best.weight && !strange {
			return
		}
	}
	o.chosen, o.timed = o.time, true
}

// strange reports whether a lane that was taken from or touched rests otherwise than a purchase leaves
// it.
func (r *Recognizer) strange(o *outcome, story joint.Story) bool {
	n := make([]int, len(r.lanes))
	for _, l := range story.Out {
		n[l.Lane] = l.Count
	}
	for i, c := range o.counts {
		if l := r.lanes[i]; c.class != blind && l.sells() {
			rest := math.Abs(c.loss - float64(n[i])*l.unit)
			if rest > returnGuard+3*math.Sqrt(c.sd*c.sd+l.spread(n[i])) && (r.came(i, c) || rest > l.tolerance(n[i], c.sd, r.policy)) {
				return true
			}
		}
	}
	return false
}

// check notes what the chosen story gives reason to.
func (r *Recognizer) check(o *outcome, story joint.Story) {
	rest := make([]float64, len(r.lanes))
	for i, c := range o.counts {
		rest[i] = c.loss - float64(o.out[i]+o.moved[i])*r.lanes[i].unit
	}
	for k, l := range story.Lying {
		rest[l.Lane] += story.Mass[k]
	}
	for _, l := range story.Leans {
		rest[l.From] -= l.Mass
		rest[l.On] += l.Mass
		o.alert(l.On, AlertItemLeans)
	}
	for k, m := range story.Moves {
		lane := o.chosen.steps[k].Lane
		switch m.Act {
		case joint.Odd:
			o.doubt(lane, ReasonBetweenCounts)
		case joint.Less:
			o.doubt(lane, ReasonReturnedDiffers)
		case joint.Wedge:
			o.alert(lane, AlertLoadWedged)
			rest[lane] = 0
		case joint.Seat, joint.Take, joint.Lift, joint.Unplace, joint.Return, joint.Misplace, joint.Foreign, joint.Handover,
			joint.Hand, joint.Lean:
		}
	}
	r.lying(o, story)
	for i, c := range o.counts {
		l := r.lanes[i]
		if l.barred && (c.class != kept || o.out[i]+o.moved[i] > 0) {
			o.doubt(i, ReasonQuarantined)
		}
		if c.class == blind || !l.sells() {
			continue
		}
		n := o.out[i] + o.moved[i]
		if n > 0 && r.tracker.tracks[i].hasty(c, l.unit, r.begun) {
			o.doubt(i, ReasonNoWeightBefore)
		}
		if math.Abs(rest[i]) > l.tolerance(n, c.sd, r.policy) {
			o.doubt(i, ReasonBetweenCounts)
		}
		switch {
		case n > l.stock+1:
			o.doubt(i, ReasonMoreThanStock)
		case n > l.stock:
			o.alert(i, AlertStockDiffers)
		}
		if guard := returnGuard + 3*math.Sqrt(c.sd*c.sd+l.spread(n)); math.Abs(rest[i]) > guard {
			o.alert(i, AlertCalibrate)
			if r.came(i, c) {
				o.doubt(i, ReasonReturnedDiffers)
			}
		}
	}
}

// hasty reports whether a lane would have been taken from before anybody can have reached it: one or two
// restless readings of before say so, against a level from the opening on that lacks a piece already. Readings
// fail oftener than that.
func (t *track) hasty(c count, unit float64, opened int64) bool {
	if c.before.num >= 0 || c.before.n > 2 || len(t.levels) == 0 || int64(t.levels[0].first) > opened+firstLook {
		return false
	}
	return c.before.mass-t.levels[0].mass() > unit/2
}

// tolerance returns how far the rest of a count may be from zero.
func (l lane) tolerance(n int, sd float64, p Policy) float64 { return p.tolerance(n, l.unit, sd) }

// lying notes what lies in lanes where it does not belong.
func (r *Recognizer) lying(o *outcome, story joint.Story) {
	for k, l := range story.Lying {
		if story.Homes[k] >= 0 {
			o.alert(l.Lane, AlertItemMoved)
			continue
		}
		o.alert(l.Lane, AlertForeignObject)
	}
}

// judge notes what one lane alone gives reason to.
func (o *outcome) judge(i int, l lane, c count) {
	switch {
	case c.class == blind:
		if !c.before.known() {
			o.doubt(i, ReasonNoWeightBefore)
		} else {
			o.doubt(i, ReasonNoStableWeight)
		}
	case unitError(c):
		o.alert(i, AlertCalibrate)
		o.doubt(i, ReasonUnitError)
	case c.class == between && !l.sells():
		o.alert(i, AlertUnknownGoods)
		o.doubt(i, ReasonUnknownGoods)
	}
}

// unitError reports whether a lane's two levels differ by a factor of 10 or 1000, as when a sensor
// is configured anew; pieces would have to leave exactly nine tenths.
func unitError(c count) bool {
	small, large := math.Abs(c.before.mass), math.Abs(c.after.mass)
	if small > large {
		small, large = large, small
	}
	near := func(factor float64) bool { return math.Abs(large/factor-small) < 0.002*small+c.sd }
	return large >= 100 && (small >= 10 && near(10) || large >= 5_000 && near(1_000))
}

// came reports whether something was put onto lane i: its levels went by a piece in one
// direction and by a piece in the other.
func (r *Recognizer) came(i int, c count) bool {
	unit := r.lanes[i].unit
	levels := r.rests(i, c)
	fell, rose := false, false
	for k := 1; k < len(levels); k++ {
		d := levels[k-1].mass - levels[k].mass
		fell = fell || d > unit/2
		rose = rose || d < -unit/2
	}
	return fell && rose
}
