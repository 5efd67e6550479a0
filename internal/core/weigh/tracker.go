package weigh

import (
	"math"

	"larder"
)

// noiseGrid is the ratio of two neighboring values of the session's noise factor; a coarse grid, so
// that levels are seldom found anew.
const noiseGrid = 1.25

// tracker follows all lanes. A session may be noisier than usual as a whole (the compressor runs);
// the factor is the median over fast frames of how much the lanes jitter against what is known of them.
type tracker struct {
	lanes   []lane
	tracks  []track
	taken   int      // frames that tracks have seen
	factor  float64  // 1..2.5
	usual   bool     // factor stays 1
	counted int      // frames that jitter has seen
	cuts    int      // of the timeline, when it was followed last
	jitter  [32]int  // fast frames by their jitter: noiseGrid^(i-16)
	bucket  []int8   // of jitter, per counted frame; none where it was not counted
	marks   [][]mark // of all tracks, after each markEvery frames
}

// markEvery is how many frames lie between two places to which the tracks can return. What comes late
// then costs what follows it, and not the whole session: a cabinet that replays minutes of readings
// while it sends the newest brings every one of them late.
const markEvery = 64

// none is the bucket of a frame that was not counted.
const none = -1

func newTracker(lanes []lane) *tracker {
	k := &tracker{lanes: lanes, tracks: make([]track, len(lanes))}
	k.restart(1)
	return k
}

func (k *tracker) restart(factor float64) {
	k.factor, k.taken, k.marks = factor, 0, k.marks[:0]
	for i := range k.tracks {
		k.tracks[i].reset(math.Hypot(k.lanes[i].noise*factor, quantum))
	}
}

// follow brings all tracks up to the timeline's end.
func (k *tracker) follow(t *timeline) {
	kept := t.order()
	if t.cuts != k.cuts {
		k.cuts, kept = t.cuts, 0 // and put in order then, which nobody followed
	}
	k.rewind(kept)
	for ; k.counted < len(t.frames); k.counted++ {
		k.bucket = append(k.bucket, k.count(t.frames, k.counted))
	}
	if f := min(max(k.ratio(), 1), 2.5); f != k.factor && !k.usual {
		k.restart(f)
	}
	for ; k.taken < len(t.frames); k.taken++ {
		f := &t.frames[k.taken]
		for i, x := range f.mass {
			k.tracks[i].add(sample{pos: k.taken, at: f.at, mass: x})
		}
		if (k.taken+1)%markEvery == 0 {
			k.setMark()
		}
	}
}

// setMark remembers all tracks as they stand.
func (k *tracker) setMark() {
	marks := make([]mark, len(k.tracks))
	for i := range k.tracks {
		marks[i] = k.tracks[i].mark()
	}
	k.marks = append(k.marks, marks)
}

// rewind forgets what was derived from the frames that are not among the first kept, and from some of
// those: the tracks return to the latest mark before.
func (k *tracker) rewind(kept int) {
	for ; k.counted > kept; k.counted-- {
		if b := k.bucket[k.counted-1]; b != none {
			k.jitter[b]--
		}
	}
	k.bucket = k.bucket[:k.counted]
	if k.taken <= kept {
		return
	}
	n := kept / markEvery
	if n == 0 {
		k.restart(k.factor)
		return
	}
	k.marks, k.taken = k.marks[:n], n*markEvery
	for i := range k.tracks {
		k.tracks[i].restore(k.marks[n-1][i])
	}
}

// count measures how far frame i differs from the one before, over all lanes in units of their
// noise, and returns the bucket. A lane counts for at most 4, so that hands on a few lanes do not drown
// the many.
func (k *tracker) count(frames []frame, i int) int8 {
	if i == 0 || frames[i].at-frames[i-1].at > fastGap {
		return none
	}
	sum, n := 0.0, 0
	for j, x := range frames[i].mass {
		d := math.Abs(x-frames[i-1].mass[j]) / math.Hypot(k.lanes[j].noise, quantum)
		if !math.IsNaN(d) {
			sum += min(d, 4)
			n++
		}
	}
	if n == 0 {
		return none
	}
	if sum == 0 {
		k.jitter[0]++
		return 0
	}
	// The mean of |x-y| of two normal samples is 2/√π sd.
	ratio := sum / float64(n) * math.Sqrt(math.Pi) / 2
	bucket := int(math.Round(math.Log(ratio)/math.Log(noiseGrid))) + len(k.jitter)/2
	bucket = min(max(bucket, 0), len(k.jitter)-1)
	k.jitter[bucket]++
	return int8(bucket) //nolint:gosec // below 32
}

// ratio returns how much the lanes jitter in this session against what is known of them, the median
// over the fast frames; 1 until there are six.
func (k *tracker) ratio() float64 {
	total := 0
	for _, n := range k.jitter {
		total += n
	}
	if total < 6 {
		return 1
	}
	seen, bucket := 0, 0
	for seen*2 <= total {
		seen += k.jitter[bucket]
		bucket++
	}
	return math.Pow(noiseGrid, float64(bucket-1-len(k.jitter)/2))
}

// The chances of a run of one value at which a lane is taken to be stuck, and at which a verdict
// waits for more readings.
const (
	surelyStuck = 1e-8
	maybeStuck  = 1e-4
)

// stuck returns which lanes repeat one value while the others jitter; every lane, if all of them
// have repeated theirs since before the opening, as none does whose noise is known.
func (k *tracker) stuck(opened larder.Millis, chance float64) []bool {
	quiet, dead := min(1, k.ratio()), len(k.lanes) > 1
	out := make([]bool, len(k.lanes))
	for i, l := range k.lanes {
		t := &k.tracks[i]
		out[i] = l.learnt && t.stuck(l.noise*quiet, chance)
		dead = dead && l.learnt && t.stuck(l.noise, chance) && t.runFrom <= opened
	}
	for i := range out {
		out[i] = out[i] || dead
	}
	return out
}
