package weigh

import (
	"math"
	"slices"

	"larder"
)

// Constants of the level finder (docs/weighing.md section 3.3); sq is the standard deviation of a frame now.
const (
	quantum   = 0.29 // sd of rounding to 1 g
	joinSD    = 4.0  // a sample within joinSD·sq + slack of the running median stays on the level
	calmSD    = 4.5  // samples that span no more than calmSD·sq + slack are calm
	slack     = 0.5  // grams
	calmCount = 3    // so many calm samples in a row make a level; 2 across a gap in time
	recentMax = 9    // samples of the running median
	innerMin  = 4    // a level between two others that is shorter is a hand or a ring
)

// level is a stable stretch of one lane.
type level struct {
	first, last larder.Millis
	n           int
	sum         float64
}

func (l level) mass() float64 { return l.sum / float64(l.n) }

// sample is one weight of one lane; pos is the position of its frame in the timeline.
type sample struct {
	pos  int
	at   larder.Millis
	mass float64
}

// track finds the levels of one lane, sample by sample. It is on a level, or pending: between two
// levels, or disturbed. A return to the level ends the pending; enough calm begins a new level.
type track struct {
	sq      float64
	levels  []level
	of      []int32            // per frame of the timeline: the number of its level, -1 for none
	recent  [recentMax]float64 // the newest samples of the current level, as a ring
	held    int                // how many samples recent has seen
	pending [calmCount]sample  // the newest samples that joined no level, oldest first
	waiting int                // how many of pending are in use
	newest  sample             // the newest weight
	run     int                // how many weights in a row equal the newest
	runFrom larder.Millis      // when that run began
	ran     int                // how many did in the run before, if more than one
	ranFrom larder.Millis
}

// reset forgets everything but memory.
func (t *track) reset(sq float64) {
	*t = track{sq: sq, levels: t.levels[:0], of: t.of[:0]}
}

// mark is a track as it stood; of its levels and frames it has the number, and the last level itself,
// because that one grows.
type mark struct {
	state track
	last  level
}

func (t *track) mark() mark {
	m := mark{state: *t}
	if n := len(t.levels); n > 0 {
		m.last = t.levels[n-1]
	}
	return m
}

// restore makes the track what it was at a mark that it has passed.
func (t *track) restore(m mark) {
	levels, of := t.levels[:len(m.state.levels)], t.of[:len(m.state.of)]
	*t = m.state
	t.levels, t.of = levels, of
	if n := len(levels); n > 0 {
		levels[n-1] = m.last
	}
	for _, s := range t.pending[:t.waiting] { // they may have joined a level since
		of[s.pos] = -1
	}
}

// add takes the weight of the next frame of the timeline; NaN is none.
func (t *track) add(s sample) {
	t.of = append(t.of, -1)
	if math.IsNaN(s.mass) {
		return
	}
	if t.run == 0 || s.mass != t.newest.mass {
		if t.run > 1 {
			t.ran, t.ranFrom = t.run, t.runFrom
		}
		t.run, t.runFrom = 0, s.at
	}
	t.run++
	t.newest = s
	if t.held > 0 && math.Abs(s.mass-t.median()) <= joinSD*t.sq+slack {
		t.waiting = 0
		t.join(s)
		return
	}
	if t.waiting == calmCount {
		copy(t.pending[:], t.pending[1:])
		t.waiting--
	}
	t.pending[t.waiting] = s
	t.waiting++
	if calm := t.calm(); len(calm) > 0 {
		t.levels = append(t.levels, level{first: calm[0].at})
		t.held = 0
		for _, s := range calm {
			t.join(s)
		}
		t.waiting = 0
	}
}

// join puts a sample onto the current level.
func (t *track) join(s sample) {
	l := &t.levels[len(t.levels)-1]
	l.last = s.at
	l.n++
	l.sum += s.mass
	t.of[s.pos] = int32(len(t.levels) - 1) //nolint:gosec // at most MaxReadings levels
	t.recent[t.held%recentMax] = s.mass
	t.held++
}

