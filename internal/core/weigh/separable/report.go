package separable

import (
	"fmt"

	"larder"
)

// Fit says whether a product may be sold from a weight lane.
type Fit string

// The fits.
const (
	Fits      Fit = "fits"       // every count up to the stock is reliable
	Limited   Fit = "limited"    // it may, but only counts up to ReliableTo are reliable
	Unfit     Fit = "unfit"      // too light for this scale, or not even one piece is counted reliably
	NoProduct Fit = "no_product" // nothing is sold there
)

// shownCounts is how many counts are reported of a lane whose stock is not known: one hand takes up
// to six pieces.
const shownCounts = 6

// mostShown bounds the list of confusions of a lane.
const mostShown = 12

// LaneReport is what can be told apart in one lane.
type LaneReport struct {
	Lane      Name        `json:"lane"`
	Fit       Fit         `json:"fit"`
	UnitMass  larder.Gram `json:"unit_mass_g"`    // NoMass where nothing is sold
	UnitSD    larder.Gram `json:"unit_mass_sd_g"` // of pieces, as given or assumed
	Noise     larder.Gram `json:"noise_g"`        // of a frame, as given or assumed
	NetSD     larder.Gram `json:"net_sd_g"`       // of the loss of a lane from which nothing was taken
	LeastMass larder.Gram `json:"least_mass_g"`   // the lightest piece that belongs into this lane
	// Confused holds, at n, the probability that n and n+1 pieces are confused, from nothing and one on.
	Confused []float64 `json:"confused"`
	// ReliableTo is up to which number of pieces every count is reliable, at most [MaxCount];
	// ReliableShifted the same for a batch that is off by [BatchShift].
	ReliableTo      int      `json:"reliable_to"`
	ReliableShifted int      `json:"reliable_to_if_shifted"`
	Assumed         []string `json:"assumed"` // keys that were not given, in whose stead a usual value was taken
}

// Report is what a cabinet's lanes can tell apart.
type Report struct {
	Lanes []LaneReport `json:"lanes"` // in the order given
	Pairs []Pair       `json:"pairs"` // what can be mistaken when moved, the likeliest first
}

// Sellable reports whether every lane that holds a product fits it at least in a limited way: what
// whoever publishes a planogram asks.
func (r Report) Sellable() bool {
	for _, l := range r.Lanes {
		if l.Fit == Unfit {
			return false
		}
	}
	return true
}

// Judge looks at every lane by itself and at all of them together. An error names the lane and the
// key that is wrong.
func Judge(lanes []Lane) (Report, error) {
	if len(lanes) > MaxLanes {
		return Report{}, fmt.Errorf("%d lanes, at most %d", len(lanes), MaxLanes)
	}
	r := Report{Lanes: make([]LaneReport, len(lanes))}
	known := make([]lane, len(lanes))
	for i, in := range lanes {
		l, err := in.ready()
		if err != nil {
			return Report{}, fmt.Errorf("%s: %w", place(i, in.Name), err)
		}
		known[i], r.Lanes[i] = l, l.report()
	}
	r.Pairs = pairs(known)
	return r, nil
}

func (l lane) report() LaneReport {
	out := LaneReport{
		Lane: l.Name, Fit: NoProduct, UnitMass: larder.NoMass, UnitSD: larder.NoMass, Noise: larder.Gram(l.noise),
		NetSD: larder.Gram(netSD(l.noise)), LeastMass: LeastMass(larder.Gram(l.noise)),
		Confused: []float64{}, Assumed: []string{},
	}
	if !l.sells() {
		return out
	}
	counts := shownCounts
	if l.Stock != StockUnknown {
		counts = min(max(l.Stock, 1), mostShown)
	}
	for n := range counts {
		out.Confused = append(out.Confused, l.confused(n))
	}
	out.UnitMass, out.UnitSD = larder.Gram(l.unit), larder.Gram(l.sd)
	out.Assumed = append(out.Assumed, l.assumed...)
	out.ReliableTo, out.ReliableShifted = l.reliable(0), l.reliable(BatchShift)
	switch {
	case out.UnitMass < out.LeastMass || out.ReliableTo == 0:
		out.Fit = Unfit
	case out.ReliableTo < MaxCount && (l.Stock == StockUnknown && out.ReliableTo < shownCounts || l.Stock > out.ReliableTo):
		out.Fit = Limited
	default:
		out.Fit = Fits
	}
	return out
}
