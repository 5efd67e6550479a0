package learn

import (
	"slices"

	"larder"
)

// Bounds of what is learned of a scale's noise.
const (
	MostLoud  = 3.0 // noise is at most so many times what is registered, and at least the inverse
	loudStep  = 1.2 // one session changes it by this factor at most
	knownAs   = 4   // sessions that the registered noise counts as
	usualSD   = 1.0 // grams, where nothing is registered
	leastLoud = 0.2 // grams; a quieter scale is a stuck one or one of coarser steps than its noise

	leastFrames = 8 // that a session's noise has to come from
)

// noise is the median of what sessions saw, so that a compressor that runs in a quarter of them does
// not count, and with the registered noise among them, so that a few sessions do not either.
func (s State) noise() larder.Gram {
	registered := float64(s.Reference.Noise)
	if registered <= 0 {
		registered = usualSD
	}
	registered = max(registered, leastLoud)
	seen := make([]float64, knownAs, knownAs+len(s.Noises))
	for i := range seen {
		seen[i] = registered
	}
	value := registered
	for _, n := range s.Noises {
		i, _ := slices.BinarySearch(seen, float64(n.Noise))
		seen = slices.Insert(seen, i, float64(n.Noise))
		middle := (seen[(len(seen)-1)/2] + seen[len(seen)/2]) / 2
		middle = min(max(middle, registered/MostLoud, leastLoud), registered*MostLoud)
		value = min(max(middle, value/loudStep), value*loudStep)
	}
	return larder.Gram(value)
}
