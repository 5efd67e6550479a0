package weigh

import (
	"fmt"
	"math"
	"slices"

	"larder"
	"larder/internal/core/weigh/joint"
)

// Recognizer follows one session of one door, from the idle readings before the opening to the
// verdict. It is not safe for concurrent use. Everything it answers follows from what it was told
// until then.
type Recognizer struct {
	policy   Policy
	lanes    []lane
	timeline timeline
	tracker  *tracker
	mates    []joint.Lane // the lanes, as the joint explanation knows them
	search   joint.Search
	walk     float64 // grams that lanes drift in this session, beyond the usual
	begun    int64   // when the door opened

	opened, closed, bound door
	asked                 door          // when Decide was first asked without a sign of a close
	full                  bool          // readings were refused
	due                   larder.Millis // before this Decide does not look again
	dueFor                larder.Millis // the close that due was reckoned from
	looked                look          // what a verdict was last tried on
	settled               bool          // at the latest look every lane was at rest after the close
	verdict               *Verdict      // once decided
	told                  *outcome      // what the verdict follows from
}

// door is a moment at the door: on the cabinet's clock and on the platform's.
type door struct {
	at, arrived larder.Millis
	known       bool
}

// New returns a recognizer for a session in front of lanes, 0 to [MaxLanes]; the error names the
// lane and what is wrong with it.
func New(lanes []Lane, policy Policy) (*Recognizer, error) {
	if len(lanes) > MaxLanes {
		return nil, fmt.Errorf("%d lanes, at most %d", len(lanes), MaxLanes)
	}
	if err := policy.check(); err != nil {
		return nil, err
	}
	r := &Recognizer{policy: policy, lanes: make([]lane, len(lanes)), timeline: timeline{width: len(lanes)}}
	for i, in := range lanes {
		l, err := readLane(in)
		if err != nil {
			return nil, fmt.Errorf("lane %d: %w", i, err)
		}
		r.lanes[i] = l
		r.mates = append(r.mates, joint.Lane{Unit: l.unit, SD: l.unitSD, MeanSD: l.meanSD(), Stock: l.stock, Shelf: l.shelf})
	}
	r.search = joint.Search{Alone: policy.Without.Lanes, Still: policy.Without.Hands}
	r.tracker = newTracker(r.lanes)
	r.tracker.usual = policy.Without.Noise
	return r, nil
}

// Feed takes one reading, in whatever order they arrive; it keeps no reference to it. Repetitions
// and late readings are welcome. An error names the reading and changes nothing, except that after
// [ErrFull] the verdict is a review.
//
// A decided session takes no more readings: what it was decided by stays as it was.
func (r *Recognizer) Feed(in Reading) error {
	if r.verdict != nil {
		return nil
	}
	err := r.timeline.add(in)
	if err != nil && len(in.Mass) == len(r.lanes) && len(r.timeline.frames) > 0 &&
		(len(r.timeline.frames) >= MaxReadings || (len(r.timeline.frames)+1)*len(r.lanes) > maxCells) {
		r.full = true
	}
	return err
}

// Opened tells when the door opened, on the cabinet's and the platform's clock. The earliest of
// several counts. A session whose opening never arrives begins with its first fast frame.
func (r *Recognizer) Opened(at, arrived larder.Millis) {
	r.opened.note(at, arrived)
}

// Closed tells when the door closed; the earliest of several counts. Ask [Recognizer.Decide]
// afterwards.
func (r *Recognizer) Closed(at, arrived larder.Millis) {
	r.closed.note(at, arrived)
}

// Bounded tells when the next shopper opened the door: later readings are no evidence of this
// session, and none of its own will come (EX9).
func (r *Recognizer) Bounded(at, arrived larder.Millis) {
	r.bound.note(at, arrived)
	if r.bound.known {
		r.timeline.cut(r.bound.at)
	}
}

func (d *door) note(at, arrived larder.Millis) {
	if checkMoments(at, arrived) != nil {
		return
	}
	if !d.known || at < d.at {
		d.at = at
	}
	if !d.known || arrived < d.arrived {
		d.arrived = arrived
	}
	d.known = true
}

// Basket returns what seems to be out of the cabinet now, in order of lanes: an estimate to show
// while the door is open, in which hands and ringing do not flicker. It is never nil.
func (r *Recognizer) Basket() []Line {
	r.tracker.follow(&r.timeline)
	opened, ok := r.opening()
	if !ok {
		return []Line{}
	}
	counts := r.weigh(opened, func(i int) (estimate, bool) {
		return r.tracker.tracks[i].live(r.timeline.frames, i), true
	})
	return r.lines(r.explain(counts, false, 0))
}

