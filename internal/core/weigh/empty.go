package weigh

import (
	"math"

	"larder"
)

// Constants of what a person can do to a lane, as against a scale that fails.
const (
	handful  = 6   // pieces that one hand takes at a time (docs/weighing.md section 3.4)
	oneBlow  = 600 // ms; two lanes that fall within two frames of each other fell at once
	pressure = 20  // grams; no noise that a scale makes by itself
	nearZero = 60  // grams; what an empty lane reads: four times the spread of lanes' zeros
)

// emptied doubts what looks as if everything had been taken though nobody was seen to take it: that
// is what a scale says that has lost its power (W1, I12). A lane is in doubt if it lost several
// pieces, and with them all it held, without a step before the close; and all lanes are if every
// lane that held goods is bare in that way, be it by a single piece, or fell in one blow.
func (r *Recognizer) emptied(o *outcome, opened, closed larder.Millis) {
	bare, unseen, held := 0, 0, 0
	first, last := larder.Millis(math.MaxInt64), larder.Millis(math.MinInt64)
	for i, c := range o.counts {
		l := r.lanes[i]
		if !l.sells() || l.stock == 0 && c.class != lost {
			continue
		}
		held++
		if c.class != lost || c.n < l.stock && math.Abs(c.after.mass) > nearZero {
			continue
		}
		bare++
		fell, seen := r.tracker.tracks[i].fell(c.before.mass, l.unit, opened, closed)
		if !seen {
			unseen++
			if c.n > 1 {
				o.doubt(i, ReasonEmptied)
			}
			continue
		}
		first, last = min(first, fell), max(last, fell)
	}
	if held == 0 || bare < held || unseen < held && (unseen > 0 || held == 1 || last-first > oneBlow) {
		return
	}
	for i, c := range o.counts {
		if c.class == lost {
			o.doubt(i, ReasonEmptied)
		}
	}
}

// fell returns when the lane first came to rest lighter by what one hand takes, between the opening
// and the close, or by anything after a hand had pressed it, and whether it did. before is its mass at
// the opening and unit that of a piece.
func (t *track) fell(before, unit float64, opened, closed larder.Millis) (larder.Millis, bool) {
	pressed := false
	for _, l := range t.since(opened) {
		if l.first >= closed {
			break
		}
		d := before - l.mass()
		if l.first > opened && d > unit/2 && (pressed || d < (handful+0.5)*unit) {
			return l.first, true
		}
		pressed = pressed || l.first > opened && l.n >= innerMin && d < -max(unit/2, pressure)
		before = l.mass()
	}
	return 0, false
}
