package study

import (
	"encoding/json"
	"math"
	"slices"

	"larder"
	"larder/internal/core/weigh"
)

// Session is a judged session, taken apart. Moments are seconds of the cabinet's clock from the opening.
type Session struct {
	ID      string // for people: without quotes
	Rules   string // "" where nobody said
	Policy  string // likewise
	Lanes   []Lane
	Verdict weigh.Verdict
	Charged larder.Fen // 0 unless the verdict charges
	Closed  float64    // NaN where no close is known
	Decided float64    // the platform's clock, put onto the cabinet's by the quickest reading; NaN where nothing was decided
	Bounded float64    // when the next customer opened the door; NaN where nobody did
	Stories []Story    // what may have happened, the likeliest first; none where the recognizer does not say
	Waited  []Wait     // what the verdict waited for
	Told    [2]bool    // whether the opening and the close were told, rather than read from the readings' cadence
}

// Lane is one lane of it.
type Lane struct {
	Name     string // for people: without quotes
	Shelf    int
	Unit     larder.Gram // NoMass where no product is known
	Price    larder.Fen
	Points   []Point // in order of time; without what is no weight
	Levels   []Level // in order of time
	Steps    []Step  // likewise
	Evidence weigh.LaneEvidence
}

// Point is one reading.
type Point struct {
	At   float64 // seconds
	Mass float64 // grams
}

// Level is a stretch in which the lane was at rest.
type Level struct {
	From, To float64 // seconds
	Mass     float64 // grams
}

// Step is a change from one level to the next.
type Step struct {
	From, To float64 // seconds: the end of one level and the beginning of the next
	Grams    float64 // what was put on; negative for what was taken off
	Pieces   int     // how many pieces that is, with the same sign; 0 where it fits no number of them
}

// heaviest is what a lane can carry, in grams; more is what a converter says that has nothing to say.
const heaviest = 32_000

// Steps are shown from so many grams on; what was taken off from this share of a piece, while what was put on
// need not be a piece of the lane's own.
const (
	leastStep  = 6
	leastShare = 0.15
)

// fastGap is the most between two readings of an open door, in milliseconds.
const fastGap = 2_000

// fits is how far, as a share of a piece and in grams, a step may be from a number of pieces.
const (
	fitsShare = 0.12
	fitsGrams = 4
)

// Of takes a session apart: what the recognizer was told, its verdict, and the recognizer itself.
func Of(r *weigh.Recording, v weigh.Verdict, rec *weigh.Recognizer) Session {
	opened := opening(r, rec)
	c := clock{opened: opened, delay: quickest(r)}
	s := Session{
		ID: Unquoted(r.ID), Rules: r.Rules, Policy: r.Policy, Verdict: v,
		Closed: math.NaN(), Decided: math.NaN(), Bounded: math.NaN(), Lanes: make([]Lane, len(r.Lanes)),
	}
	if closed, ok := rec.Closing(); ok {
		s.Closed = c.seconds(closed)
	}
	if v.Kind != "" {
		s.Decided = c.seconds(v.Decided - c.delay)
	}
	for _, n := range r.Doors {
		switch n.Kind {
		case weigh.NoteOpened, weigh.NoteClosed:
			s.Told[n.Kind] = true
		case weigh.NoteBounded:
			s.Bounded = c.seconds(n.At)
		}
	}
	for i := range r.Lanes {
		s.Lanes[i] = c.lane(r, i, rec.Levels(i))
		if i < len(v.Lanes) {
			s.Lanes[i].Evidence = v.Lanes[i]
		}
	}
	if e, ok := rec.Explain(); ok {
		s.tell(e, c)
	}
	if v.Kind == weigh.Charge {
		for _, l := range v.Lines {
			s.Charged += s.Lanes[l.Lane].Price * larder.Fen(l.Count)
		}
	}
	return s
}

