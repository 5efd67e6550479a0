package run

import (
	"cmp"
	"math"
	"slices"

	"larder/internal/core/catalog"
	"larder/internal/core/session"
	"larder/internal/core/weigh"
)

// Bounds within which a lane counts as untouched while its door was not seen to open.
const (
	touchedGrams = 8.0  // a seat shift stays below
	touchedShare = 0.35 // of a light product's piece
	compared     = 3    // readings at each end
)

// ends keeps the first and the last readings of a stream by the cabinet's time, in whatever order they
// arrive, so that comparing them costs the same for any length of stream.
type ends struct {
	n           int // readings so far
	first, last [compared]weigh.Reading
}

// add takes one reading.
func (e *ends) add(r weigh.Reading) {
	if e.n < compared {
		e.first[e.n], e.last[e.n] = r, r
	}
	e.n++
	kept := min(e.n, compared)
	if e.n > compared {
		if inTime(r, e.first[compared-1]) < 0 {
			e.first[compared-1] = r
		}
		if inTime(r, e.last[0]) > 0 {
			e.last[0] = r
		}
	}
	slices.SortFunc(e.first[:kept], inTime)
	slices.SortFunc(e.last[:kept], inTime)
}

func inTime(a, b weigh.Reading) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Seq, b.Seq))
}

// change compares the first readings of the stream, taken before the lock moved, with the latest.
func (e *ends) change(slots []catalog.Slot) session.LaneChange {
	if e.n < 2*compared {
		return session.LanesUnknown
	}
	for i, s := range slots {
		bound := touchedGrams
		if unit := float64(s.Product.UnitMass); unit > 0 {
			bound = max(min(bound, touchedShare*unit), 2)
		}
		diff := math.Abs(middle(&e.first, i) - middle(&e.last, i))
		if !(diff <= bound) { // NaN is no proof of rest
			return session.LanesChanged
		}
	}
	return session.LanesUnchanged
}

// middle is the median of one lane.
func middle(rs *[compared]weigh.Reading, lane int) float64 {
	var at [compared]float64
	for i, r := range rs {
		at[i] = float64(r.Mass[lane])
	}
	slices.Sort(at[:])
	return at[compared/2]
}
