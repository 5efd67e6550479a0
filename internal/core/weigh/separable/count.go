package separable

import (
	"math"

	"larder"
)

const (
	// leastSDs is how many standard deviations of a loss a piece has to weigh before a lane without a
	// step can be believed to have lost nothing.
	leastSDs = 14
	// settleVar is what the seat adds to the variance of a loss, its odd ones included, in g².
	settleVar = 1.5
	// MostMiscounts is how often a reliable count may be wrong: three standard deviations, both sides.
	MostMiscounts = 0.0027
	// BatchShift is by what a new batch may be off, as a share of the unit mass (1 sd of those that are).
	BatchShift = 0.04
	// MaxCount is up to where counts are looked at.
	MaxCount = 99
)

// netSD is the standard deviation of the loss of a lane from which nothing was taken, in grams.
func netSD(noise float64) float64 {
	return math.Sqrt(2*float64(noise*noise)/levelFrames + settleVar)
}

// LeastMass returns the lightest piece that belongs into a weight lane of this noise (of a frame, 1
// sd): 14 standard deviations of a loss. That is 20 g at 2 g of noise and 33 g at 5 g. An unknown
// noise counts as 1 g.
func LeastMass(noise larder.Gram) larder.Gram {
	if !noise.Known() || noise < 0 {
		noise = usualSD
	}
	return larder.Gram(leastSDs * netSD(float64(noise)))
}

// Confused returns the probability that n pieces are taken for n+1 or n+1 for n, where one is as
// likely as the other; n below 0 counts as 0. It is 0 for a lane without a product and for one that
// [Judge] refuses.
func (in Lane) Confused(n int) float64 {
	l, err := in.ready()
	if err != nil || !l.sells() {
		return 0
	}
	return l.confused(max(n, 0))
}

func (l lane) confused(n int) float64 { return (l.over(n, 0) + l.under(n+1, 0)) / 2 }

// Miscount returns the probability that n pieces are counted as another number, when the batch is off
// by the share shift of the unit mass on top of what is not known of it.
func (in Lane) Miscount(n int, shift float64) float64 {
	l, err := in.ready()
	if err != nil || !l.sells() {
		return 0
	}
	return l.miscount(max(n, 0), shift)
}

func (l lane) miscount(n int, shift float64) float64 {
	bias := shift * l.unit
	return min(l.over(n, bias)+l.under(n, bias), 1)
}

// reliable returns up to which number of pieces every count is right but for [MostMiscounts]; 0 if
// not even one piece, or none, is.
func (l lane) reliable(shift float64) int {
	if l.miscount(0, 0) > MostMiscounts {
		return 0
	}
	n := 0
	for n < MaxCount && l.miscount(n+1, shift) <= MostMiscounts && l.miscount(n+1, -shift) <= MostMiscounts {
		n++
	}
	return n
}
