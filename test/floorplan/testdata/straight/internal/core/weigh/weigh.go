package weigh

import (
	"math/rand/v2"
	"time"

	"larder"
	"larder/internal/core/weigh/level"
)

// Cost may weigh money with a probability: the room is on the allow-list.
func Cost(price larder.Fen, p float64) float64 { return float64(price) * p }

// Draw takes chance and time as arguments.
func Draw(r *rand.Rand, now time.Time) time.Time {
	return now.Add(time.Duration(r.IntN(level.Most)) * time.Second)
}