// median returns the median of the newest samples of the current level.
func (t *track) median() float64 {
	var sorted [recentMax]float64
	n := min(t.held, recentMax)
	for i := range n {
		x := t.recent[i]
		j := i
		for ; j > 0 && sorted[j-1] > x; j-- {
			sorted[j] = sorted[j-1]
		}
		sorted[j] = x
	}
	return sorted[n/2]
}

// calm returns the newest pending samples if they make a level, oldest first. Across a gap in time
// (idle readings) two suffice: a hand does not rest for that long.
func (t *track) calm() []sample {
	count := calmCount
	if n := t.waiting; n >= 2 && t.pending[n-1].at-t.pending[n-2].at > fastGap {
		count = 2
	}
	if t.waiting < count {
		return nil
	}
	newest := t.pending[t.waiting-count : t.waiting]
	low, high, telling := math.Inf(1), math.Inf(-1), true
	for _, s := range newest {
		low, high = min(low, s.mass), max(high, s.mass)
		telling = telling && telltale(s.mass)
	}
	if telling || high-low > calmSD*t.sq+slack {
		return nil
	}
	return newest
}

// telltale reports whether x is what converters say when they have nothing to say: zero, or a
// register full of ones. A lane whose true level is such a value shows neighbors of it soon.
func telltale(x float64) bool {
	if x == 0 {
		return true
	}
	n := math.Abs(x) + 1
	if x < 0 {
		n = -x // two's complement: -2^k
	}
	fraction, exponent := math.Frexp(n)
	return fraction == 0.5 && exponent > 14 // smaller ones are weights that goods do have
}

// stuck reports whether the lane has repeated one value for longer than its noise allows by chance:
// with 1 g steps a value repeats with probability 1/(2√π·0.8·sigma), at most 0.9.
func (t *track) stuck(noise, chance float64) bool {
	same := min(0.9, 1/(2*math.Sqrt(math.Pi)*0.8*noise))
	n, _ := t.repeated()
	return float64(n) > math.Log(chance)/math.Log(same)+3
}

// repeated returns how many weights in a row are the one that the lane is on, and since when: a newest
// weight that has joined no level does not end the run.
func (t *track) repeated() (int, larder.Millis) {
	if t.waiting > 0 && t.ran > t.run {
		return t.ran, t.ranFrom
	}
	return t.run, t.runFrom
}

// current returns the number of the level that the lane is on or left last, -1 if it had none.
func (t *track) current() int { return len(t.levels) - 1 }

// since returns the levels of a moment and later, in order of time; hands that rest and slow rings
// are among them.
func (t *track) since(moment larder.Millis) []level {
	for i := len(t.levels) - 1; i > 0; i-- {
		if t.levels[i].first <= moment {
			return t.levels[i:]
		}
	}
	return t.levels
}

// steady returns the levels without those that are no rest: short ones between two others are
// dropped, neighbors that differ by no more than noise are joined.
func (t *track) steady(levels []level) []level {
	var out []level
	for i, l := range levels {
		if l.n < innerMin && i > 0 && i+1 < len(levels) {
			continue
		}
		if k := len(out) - 1; k >= 0 {
			noise := 3 * t.sq * math.Sqrt(1/float64(out[k].n)+1/float64(l.n))
			if math.Abs(out[k].mass()-l.mass()) < max(2, noise) {
				out[k].last, out[k].n, out[k].sum = l.last, out[k].n+l.n, out[k].sum+l.sum
				continue
			}
		}
		out = append(out, l)
	}
	return out
}

// robustMean returns the mean of what lies within 2.5 sq (at least 1 g) of the median, and how many
// that are; NaN and 0 for no masses. It sorts masses.
func robustMean(masses []float64, sq float64) (float64, int) {
	if len(masses) == 0 {
		return math.NaN(), 0
	}
	slices.Sort(masses)
	median := (masses[(len(masses)-1)/2] + masses[len(masses)/2]) / 2
	sum, n := 0.0, 0
	for _, x := range masses {
		if math.Abs(x-median) <= max(2.5*sq, 1) {
			sum += x
			n++
		}
	}
	if n == 0 { // two samples far apart
		return median, len(masses)
	}
	return sum / float64(n), n
}
