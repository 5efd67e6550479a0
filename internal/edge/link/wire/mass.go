package wire

import (
	"math"

	"larder"
)

// NoMass stands in Readings.mass_dg where a lane gave no reading.
const NoMass = math.MinInt32

// ToMass returns a reading of the wire, in tenths of a gram, as a mass; [NoMass] becomes
// [larder.NoMass].
func ToMass(dg int32) larder.Gram {
	if dg == NoMass {
		return larder.NoMass
	}
	return larder.Gram(dg) / 10
}

// FromMass returns a mass in tenths of a gram, rounded half away from zero. An unknown mass, and
// one that the wire cannot hold (beyond ±214 t), becomes [NoMass].
func FromMass(g larder.Gram) int32 {
	dg := math.Round(float64(g) * 10)
	if !g.Known() || math.Abs(dg) > math.MaxInt32 {
		return NoMass
	}
	return int32(dg)
}
