package joint

import "math"

// Constants of what steps weigh. docs/weighing.md section 3 has their sources.
const (
	seatTail     = 0.04  // of touches that seat a lane anew ...
	seatTailVar  = 30.0  // ... by 3 to 8 g
	batchTail    = 0.02  // of lanes that hold a batch whose pieces weigh otherwise ...
	batchCV      = 0.04  // ... by so much
	outlier      = 0.003 // of pieces that are 25 % lighter to 15 % heavier
	outlierLow   = 0.25
	outlierHigh  = 0.15
	sameLane     = 0.001 // an object weighed twice by one lane differs by this share (1 sd)
	otherLane    = 0.005 // and by two lanes
	strangeLane  = 0.015 // of lanes that are not calibrated ...
	strangeTail  = 0.08  // ... as some are, or that a hand or a neighbor disturbed ...
	strangeVar   = 25.0  // ... by some grams
	handShare    = 0.15  // the force of a hand when it leaves, against when it came
	crosstalk    = 0.003 // share of a neighbor's change that shows on a lane
	squareRoot2π = 2.5066282746310002
)

// normal is the density of a normal distribution at x with mean 0 and variance v.
func normal(x, v float64) float64 {
	return math.Exp(-x*x/(2*v)) / (squareRoot2π * math.Sqrt(v))
}

// seated is the density of x under noise of variance v and the seat's tail.
func seated(x, v float64) float64 {
	return (1-seatTail)*normal(x, v) + seatTail*normal(x, v+seatTailVar)
}

// moved is the density of the difference of an object of mass w, weighed by two lanes.
func moved(x, v, w float64) float64 {
	near, far := otherLane*w, strangeLane*w
	return (1-strangeTail)*seated(x, v+near*near) + strangeTail*normal(x, v+far*far+strangeVar)
}

// again is the density of the difference of an object of mass w, weighed twice by one lane.
func again(x, v, w float64) float64 {
	near := sameLane * w
	return seated(x, v+near*near)
}

// shaken returns the variance of a step, crosstalk included.
func (s Step) shaken() float64 {
	x := crosstalk * s.Shake
	return s.Var + x*x
}

// pieces is the density of a mass if it is n pieces of the lane, measured with variance v.
func (l Lane) pieces(mass, v float64, n int) float64 {
	x := float64(n)
	rest := mass - x*l.Unit
	spread := x*l.SD*l.SD + x*x*l.MeanSD*l.MeanSD
	shift := batchCV * x * l.Unit
	d := (1-batchTail-outlier*x)*seated(rest, v+spread) + batchTail*normal(rest, v+spread+shift*shift)
	if rest > -outlierLow*l.Unit && rest < outlierHigh*l.Unit {
		d += outlier * x / ((outlierLow + outlierHigh) * l.Unit)
	}
	return d
}

// fits reports whether a mass may be n pieces: within 3 standard deviations, batches aside.
func (l Lane) fits(mass, v float64, n int) bool {
	x := float64(n)
	rest := mass - x*l.Unit
	return rest*rest <= 9*(v+x*l.SD*l.SD+x*x*l.MeanSD*l.MeanSD)
}
