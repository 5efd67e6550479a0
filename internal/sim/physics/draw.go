package physics

import (
	"math"
	"math/rand/v2"
)

// dice draws what the table asks for from a seeded generator.
type dice struct{ *rand.Rand }

// fork returns dice of their own, seeded by d, whose draws d does not see.
func (d dice) fork() dice { return dice{rand.New(rand.NewPCG(d.Uint64(), d.Uint64()))} }

// chance reports true with probability p, and draws nothing where the answer is certain.
func (d dice) chance(p float64) bool { return p > 0 && (p >= 1 || d.Float64() < p) }

func (d dice) uniform(from, to float64) float64 { return from + d.Float64()*(to-from) }

func (d dice) normal(sd float64) float64 { return d.NormFloat64() * sd }

// lognormal draws around median with the spread of the logarithm, clipped to [from, to].
func (d dice) lognormal(median, spread, from, to float64) float64 {
	return min(max(median*math.Exp(d.normal(spread)), from), to)
}

func (d dice) logUniform(from, to float64) float64 {
	return math.Exp(d.uniform(math.Log(from), math.Log(to)))
}

func (d dice) sign() float64 { return float64(1 - 2*d.IntN(2)) }

// between draws a whole number in [from, to].
func (d dice) between(from, to int) int { return from + d.IntN(to-from+1) }

// moments draws a duration in [from, to) milliseconds.
func (d dice) moments(from, to float64) Moment { return Moment(d.uniform(from, to)) }
