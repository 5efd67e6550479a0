package weigh

import (
	"math"
	"slices"
)

// Constants of the joint explanation (docs/weighing.md section 3.5).
const (
	sameGain     = 0.004 // two lanes weigh the same object differently by this share (1 sd)
	looseFactor  = 3     // what is so many times outside the tolerance still competes
	searchMax    = 2_000 // combinations looked at for one gain; more is no clear explanation
	priorMoved   = 0.2   // of a gain that matches a loss: a piece was put into the wrong lane
	priorForeign = 0.02  // against an object that happens to weigh the same ...
	foreignRange = 1_000 // ... out of so many grams
	nothingUnder = 0.995 // that a foreign object does not hide a piece taken before any level told
	returnGuard  = 9     // grams; a piece that came back sits within this of its old seat (max 8 g)
)

// outcome is what all lanes together say.
type outcome struct {
	counts     []count
	moved      []int // per lane: pieces that left it for another lane
	confidence float64
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

// explain turns counts into an outcome. steps gives the levels of a lane between before and after.
func explain(lanes []lane, counts []count, steps func(lane int) []level) *outcome {
	o := &outcome{counts: counts, moved: make([]int, len(lanes)), notes: make([]words, len(lanes)), confidence: 1}
	for i, c := range counts {
		o.judge(i, lanes[i], c)
		o.confidence *= c.belief
	}
	for i, c := range counts {
		if c.class == grew {
			o.place(lanes, i, steps(i))
		}
		if (c.class == kept || c.class == lost) && lanes[i].sells() && came(lanes[i], c, i, steps) {
			o.doubt(i, ReasonReturnedDiffers)
		}
	}
	for i, c := range counts {
		if o.moved[i] > c.n { // two gains claim the same pieces
			o.moved[i] = c.n
			o.doubt(i, ReasonMovedUnclear)
		}
	}
	return o
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
		return
	case unitError(c):
		o.alert(i, AlertCalibrate)
		o.doubt(i, ReasonUnitError)
	case c.class == between && l.sells():
		o.doubt(i, ReasonBetweenCounts)
	case c.class == between:
		o.alert(i, AlertUnknownGoods)
		o.doubt(i, ReasonUnknownGoods)
	case c.class == lost && c.n > l.stock+1:
		o.doubt(i, ReasonMoreThanStock)
	case c.class == lost && c.n > l.stock:
		o.alert(i, AlertStockDiffers)
	}
	if (c.class == kept || c.class == lost) && l.sells() &&
		math.Abs(c.rest) > returnGuard+3*math.Sqrt(c.sd*c.sd+l.spread(c.n)) {
		o.alert(i, AlertCalibrate)
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

// came reports whether something was put onto lane l that is not what had been taken: the levels
// went by a piece in one direction and by a piece in the other, and the rest is more than a new seat
// explains.
func came(l lane, c count, i int, steps func(lane int) []level) bool {
	if math.Abs(c.rest) <= returnGuard+3*math.Sqrt(c.sd*c.sd+l.spread(c.n)) {
		return false
	}
	levels := steps(i)
	fell, rose := false, false
	for k := 1; k < len(levels); k++ {
		d := levels[k-1].mass() - levels[k].mass()
		fell = fell || d > l.unit/2
		rose = rose || d < -l.unit/2
	}
	return fell && rose
}

// place explains what lane i gained: pieces of other lanes, if exactly one combination of what they
// lost weighs that much, and weighs it closely; a foreign object if none does; a doubt otherwise.
func (o *outcome) place(lanes []lane, i int, levels []level) {
	s := &search{lanes: lanes, counts: o.counts, gain: -o.counts[i].loss, sd: o.counts[i].sd, take: make([]int, len(lanes))}
	s.from(0, 0, 0)
	for k, c := range o.counts {
		if c.class == between && k != i { // already a review; its loss may be this gain
			s.found = append(s.found, nil)
		}
	}
	switch {
	case len(s.found) == 1 && s.tight && s.looked < searchMax:
		match := priorMoved * normal(s.miss, s.missVar)
		o.confidence *= match / (match + priorForeign/foreignRange)
		o.alert(i, AlertItemMoved)
		for k, n := range s.found[0] {
			o.moved[k] += n
		}
	case len(s.found) > 0 || s.looked >= searchMax:
		o.alert(i, AlertItemMoved)
		o.doubt(i, ReasonMovedUnclear)
		for k, n := range s.best {
			o.moved[k] += n
		}
	default:
		o.confidence *= nothingUnder
		o.alert(i, AlertForeignObject)
		for k := 1; k < len(levels); k++ {
			if l := lanes[i]; l.sells() && levels[k-1].mass()-levels[k].mass() > l.unit/2 {
				o.doubt(i, ReasonReturnedDiffers) // something left under the foreign object
			}
		}
	}
}

// search looks for combinations of lost pieces that weigh what one lane gained.
type search struct {
	lanes         []lane
	counts        []count
	gain, sd      float64
	take          []int   // per lane, the combination at hand
	found         [][]int // combinations within the loose tolerance
	tight         bool    // the last found one is within the tolerance
	best          []int   // the closest of found
	miss, missVar float64 // of best
	looked        int
}

// from tries all combinations of the lanes from k on, given the mass and the variance so far.
func (s *search) from(k int, mass, v float64) {
	if s.looked++; s.looked >= searchMax || mass > s.gain*1.2+50 {
		return
	}
	for k < len(s.lanes) && s.counts[k].class != lost {
		k++
	}
	if k == len(s.lanes) {
		s.weigh(mass, v)
		return
	}
	c, l := s.counts[k], s.lanes[k]
	for n := 0; n <= c.n; n++ {
		s.take[k] = n
		switch n {
		case 0:
			s.from(k+1, mass, v)
		case c.n: // the same objects, so the same mass: what a piece weighs cancels out
			s.from(k+1, mass+c.loss, v+c.sd*c.sd)
		default:
			s.from(k+1, mass+float64(n)*l.unit, v+l.spread(n)+seatSD*seatSD)
		}
	}
	s.take[k] = 0
}

// weigh keeps the combination at hand if it is near the gain.
func (s *search) weigh(mass, v float64) {
	if mass == 0 {
		return
	}
	v += s.sd*s.sd + sameGain*sameGain*s.gain*s.gain
	miss := mass - s.gain
	tolerance := 3*math.Sqrt(v) + 2
	if math.Abs(miss) > looseFactor*tolerance {
		return
	}
	s.tight = math.Abs(miss) <= tolerance
	s.found = append(s.found, slices.Clone(s.take))
	if s.best == nil || math.Abs(miss) < math.Abs(s.miss) {
		s.best, s.miss, s.missVar = s.found[len(s.found)-1], miss, v
	}
}
