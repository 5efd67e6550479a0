package trace

import (
	"math"
	"math/bits"

	"larder"
	"larder/internal/core/weigh"
)

// resolutions in milligrams, the coarsest first. Scales show whole or tenth grams.
var resolutions = [...]int64{1000, 100, 10, 1}

// usual is the share of the masses that a resolution has to fit.
const usual = 0.9

// exact is from where on a float does not tell neighboring whole numbers apart.
const exact = 1 << 53

// milligrams returns g in milligrams if that is g to the bit.
func milligrams(g larder.Gram) (int64, bool) {
	mg := math.Round(float64(g) * 1000)
	if !(math.Abs(mg) < exact) || mg == 0 && math.Signbit(float64(g)) {
		return 0, false
	}
	return int64(mg), grams(int64(mg)) == g
}

func grams(mg int64) larder.Gram { return larder.Gram(float64(mg) / 1000) }

// kinds of masses that are no whole number of resolutions.
const (
	noMass uint64 = iota
	inMilligrams
	inBits
)

// exceptions codes masses that are no whole number of steps.
type exceptions struct {
	odd  [2]flag // whether one is an exception, by whether the one before was
	kind [4]flag
	mg   number
}

func (c *exceptions) exception(s *stream, g larder.Gram) larder.Gram {
	mg, ok := milligrams(g)
	kind := inBits
	switch {
	case math.Float64bits(float64(g)) == math.Float64bits(float64(larder.NoMass)):
		kind = noMass
	case ok:
		kind = inMilligrams
	}
	switch s.tree(c.kind[:], kind, 2) {
	case noMass:
		return larder.NoMass
	case inMilligrams:
		return grams(s.int(&c.mg, mg))
	default:
		return larder.Gram(math.Float64frombits(s.plain(math.Float64bits(float64(g)), 64)))
	}
}

// The mean of a lane is kept in 1/8 steps. A mass that is farther from it than leap steps begins a new
// one. How much a lane moves is kept in 1/8 steps, too, and is at most wild.
const (
	meanBits = 3
	leap     = 12
	wild     = 512
	perNoise = 6 // a lane at rest is 0.8 noises from its mean, on average
	moves    = 4 // of how a lane moves, in powers of four
)

// column is what is known of one lane's masses so far.
type column struct {
	mean int64 // 1/8 steps
	move int64 // mean distance from the mean, 1/8 steps
	odd  int   // 1 if the last mass was an exception
	seen bool  // there was a mass
}

// masses codes the readings' masses.
type masses struct {
	exceptions
	step    int64  // milligrams
	first   number // of a lane
	rest    [moves]number
	columns []column
}

// begin makes room for lanes; how much one moves is expected to be its noise.
func (c *masses) begin(lanes []weigh.RecordedLane) {
	c.columns = make([]column, len(lanes))
	for i, l := range lanes {
		noise, _ := milligrams(l.Noise)
		c.columns[i].move = min(min(max(noise, 0), 1e6)*perNoise/c.step, wild)
	}
}

// carry carries the mass of one lane.
func (c *masses) carry(s *stream, lane int, g larder.Gram) larder.Gram {
	l := &c.columns[lane]
	n, ok := milligrams(g)
	ok = ok && n%c.step == 0
	n /= c.step
	l.odd = b2i(s.flag(&c.odd[l.odd], !ok))
	if l.odd == 1 {
		return c.exception(s, g)
	}
	if !l.seen {
		l.seen = true
		n = s.int(&c.first, n)
		l.mean = n << meanBits
		return grams(n * c.step)
	}
	expected := (l.mean + 1<<(meanBits-1)) >> meanBits
	rest := s.int(&c.rest[l.moving()], n-expected)
	l.learn(expected+rest, rest)
	return grams((expected + rest) * c.step)
}

// moving is how much the lane moved lately, in powers of two.
func (l *column) moving() int { return min((bits.Len64(uint64(l.move))+1)/2, moves-1) } //nolint:gosec // 0..wild

// learn moves what is known of a lane towards the mass that came.
func (l *column) learn(n, rest int64) {
	far := min(max(rest, -wild), wild)
	if far < 0 {
		far = -far
	}
	l.move += (min(far<<meanBits, wild) - l.move) / 8
	if far > leap {
		l.mean = n << meanBits
		return
	}
	l.mean += (n<<meanBits - l.mean) / 4
}

func b2i(set bool) int {
	if set {
		return 1
	}
	return 0
}
