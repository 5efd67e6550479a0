package joint

import "math"

// How usual it is what makes a lane lighter, as natural logarithms of shares.
var (
	lnSeat    = math.Log(0.2)
	lnTake    = math.Log(0.7)
	lnStill   = math.Log(0.93) // of lanes that nobody touches in a session
	lnTouched = math.Log(0.07)
	lnLift    = math.Log(0.2)
	lnUnplace = math.Log(0.1)
	lnMix     = math.Log(0.1)             // a thing of another's and own pieces leave in one step
	lnOdd     = math.Log(0.00002 / 2_000) // a loss that fits nothing, per gram
	lnGrab    = [...]float64{0, math.Log(0.80), math.Log(0.14), math.Log(0.04), math.Log(0.015), math.Log(0.003), math.Log(0.002)}
	lnMany    = math.Log(0.6)  // of n pieces in a whole session: 1/n²
	lnLedger  = math.Log(0.03) // that the ledger is one piece short
	lnBeyond  = math.Log(0.001)
)

// handTime is how long a hand rests on a lane, in milliseconds.
const handTime = 6_000

// mostPieces is how many pieces a whole session takes from one lane.
const mostPieces = 24

// lose tries what makes the lane of the step at hand lighter.
func (x *Search) lose() {
	s, v := x.step, x.step.shaken()
	x.seat(v)
	x.try(lnOdd, Move{Act: Odd, From: nobody}, nil)
	plain := x.take(s.Loss, v)
	for k := range int(x.of.count) {
		if p := x.of.parcels[k]; int(p.in) == s.Lane {
			x.lift(k, p, v)
		}
	}
	if !plain && !x.Alone {
		for k := range int(x.of.count) {
			if p := x.of.parcels[k]; p.in == outside && int(p.home) != s.Lane && p.n == 1 {
				x.handover(k, p, v)
			}
		}
	}
}

// seat tries that nothing moved but the load itself.
func (x *Search) seat(v float64) {
	score := lnSeat
	if x.step.Net {
		score = lnStill
	}
	x.try(score+math.Log(seated(x.step.Loss, v)), Move{Act: Seat, From: nobody}, nil)
}

// grab returns how usual it is that n pieces leave the lane in the step at hand, and whether the lane
// can have held them.
func (x *Search) grab(n int) float64 {
	score := math.Inf(-1)
	switch {
	case n < 1:
	case x.step.Net:
		score = lnMany - 2*math.Log(float64(n))
	case n < len(lnGrab):
		score = lnGrab[n]
	}
	switch over := x.of.left(x.step.Lane) + n - x.lanes[x.step.Lane].Stock; {
	case over == 1:
		score += lnLedger
	case over > 1:
		score += lnBeyond
	}
	return score
}

// counts returns the range of counts worth trying for a mass.
func (x *Search) counts(mass float64) (low, high int) {
	l := x.lanes[x.step.Lane]
	if l.Unit <= 0 || mass <= 0 {
		return 1, 0
	}
	most := len(lnGrab) - 1
	if x.step.Net {
		most = mostPieces
	}
	near := int(math.Round(min(mass/l.Unit, float64(most))))
	return max(1, near-1), min(most, near+1)
}

// take tries that own pieces left; it reports whether a count fits.
func (x *Search) take(mass, v float64) bool {
	l, fits, touched := x.lanes[x.step.Lane], false, lnTake
	if x.step.Net {
		touched = lnTouched
	}
	low, high := x.counts(mass)
	for n := low; n <= high; n++ {
		fits = fits || l.fits(mass, v, n)
		score := touched + x.grab(n) + math.Log(l.pieces(mass, v, n))
		x.try(score, Move{Act: Take, N: n, From: x.step.Lane}, func(s *state) bool { return s.add(x.own(n, mass, v)) })
	}
	return fits
}

// own is a parcel of n pieces of the step's lane that is outside now.
func (x *Search) own(n int, mass, v float64) parcel {
	return parcel{home: int32(x.step.Lane), in: outside, n: int32(n), at: x.step.At, mass: mass, v: v} //nolint:gosec // small
}

// lift tries that what was put into the lane earlier leaves it, alone or with own pieces.
func (x *Search) lift(k int, p parcel, v float64) {
	s := x.step
	act, prior, share := Unplace, lnUnplace, sameLane
	if p.home == nobody {
		act, prior = Lift, lnLift
		if s.At-p.at < handTime {
			share = handShare
		}
	}
	w := share * p.mass
	v += p.v + w*w
	away := func(st *state) {
		gone := st.drop(k, int(p.n))
		if gone.home != nobody {
			gone.in, gone.at = outside, s.At
			st.add(gone)
		}
	}
	x.try(prior+math.Log(seated(s.Loss-p.mass, v)), Move{Act: act, N: int(p.n), From: int(p.home)},
		func(st *state) bool { away(st); return true })
	rest := s.Loss - p.mass
	low, high := x.counts(rest)
	for n := low; n <= high; n++ {
		score := lnMix + x.grab(n) + math.Log(x.lanes[s.Lane].pieces(rest, v, n))
		x.try(score, Move{Act: act, N: int(p.n), From: int(p.home), Own: n},
			func(st *state) bool { away(st); return st.add(x.own(n, rest, v)) })
	}
}

var lnHandover = math.Log(0.0003)

// handover tries that own pieces left while a piece of another lane came.
func (x *Search) handover(k int, p parcel, v float64) {
	s := x.step
	mass := s.Loss + p.mass
	w := otherLane * p.mass
	v += p.v + w*w
	low, high := x.counts(mass)
	for n := low; n <= high; n++ {
		score := lnHandover + x.grab(n) + math.Log(x.lanes[s.Lane].pieces(mass, v, n))
		x.try(score, Move{Act: Handover, N: 1, From: int(p.home), Own: n}, func(st *state) bool {
			put := st.drop(k, 1)
			put.in, put.at = int32(s.Lane), s.At //nolint:gosec // a lane
			return st.add(put) && st.add(x.own(n, mass, v))
		})
	}
}
