package separable

import (
	"cmp"
	"math"
	"slices"

	"larder"
)

const (
	// MostMistaken is from which probability on two products are reported as mistakable.
	MostMistaken = 0.01
	// otherScale is what one object's mass on one scale differs from that on another, as a share, 1 sd.
	otherScale = 0.004
	together   = 4 // pieces of both products that are compared at most
	farSDs     = 8 // beyond, nothing is mistaken
)

// Pair is two products that can be mistaken for each other when they are moved between lanes: A of
// one lane's pieces and B of another's weigh about the same.
type Pair struct {
	LaneA  Name        `json:"lane_a"`
	CountA int         `json:"count_a"` // pieces, at least 1
	LaneB  Name        `json:"lane_b"`
	CountB int         `json:"count_b"` // pieces, at least 1
	Apart  larder.Gram `json:"apart_g"` // what CountA pieces of A weigh more than CountB of B by their unit masses
	// Mistaken is the probability that the one is taken for the other though both were weighed when they
	// were taken out: by their own masses, not by unit masses.
	Mistaken float64 `json:"mistaken"`
	// ByUnitMass is the same where only the unit masses are known: taken in one grab with others, or
	// lying in the wrong lane since long ago.
	ByUnitMass float64    `json:"by_unit_mass"`
	PriceApart larder.Fen `json:"price_apart_fen"` // what the customer would pay more for the one than for the other, at least 0
}

// pairs finds what can be mistaken, the likeliest first; ties in the order of lanes and counts. Twice
// the same (2 of A and 2 of B, where 1 and 1 are mistakable) is not said again.
func pairs(lanes []lane) []Pair {
	out := []Pair{}
	for i, a := range lanes {
		for _, b := range lanes[i+1:] {
			if !a.sells() || !b.sells() || a.Product != "" && a.Product == b.Product {
				continue
			}
			for n := 1; n < together; n++ {
				for m := 1; n+m <= together; m++ {
					if p := compare(a, b, n, m); p.Mistaken >= MostMistaken && (n != m || n == 1) {
						out = append(out, p)
					}
				}
			}
		}
	}
	slices.SortStableFunc(out, func(x, y Pair) int { return -cmp.Compare(x.Mistaken, y.Mistaken) })
	return out
}

// compare weighs n pieces of a against m of b.
func compare(a, b lane, n, m int) Pair {
	na, mb := float64(n), float64(m)
	apart := na*a.unit - mb*b.unit
	spread := func(l lane, k float64) float64 {
		return k*float64(l.sd*l.sd) + k*k*float64(l.unsure*l.unsure)
	}
	square := func(l lane) float64 { s := netSD(l.noise); return float64(s * s) }
	moved := float64(otherScale*na*a.unit) * float64(otherScale*na*a.unit)
	landed := max(square(a), square(b)) + moved // the scale that it lands on is the noisier one
	weighed := math.Sqrt(landed + (square(a)+square(b))/4)
	known := func(l lane, k float64) float64 {
		return tail(math.Abs(apart) / 2 / math.Sqrt(landed+spread(l, k)))
	}
	return Pair{
		LaneA: a.Name, LaneB: b.Name, CountA: n, CountB: m, Apart: larder.Gram(apart),
		Mistaken:   blurred(apart, math.Sqrt(spread(a, na)+spread(b, mb)), weighed),
		ByUnitMass: (known(a, na) + known(b, mb)) / 2,
		PriceApart: max(larder.Fen(n)*a.Price-larder.Fen(m)*b.Price, larder.Fen(m)*b.Price-larder.Fen(n)*a.Price),
	}
}

// blurred is the probability that an error of sd err passes half the distance of two masses, which is
// normal around apart with sd spread. The integral is a sum over the distance, ±6 sd.
func blurred(apart, spread, err float64) float64 {
	const steps = 240
	if math.Abs(apart) > farSDs*math.Hypot(spread, 2*err) {
		return 0
	}
	sum, weights := 0.0, 0.0
	for i := range steps + 1 {
		x := -6 + 12*float64(i)/steps
		w := math.Exp(-x * x / 2)
		sum += w * tail(math.Abs(apart+spread*x)/2/err)
		weights += w
	}
	return sum / weights
}
