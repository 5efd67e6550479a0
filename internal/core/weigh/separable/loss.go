package separable

import "math"

// What a loss is uncertain by besides noise and goods, in grams. Sources: docs/weighing.md sections
// 1 and 2.
const (
	levelFrames  = 12 // frames of a level that count, before and after
	roundingVar  = 1. / 12
	driftVar     = 0.1 // drift and the opening's air between the two levels
	seatSD       = 0.8 // at each touch the goods seat themselves anew,
	oddSeats     = 0.03
	oddFrom      = 3.0 // in one touch of 33 by this
	oddTo        = 8.0 // to this, up or down
	oddPieces    = 0.003
	oddPieceFrom = -0.25 // a piece that is far off, as a share of the unit mass
	oddPieceTo   = 0.15
)

// oddVar is the variance of an odd seat: that of ±U(oddFrom, oddTo).
const oddVar = (oddTo*oddTo*oddTo - oddFrom*oddFrom*oddFrom) / (3 * (oddTo - oddFrom))

// part is one way for a loss to be off: by something even between from and to, and something normal.
type part struct {
	weight   float64 // probability of this way
	from, to float64 // grams
	sd       float64 // grams, above 0
}

// above returns the probability that the part exceeds t.
func (p part) above(t float64) float64 {
	if p.to == p.from {
		return tail((t - p.from) / p.sd)
	}
	mean := (tailSum((t-p.from)/p.sd) - tailSum((t-p.to)/p.sd)) * p.sd / (p.to - p.from)
	return min(max(mean, 0), 1) // the difference of two nearly equal numbers may leave 0..1 by its last digit
}

// mirrored is the part of the negated error.
func (p part) mirrored() part { return part{p.weight, -p.to, -p.from, p.sd} }

// parts returns how far the loss of n pieces may be from n unit masses; one hand takes one piece, so
// there are as many touches as pieces, and one where nothing is taken. The weights sum to 1.
func (l lane) parts(n int) [5]part {
	pieces, touches := float64(n), float64(max(n, 1))
	calm := 2*(float64(l.noise*l.noise)+roundingVar)/levelFrames + driftVar +
		pieces*float64(l.sd*l.sd) + pieces*pieces*float64(l.unsure*l.unsure)
	still := calm + touches*seatSD*seatSD

	sound := math.Pow(1-oddPieces, pieces)
	none := math.Pow(1-oddSeats, touches)
	once := touches * oddSeats * math.Pow(1-oddSeats, touches-1)
	sd := math.Sqrt(still)
	return [5]part{
		{weight: sound * none, sd: sd},
		{weight: sound * once / 2, from: oddFrom, to: oddTo, sd: sd},
		{weight: sound * once / 2, from: -oddTo, to: -oddFrom, sd: sd},
		{weight: sound * max(1-none-once, 0), sd: math.Sqrt(still + 2*oddVar)},
		{
			weight: 1 - sound, from: oddPieceFrom * l.unit, to: oddPieceTo * l.unit,
			sd: math.Sqrt(still + touches*oddSeats*oddVar),
		},
	}
}

// over returns the probability that n pieces of a batch whose mean is off by bias grams look like
// more of them; under, like fewer.
func (l lane) over(n int, bias float64) float64 {
	p := 0.0
	for _, e := range l.parts(n) {
		p += e.weight * e.above(l.unit/2-float64(n)*bias)
	}
	return min(p, 1)
}

func (l lane) under(n int, bias float64) float64 {
	if n == 0 {
		return 0 // nobody counts less than nothing
	}
	p := 0.0
	for _, e := range l.parts(n) {
		p += e.weight * e.mirrored().above(l.unit/2+float64(n)*bias)
	}
	return min(p, 1)
}

// tail is the probability that a standard normal exceeds z.
func tail(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// tailSum is an antiderivative of tail.
func tailSum(z float64) float64 {
	return z*tail(z) - math.Exp(-z*z/2)/math.Sqrt(2*math.Pi)
}
