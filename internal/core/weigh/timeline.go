package weigh

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"larder"
)

// fastGap separates the fast frames of an open door (every 300 ms, with losses) from idle readings
// (every 90 s): a frame with a neighbor closer than this is a fast one.
const fastGap = 2_000 // ms

// ErrFull says that a session has more readings than [MaxReadings] or too many for its lanes.
var ErrFull = errors.New("too many readings")

// frame is one cleaned reading; mass holds NaN where there is no weight.
type frame struct {
	seq     uint64
	at      larder.Millis
	arrived larder.Millis
	mass    []float64
}

func (f frame) compare(g frame) int {
	return cmp.Or(cmp.Compare(f.at, g.at), cmp.Compare(f.seq, g.seq))
}

// weighs reports whether any lane gave a weight; a frame in which none did is as good as lost.
func (f frame) weighs() bool {
	return slices.ContainsFunc(f.mass, func(x float64) bool { return !math.IsNaN(x) })
}

// timeline keeps frames in order of the cabinet's time, each once, whatever order they arrived in.
type timeline struct {
	width   int // lanes
	frames  []frame
	arena   []float64     // the free end of the block that the next masses are cut from
	ordered int           // how many frames at the front are known to be in order and unique
	newest  larder.Millis // the latest arrival
	limit   larder.Millis // frames from here on belong to the next session, if bounded
	bounded bool
	cuts    int // how often frames were taken away

	fast                bool // there are fast frames: such with a close neighbor in time
	firstFast, lastFast int  // their positions
	searched            int  // how many frames are known to be fast or not
}

// add cleans and keeps one reading.
func (t *timeline) add(in Reading) error {
	if len(in.Mass) != t.width {
		return fmt.Errorf("reading %d has %d weights, the cabinet has %d lanes", in.Seq, len(in.Mass), t.width)
	}
	if err := checkMoments(in.At, in.Arrived); err != nil {
		return fmt.Errorf("reading %d: %w", in.Seq, err)
	}
	t.newest = max(t.newest, in.Arrived)
	if t.bounded && in.At >= t.limit {
		return nil
	}
	if len(t.frames) >= MaxReadings || (len(t.frames)+1)*t.width > maxCells {
		return fmt.Errorf("reading %d: %w: %d are kept", in.Seq, ErrFull, len(t.frames))
	}
	f := frame{seq: in.Seq, at: in.At, arrived: in.Arrived}
	if n := len(t.frames); n > 0 && t.ordered == n {
		switch c := t.frames[n-1].compare(f); {
		case c == 0:
			return nil
		case c < 0:
			t.ordered++
		}
	} else if n == 0 {
		t.ordered = 1
	}
	f.mass = t.clean(in.Mass)
	t.frames = append(t.frames, f)
	return nil
}

// clean copies masses, with NaN in place of what is no weight: not finite, heavier than anything a
// lane carries, or zeros all over the cabinet (a dead converter bus; a single zero may be true).
func (t *timeline) clean(mass []larder.Gram) []float64 {
	if len(t.arena) < t.width {
		t.arena = make([]float64, t.width*32)
	}
	out := t.arena[:t.width:t.width]
	t.arena = t.arena[t.width:]
	zeros := 0
	for i, g := range mass {
		out[i] = float64(g)
		if g == 0 {
			zeros++
		}
		if !g.Known() || math.Abs(out[i]) > maxMass {
			out[i] = math.NaN()
		}
	}
	if t.width >= 4 && zeros*10 >= t.width*8 {
		for i := range out {
			out[i] = math.NaN()
		}
	}
	return out
}

// order puts late frames where they belong and drops repetitions. It returns how many frames at the
// front have not moved since the last call, so that what was derived from them still holds.
func (t *timeline) order() int {
	kept := t.ordered
	if kept == len(t.frames) {
		t.findFast(kept)
		return kept
	}
	first := t.frames[kept]
	for _, f := range t.frames[kept+1:] {
		if f.compare(first) < 0 {
			first = f
		}
	}
	kept, _ = slices.BinarySearchFunc(t.frames[:kept], first, frame.compare)
	slices.SortStableFunc(t.frames[kept:], frame.compare)
	t.frames = slices.CompactFunc(t.frames, func(a, b frame) bool { return a.compare(b) == 0 })
	t.ordered = len(t.frames)
	t.findFast(kept)
	return kept
}

// cut drops the frames from limit on, now and later.
func (t *timeline) cut(limit larder.Millis) {
	t.limit, t.bounded = limit, true
	t.cuts++
	t.order()
	n, _ := slices.BinarySearchFunc(t.frames, limit, func(f frame, m larder.Millis) int { return cmp.Compare(f.at, m) })
	t.frames, t.ordered = t.frames[:n], n
	t.findFast(0)
}

// findFast brings what is known of fast frames up to the end, given how many frames have not moved.
func (t *timeline) findFast(kept int) {
	if kept < t.searched {
		t.searched, t.fast = 0, false
	}
	for t.searched = max(t.searched, 1); t.searched < len(t.frames); t.searched++ {
		i := t.searched
		if t.frames[i].at-t.frames[i-1].at > fastGap {
			continue
		}
		if !t.fast {
			t.fast, t.firstFast = true, i-1
		}
		t.lastFast = i
	}
}