// opening is where time begins: when the door opened, or where that is not known, the first fast reading
// or the first one.
func opening(r *weigh.Recording, rec *weigh.Recognizer) larder.Millis {
	if opened, ok := rec.Opening(); ok {
		return opened
	}
	for i := 1; i < len(r.Readings); i++ {
		if d := r.Readings[i].At - r.Readings[i-1].At; d > 0 && d <= fastGap {
			return r.Readings[i-1].At
		}
	}
	if len(r.Readings) > 0 {
		return r.Readings[0].At
	}
	return 0
}

// clock puts moments into a session's seconds.
type clock struct{ opened, delay larder.Millis }

func (c clock) seconds(at larder.Millis) float64 { return float64(at-c.opened) / 1000 }

// quickest is the least time from the cabinet's clock to the platform's.
func quickest(r *weigh.Recording) larder.Millis {
	if len(r.Readings) == 0 {
		return 0
	}
	least := r.Readings[0].Arrived - r.Readings[0].At
	for _, in := range r.Readings {
		least = min(least, in.Arrived-in.At)
	}
	return least
}

func (c clock) lane(r *weigh.Recording, i int, levels []weigh.Level) Lane {
	in := r.Lanes[i]
	l := Lane{Name: Unquoted(in.Name), Shelf: in.Shelf, Unit: in.UnitMass, Price: in.Price, Points: c.points(r, i)}
	if !(l.Unit > 0) {
		l.Unit = larder.NoMass
	}
	for _, v := range levels {
		l.Levels = append(l.Levels, Level{From: c.seconds(v.From), To: c.seconds(v.To), Mass: float64(v.Mass)})
	}
	l.findSteps()
	return l
}

// findSteps fills Steps from Levels.
func (l *Lane) findSteps() {
	l.Steps = nil
	for k := 1; k < len(l.Levels); k++ {
		if s, ok := l.step(l.Levels[k-1], l.Levels[k]); ok {
			l.Steps = append(l.Steps, s)
		}
	}
}

// points are a lane's weights in order of time, each once.
func (c clock) points(r *weigh.Recording, lane int) []Point {
	out := make([]Point, 0, len(r.Readings))
	for _, in := range r.Readings {
		x := float64(in.Mass[lane])
		if dead(in.Mass) || math.IsNaN(x) || math.Abs(x) > heaviest {
			continue
		}
		out = append(out, Point{At: c.seconds(in.At), Mass: x})
	}
	slices.SortStableFunc(out, func(a, b Point) int {
		switch {
		case a.At < b.At:
			return -1
		case a.At > b.At:
			return 1
		}
		return 0
	})
	return slices.Compact(out)
}

// dead reports whether a frame is that of a dead bus: zeros nearly all over the cabinet.
func dead(mass []larder.Gram) bool {
	zeros := 0
	for _, g := range mass {
		if g == 0 {
			zeros++
		}
	}
	return len(mass) >= 4 && zeros*10 >= len(mass)*8
}

// step is the change between two levels, if it is one to show.
func (l Lane) step(a, b Level) (Step, bool) {
	s := Step{From: a.To, To: b.From, Grams: b.Mass - a.Mass}
	unit := float64(l.Unit)
	least := float64(leastStep)
	if l.Unit.Known() {
		if s.Grams < 0 {
			least = max(least, leastShare*unit)
		}
		n := math.Round(s.Grams / unit)
		if math.Abs(s.Grams-n*unit) <= fitsShare*unit+fitsGrams && math.Abs(n) < 1_000 {
			s.Pieces = int(n)
		}
	}
	return s, math.Abs(s.Grams) >= least
}

// Active reports whether something happened on the lane.
func (l Lane) Active() bool {
	return len(l.Steps) > 0 || l.Evidence.Count != 0 || l.Evidence.Moved != 0
}

// Doubted reports whether nothing is seen to have happened on the lane, and still something was noted of it:
// a scale that never came to rest, or that is stuck.
func (l Lane) Doubted() bool { return !l.Active() && len(l.Evidence.Notes) > 0 }

// Unquoted is a JSON name for people.
func Unquoted(name string) string {
	var text string
	if json.Unmarshal([]byte(name), &text) == nil {
		return text
	}
	return name
}
