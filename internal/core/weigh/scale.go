package weigh

import (
	"math"
	"slices"

	"larder"
)

// Times of the weighing, in milliseconds from the door's opening or close.
const (
	doorJolt    = 300   // the jolt of an opening door has not reached the items yet
	firstLook   = 400   // a level that begins within this is still one of before the hand
	restAfter   = 900   // nothing before this is a closing weight: DV8 asks for 500 at least
	freshBefore = 1_500 // a level that began this shortly before the close needs calmCount samples after it
	freshCount  = 4     // samples that a level needs which began after the close, since it may be ringing
	backCount   = 2     // samples that a level needs which the lane was on long before the close, and returned to
	fastTail    = 8_000 // fast frames go on for this long after the close (DV3)
	lagMax      = 1_300 // a level that ended this long before the newest weight is over
	windowMin   = 6     // samples of the level before the opening
	windowMax   = 12    // samples that count towards the certainty of a mean (noise is correlated)
)

// estimate is the level of one lane at one moment.
type estimate struct {
	mass float64 // grams, NaN if unknown
	n    int     // samples behind it
	num  int     // number of the level in the track, -1 if the sample is a lone one
}

var unknown = estimate{mass: math.NaN(), num: -1}

func (e estimate) known() bool { return e.n > 0 }

// before returns the level that the lane was on when the door opened: the last one that began before
// it; else the next one, if the weights of before agree with it; else those weights, restless as they
// were, for a quick hand may have come between them and the next level; without any, a level that began
// before a hand can have come.
func (t *track) before(frames []frame, column int, opened larder.Millis) estimate {
	next := slices.IndexFunc(t.levels, func(l level) bool { return l.first > opened })
	if next < 0 {
		next = len(t.levels)
	}
	if next > 0 {
		return t.at(frames, column, next-1, opened)
	}
	restless := t.restless(frames, column, opened)
	if len(t.levels) > 0 {
		agreeing := 0
		for _, x := range restless {
			if math.Abs(x-t.levels[0].mass()) <= joinSD*t.sq+slack {
				agreeing++
			}
		}
		if len(restless) > 0 && 2*agreeing >= len(restless) {
			return t.at(frames, column, 0, opened)
		}
	}
	restless = slices.DeleteFunc(restless, telltale)
	if mass, n := robustMean(restless, t.sq); n > 0 {
		return estimate{mass: mass, n: n, num: -1}
	}
	if len(t.levels) > 0 && t.levels[0].first <= opened+firstLook {
		return t.at(frames, column, 0, opened)
	}
	return unknown
}

// restless returns the newest weights until a moment before which there was no level.
func (t *track) restless(frames []frame, column int, moment larder.Millis) []float64 {
	masses := make([]float64, 0, windowMin)
	for i := range t.of {
		x := frames[i].mass[column]
		switch {
		case frames[i].at > moment:
			return masses
		case math.IsNaN(x):
		case len(masses) < windowMin:
			masses = append(masses, x)
		default:
			copy(masses, masses[1:])
			masses[windowMin-1] = x
		}
	}
	return masses
}

// at returns a level as it was around the opening.
func (t *track) at(frames []frame, column, num int, opened larder.Millis) estimate {
	mass, n := robustMean(t.around(frames, column, num, opened+doorJolt), t.sq)
	return estimate{mass: mass, n: n, num: num}
}

// around returns the masses of a level around a moment: the newest ones until it, filled up to
// windowMin with those that follow.
func (t *track) around(frames []frame, column, num int, moment larder.Millis) []float64 {
	masses := make([]float64, 0, windowMin)
	for i, of := range t.of {
		switch {
		case int(of) > num:
			return masses
		case int(of) < num:
		case len(masses) < windowMin:
			masses = append(masses, frames[i].mass[column])
		case frames[i].at > moment:
			return masses
		default:
			copy(masses, masses[1:])
			masses[windowMin-1] = frames[i].mass[column]
		}
	}
	return masses
}

// after returns the level that the lane came to rest on after the close, and whether it did: a lane
// at rest says so in most of the frames, garbage only now and then, and a level that is mostly
// zeros and was never seen while the door was open is no weight (W1).
func (t *track) after(frames []frame, column int, closed larder.Millis) (estimate, bool) {
	num := t.current()
	var masses []float64
	beside := 0   // frames since the level began that said something else, or nothing of this lane
	telling := 0  // of masses: what a converter says that has nothing to say
	tail := false // an idle reading of after the fast frames
	for i := len(t.of) - 1; i >= 0 && frames[i].at >= closed+restAfter; i-- {
		switch {
		case num >= 0 && int(t.of[i]) == num:
			masses = append(masses, frames[i].mass[column])
			tail = tail || frames[i].at >= closed+fastTail
			if telltale(frames[i].mass[column]) {
				telling++
			}
		case num >= 0 && frames[i].at >= t.levels[num].first && frames[i].weighs():
			beside++
		}
	}
	if len(masses) == 0 {
		return t.lone(closed)
	}
	need := backCount
	switch first := t.levels[num].first; {
	case first > closed:
		need = freshCount
	case first > closed-freshBefore:
		need = calmCount
	}
	// One weight beside the level may be a spike, also an idle one after the level lasted to the end.
	end := min(t.newest.at, closed+fastTail)
	resting := t.waiting <= 1 && end-t.levels[num].last <= lagMax
	mass, n := robustMean(masses, t.sq)
	settled := resting && len(masses) >= need || tail && t.waiting == 0
	sound := beside < len(masses) && (telling*2 <= len(masses) || t.levels[num].first <= closed)
	return estimate{mass: mass, n: n, num: num}, settled && sound
}

// lone accepts a single idle reading when every frame of after the close was lost: it is too late
// to be the lane's movement, and an error of the sensor would have to look like whole pieces.
func (t *track) lone(closed larder.Millis) (estimate, bool) {
	if t.waiting == 0 || t.newest.at < closed+fastTail || telltale(t.newest.mass) {
		return unknown, false
	}
	if t.waiting > 1 && t.pending[t.waiting-2].at > closed {
		return unknown, false
	}
	return estimate{mass: t.newest.mass, n: 1, num: -1}, true
}

// live returns the newest level, for the basket that is shown while the door is open.
func (t *track) live(frames []frame, column int) estimate {
	num := t.current()
	if num < 0 {
		return unknown
	}
	masses := make([]float64, 0, windowMin)
	for i := len(t.of) - 1; i >= 0 && len(masses) < windowMin; i-- {
		if int(t.of[i]) == num {
			masses = append(masses, frames[i].mass[column])
		}
	}
	mass, n := robustMean(masses, t.sq)
	return estimate{mass: mass, n: n, num: num}
}
