package learn

import (
	"math"

	"larder"
)

// LossSD returns what the loss of a lane of this noise (of a frame, 1 sd) is uncertain by, 1 sd: two
// levels of twelve frames, and the seat's 1.5 g². An unknown noise counts as 1 g.
func LossSD(noise larder.Gram) larder.Gram {
	sigma := float64(noise)
	if !noise.Known() || noise <= 0 {
		sigma = usualSD
	}
	return larder.Gram(math.Sqrt(float64(sigma*sigma)/6 + 1.5))
}
