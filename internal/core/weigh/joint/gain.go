package joint

import "math"

// How usual it is what makes a lane heavier, as natural logarithms of shares.
var (
	lnReturn   = math.Log(0.1)
	lnReturn2  = math.Log(0.1)              // of returns, more than one piece at once
	lnMisplace = math.Log(0.12 / 19)        // into one lane of many
	lnPlace2   = math.Log(0.01 / 19)        // two at once
	lnForeign  = math.Log(0.015 / 19 / 700) // per gram
	lnLess     = math.Log(0.05)             // of returns, over the mass of the piece
	lnWedge    = math.Log(0.005 / 20 / 150) // per gram
	lnAtDoor   = math.Log(0.1)              // that a hand put something down at the very moment of the close
)

// wedgeMost is what a door presses on a load with, in grams.
const wedgeMost = 300

// mostBack is how many pieces come back in one step.
const mostBack = 6

// gain tries what makes the lane of the step at hand heavier.
func (x *Search) gain() {
	s, v, mass := x.step, x.step.shaken(), -x.step.Loss
	x.seat(v)
	door := 0.0
	if s.Door {
		door = lnAtDoor
	}
	x.try(door+lnForeign, Move{Act: Foreign, N: 1, From: nobody}, func(st *state) bool {
		return st.add(parcel{home: nobody, in: int32(s.Lane), n: 1, at: s.At, mass: mass, v: v}) //nolint:gosec // a lane
	})
	if s.Door && mass < wedgeMost {
		x.try(lnWedge, Move{Act: Wedge, From: nobody}, nil)
	}
	for k := range int(x.of.count) {
		p := x.of.parcels[k]
		if p.in != outside || x.Alone && int(p.home) != s.Lane {
			continue
		}
		x.back(k, p, mass, v, door)
		for j := k + 1; j < int(x.of.count); j++ {
			if q := x.of.parcels[j]; q.in == outside && !x.Alone {
				x.pair(k, j, p, q, mass, v)
			}
		}
		if int(p.home) != s.Lane && p.n == 1 && p.mass > mass {
			x.handover(k, p, v)
		}
	}
}

// back tries that pieces of one parcel came: returned to their own lane or put into this one.
func (x *Search) back(k int, p parcel, mass, v, door float64) {
	s := x.step
	for m := 1; m <= min(int(p.n), mostBack); m++ {
		w, wv := p.part(m, x.lanes[p.home].SD)
		same, act, prior := again, Return, lnReturn
		if int(p.home) != s.Lane {
			same, act, prior = moved, Misplace, lnMisplace
		}
		if m > 1 && m < int(p.n) || m > 1 && !s.Net {
			prior += lnReturn2
		}
		d := same(mass-w, v+wv, w)
		x.try(door+prior+math.Log(d), Move{Act: act, N: m, From: int(p.home)}, func(st *state) bool { return x.settle(st, k, m) })
	}
	if unit := p.mass / float64(p.n); int(p.home) == s.Lane && mass < 0.97*unit && !s.Net {
		x.try(lnReturn+lnLess-math.Log(unit), Move{Act: Less, N: 1, From: int(p.home)}, func(st *state) bool {
			st.drop(k, 1)
			return true
		})
	}
}

// settle puts m pieces of a parcel into the step's lane: they are back, or they lie where they do not
// belong.
func (x *Search) settle(st *state, k, m int) bool {
	put := st.drop(k, m)
	if int(put.home) == x.step.Lane {
		return true
	}
	put.in, put.at = int32(x.step.Lane), x.step.At //nolint:gosec // a lane
	return st.add(put)
}

// pair tries that two parcels came in one step.
func (x *Search) pair(k, j int, p, q parcel, mass, v float64) {
	s := x.step
	w := p.mass + q.mass
	prior, same, act := lnReturn+lnReturn2, again, Return
	if int(p.home) != s.Lane || int(q.home) != s.Lane {
		prior, same, act = lnPlace2, moved, Misplace
	}
	d := same(mass-w, v+p.v+q.v, w)
	x.try(prior+math.Log(d), Move{Act: act, N: int(p.n + q.n), From: int(p.home)}, func(st *state) bool {
		return x.settle(st, j, int(q.n)) && x.settle(st, k, int(p.n))
	})
}
