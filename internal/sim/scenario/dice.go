package scenario

import (
	"math"
	"math/rand/v2"

	"larder/internal/sim/physics"
)

// dice draws from a session's own generator.
type dice struct{ *rand.Rand }

// roll returns the dice of one session. Numbers that stand side by side give sessions that have
// nothing in common.
func roll(model Model, seed, number uint64) dice {
	h := uint64(len(model))
	for _, b := range []byte(model) {
		h = mix(h ^ uint64(b))
	}
	h = mix(h ^ seed)
	return dice{rand.New(rand.NewPCG(mix(h^number), mix(h+number*0x9e3779b97f4a7c15+1)))}
}

// mix is SplitMix64's finisher.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (d dice) chance(p float64) bool { return d.Float64() < p }

func (d dice) uniform(from, to float64) float64 { return from + d.Float64()*(to-from) }

func (d dice) logUniform(from, to float64) float64 {
	return math.Exp(d.uniform(math.Log(from), math.Log(to)))
}

// between draws a whole number in [from, to].
func (d dice) between(from, to int) int { return from + d.IntN(to-from+1) }

// moments draws a duration in [from, to) milliseconds.
func (d dice) moments(from, to float64) physics.Moment { return physics.Moment(d.uniform(from, to)) }

// pause draws the time between two actions.
func (d dice) pause() physics.Moment {
	return physics.Moment(min(max(pauseMedian*math.Exp(pauseSpread*d.NormFloat64()), pauseMin), pauseMax))
}
