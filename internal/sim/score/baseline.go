package score

import (
	"cmp"
	"math"
	"slices"

	"larder"
	"larder/internal/core/weigh"
)

// What the baselines go by, in milliseconds from the close, and shares of a unit mass.
const (
	replacedAfter     = 500   // the reading that the replaced rule takes
	replacedTolerance = 0.4   // of a unit mass, up to
	replacedCeiling   = 100.0 // grams
	mediansFrom       = 900   // the medians leave the slam to ring out
	mediansTo         = 8_000 // and take what comes fast
	mediansBefore     = 3     // readings, the latest before the opening
	patience          = 98_000
)

// Replaced is the rule that Larder replaces: for each lane the last reading before the opening less the
// one half a second after the close, over the unit mass, rounded. A loss that is further from whole
// pieces than 40 % of one, or than a ceiling, goes to a person; so does a session with an event of
// the door or a reading missing. It knows no gains.
func Replaced(rec *weigh.Recording) (Verdict, error) {
	readings, opened, closed, ok := ordered(rec)
	before := slices.IndexFunc(readings, func(r weigh.Reading) bool { return r.At >= opened.At }) - 1
	after := slices.IndexFunc(readings, func(r weigh.Reading) bool { return r.At >= closed.At+replacedAfter })
	if !ok || before < 0 || after < 0 {
		return undecided(rec), nil
	}
	v := Verdict{Counts: make([]int, len(rec.Lanes)), Decided: readings[after].Arrived}
	for i, l := range rec.Lanes {
		unit := float64(l.UnitMass)
		n, rest := pieces(float64(readings[before].Mass[i]-readings[after].Mass[i]), unit)
		v.Counts[i] = n
		if rest > min(replacedTolerance*unit, replacedCeiling) || math.IsNaN(rest) {
			v.Kind = weigh.Review
		}
	}
	return v.named(), nil
}

// Medians is the obvious remedy: the median of the latest readings before the opening less that of the
// fast ones after the close, rounded. It charges always, unless it has nothing to go by.
func Medians(rec *weigh.Recording) (Verdict, error) {
	readings, opened, closed, ok := ordered(rec)
	if !ok {
		return undecided(rec), nil
	}
	var before, after []weigh.Reading
	v := Verdict{Counts: make([]int, len(rec.Lanes))}
	for _, r := range readings {
		switch {
		case r.At < opened.At:
			before = append(before, r)
		case r.At >= closed.At+mediansFrom && r.At <= closed.At+mediansTo:
			after = append(after, r)
			v.Decided = max(v.Decided, r.Arrived)
		}
	}
	if len(before) == 0 || len(after) == 0 {
		return undecided(rec), nil
	}
	before = before[max(0, len(before)-mediansBefore):]
	for i, l := range rec.Lanes {
		v.Counts[i], _ = pieces(median(before, i)-median(after, i), float64(l.UnitMass))
	}
	return v.named(), nil
}

// ordered returns a session's readings by the cabinet's clock, each once, and its door's events.
func ordered(rec *weigh.Recording) (readings []weigh.Reading, opened, closed weigh.DoorNote, ok bool) {
	readings = slices.Clone(rec.Readings)
	slices.SortStableFunc(readings, func(a, b weigh.Reading) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Seq, b.Seq)) })
	readings = slices.CompactFunc(readings, func(a, b weigh.Reading) bool { return a.Seq == b.Seq && a.At == b.At })
	seen := 0
	for _, note := range rec.Doors {
		switch note.Kind {
		case weigh.NoteOpened:
			opened = note
			seen |= 1
		case weigh.NoteClosed:
			closed = note
			seen |= 2
		case weigh.NoteBounded:
		}
	}
	return readings, opened, closed, seen == 3
}

// pieces rounds a loss to whole pieces, none for a gain, and returns what they leave.
func pieces(loss, unit float64) (n int, rest float64) {
	if !(unit > 0) || !(loss > 0) {
		return 0, 0
	}
	whole := min(math.Round(loss/unit), 10_000)
	return int(whole), math.Abs(loss - whole*unit)
}

func median(readings []weigh.Reading, lane int) float64 {
	masses := make([]float64, len(readings))
	for i, r := range readings {
		masses[i] = float64(r.Mass[lane])
	}
	slices.Sort(masses)
	k := len(masses) / 2
	if len(masses)%2 == 0 {
		return (masses[k-1] + masses[k]) / 2
	}
	return masses[k]
}

// undecided is a review that nobody could make a suggestion for.
func undecided(rec *weigh.Recording) Verdict {
	decided := larder.Millis(0)
	for _, r := range rec.Readings {
		decided = max(decided, r.Arrived)
	}
	for _, note := range rec.Doors {
		if note.Kind == weigh.NoteClosed {
			decided = note.Arrived + patience
		}
	}
	return Verdict{Kind: weigh.Review, Counts: make([]int, len(rec.Lanes)), Decided: decided}
}

// named says what a verdict without a review is.
func (v Verdict) named() Verdict {
	switch {
	case v.Kind == weigh.Review:
	case slices.ContainsFunc(v.Counts, func(n int) bool { return n > 0 }):
		v.Kind = weigh.Charge
	default:
		v.Kind = weigh.NoCharge
	}
	if v.Kind != weigh.Review {
		v.Confidence = 1
	}
	return v
}