// opening returns when the door opened, as far as that is known.
func (r *Recognizer) opening() (larder.Millis, bool) {
	if r.opened.known {
		return r.opened.at, true
	}
	if r.timeline.fast {
		return r.timeline.frames[r.timeline.firstFast].at, true
	}
	return r.closed.at, r.closed.known
}

// weigh compares all lanes with their levels at the opening. after gives a lane's level now and
// whether it has settled; an unsettled lane is blind.
func (r *Recognizer) weigh(opened larder.Millis, after func(lane int) (estimate, bool)) []count {
	frames, n := r.timeline.frames, len(r.lanes)
	before, now := make([]estimate, n), make([]estimate, n)
	for i := range r.lanes {
		before[i] = r.tracker.tracks[i].before(frames, i, opened)
		e, settled := after(i)
		if !settled {
			e = unknown
		}
		now[i] = e
	}
	shakes := shake(r.lanes, before, now)
	span := 0.0
	if len(frames) > 0 {
		span = math.Abs(float64(frames[len(frames)-1].at - opened))
	}
	counts := make([]count, n)
	if r.walk = 0; !r.policy.Without.Drift {
		r.walk = r.wander(before, now, shakes)
	}
	for i, l := range r.lanes {
		counts[i] = l.compare(before[i], now[i], r.tracker.tracks[i].sq, math.Hypot(shakes[i], r.walk/crosstalk), min(span, 600_000), r.policy)
		if counts[i].class == blind && l.stock == 0 && !l.sells() && !before[i].known() {
			counts[i].class = kept // no product and no scale: not a lane in use
		}
	}
	r.begun = int64(opened)
	return counts
}

// wander returns how much farther, in grams (1 sd), lanes have drifted in this session than a quiet
// cabinet does: most lanes are not touched, and so the median of all changes tells.
func (r *Recognizer) wander(before, after []estimate, shakes []float64) float64 {
	var room [64]float64
	moved := room[:0]
	for i := range r.lanes {
		if !before[i].known() || !after[i].known() || len(moved) == len(room) {
			continue
		}
		sq := r.tracker.tracks[i].sq
		noise := sq * sq * (1/float64(min(before[i].n, windowMax)) + 1/float64(min(after[i].n, windowMax)))
		d, c := before[i].mass-after[i].mass, crosstalk*shakes[i]
		moved = append(moved, d*d/(noise+c*c+quietSD*quietSD))
	}
	if len(moved) < wanderLanes {
		return 0
	}
	slices.Sort(moved)
	ratio := moved[len(moved)/2] / 0.455 // the median of a squared normal deviation
	if ratio <= 1 {
		return 0
	}
	return quietSD * math.Sqrt(min(ratio-1, wanderMost))
}

// Constants of the drift of one session.
const (
	quietSD     = 1.0 // grams that an untouched lane drifts from before the opening to after the close
	wanderLanes = 6   // fewer lanes tell nothing
	wanderMost  = 15  // a drift of 4 g is not believed to be one
)

// shake returns, per lane, the largest change of another lane of its shelf, in grams.
func shake(lanes []lane, before, after []estimate) []float64 {
	type top struct {
		first, second float64
		lane          int
	}
	shelves := make(map[int]top)
	for i, l := range lanes {
		d := math.Abs(before[i].mass - after[i].mass)
		if math.IsNaN(d) {
			continue
		}
		t, ok := shelves[l.shelf]
		switch {
		case !ok || d > t.first:
			t = top{first: d, second: t.first, lane: i}
		case d > t.second:
			t.second = d
		}
		shelves[l.shelf] = t
	}
	out := make([]float64, len(lanes))
	for i, l := range lanes {
		t, ok := shelves[l.shelf]
		if ok && t.lane == i {
			out[i] = t.second
		} else if ok {
			out[i] = t.first
		}
	}
	return out
}

// lines returns what left the cabinet, at most stock+1 a lane.
func (r *Recognizer) lines(o *outcome) []Line {
	lines := []Line{}
	for i, n := range o.out {
		if n := min(n, r.lanes[i].stock+1-o.moved[i]); n > 0 {
			lines = append(lines, Line{Lane: i, Count: n})
		}
	}
	return lines
}
