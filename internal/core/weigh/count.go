package weigh

import "math"

// Constants of the counting (docs/weighing.md sections 3.4 and 3.5), grams and shares.
const (
	seatSD     = 1.5    // what a net change of before to after differs by, whatever was done
	crosstalk  = 0.003  // share of a shelf-mate's change that shows on this lane
	driftSD    = 0.25   // random walk in 90 s
	meanCV     = 0.004  // what is not known of a unit mass, besides what ten weighed pieces leave open
	tailShare  = 0.06   // of seats, pieces and batches that are outliers
	tailSD     = 5.0    // their seat
	tailCV     = 0.03   // their unit mass
	priorTake  = 0.07   // that a lane lost anything
	priorOdd   = 0.0002 // that a lane lost what is no whole number of pieces ...
	hiddenTake = 0.02   // that who took from one lane took from another given one, too
	oddRange   = 2_000  // ... spread over so many grams
	oddKept    = 0.005  // of odd changes within the tolerance of none, how many hide a piece
	oddLost    = 0.05   // of odd changes within the tolerance of a count, how many are another basket
)

// class is what became of a lane.
type class int

const (
	blind   class = iota // before or after is unknown
	kept                 // nothing left
	lost                 // a whole number of pieces left
	grew                 // it is heavier than any noise explains
	between              // it lost what fits no count: the grey band
)

// count is one lane, before against after.
type count struct {
	class         class
	before, after estimate
	loss          float64 // grams, before − after; NaN if unknown
	sd            float64 // of loss, without the spread of the pieces
	n             int     // pieces that left the lane, at least 0
	rest          float64 // loss − n·unit
	belief        float64 // probability of n among all counts and of none, 0..1
	tolerance     float64 // of rest for n
}

// spread returns the variance of the mass of n pieces: of each piece, and of the unit mass itself.
func (l lane) spread(n int) float64 {
	x := float64(n)
	mean := l.meanSD()
	return x*l.unitSD*l.unitSD + x*x*mean*mean
}

// meanSD returns what is not known of a piece's mean mass: it is the mean of ten.
func (l lane) meanSD() float64 { return math.Hypot(meanCV*l.unit, l.unitSD/3.2) }

// likelihood returns the density of a loss if n pieces left, with outliers.
func (l lane) likelihood(loss, sd float64, n int) float64 {
	v := l.spread(n)
	rest := loss - float64(n)*l.unit
	wide := tailCV * float64(n) * l.unit
	return (1-tailShare)*normal(rest, sd*sd+v) + tailShare*normal(rest, sd*sd+9*v+wide*wide+tailSD*tailSD)
}

// prior returns how usual it is that n pieces leave one lane in one session. It falls slowly:
// people do clear a lane.
func prior(n int) float64 {
	if n == 0 {
		return 1 - priorTake
	}
	return priorTake * 0.6 / float64(n*n)
}

// belief returns the probability that n pieces left, against its neighbors, nothing, and an odd
// change; the caller has found the loss within the tolerance of n, so that an odd change, too, mostly
// is a scale that shifted and not another basket.
func (l lane) belief(loss, sd float64, n int) float64 {
	odd, wrong := priorOdd/oddRange, oddLost
	if n == 0 {
		wrong = oddKept
	}
	mine, all := 0.0, odd
	for m := max(n-2, 0); m <= n+2; m++ {
		p := prior(m) * l.likelihood(loss, sd, m)
		all += p
		if m == n {
			mine = p
		}
	}
	if n > 2 {
		all += prior(0) * l.likelihood(loss, sd, 0)
	}
	return (mine + (1-wrong)*odd) / all
}

// normal is the density of a normal distribution at x with mean 0 and variance v.
func normal(x, v float64) float64 {
	return math.Exp(-x*x/(2*v)) / math.Sqrt(2*math.Pi*v)
}

// compare counts one lane. shake is the largest change of its shelf-mates and span the time between
// the two levels, in ms.
func (l lane) compare(before, after estimate, sq, shake, span float64, policy Policy) count {
	c := count{before: before, after: after, loss: math.NaN(), rest: math.NaN(), belief: 1}
	if !before.known() || !after.known() {
		return c
	}
	c.loss = before.mass - after.mass
	noise := sq * sq * (1/float64(min(before.n, windowMax)) + 1/float64(min(after.n, windowMax)))
	drift := driftSD * driftSD * span / 90_000
	shaken := crosstalk * shake
	c.sd = math.Sqrt(noise + drift + seatSD*seatSD + shaken*shaken)
	if l.sells() {
		c.n = max(0, int(math.Round(c.loss/l.unit)))
	}
	c.rest = c.loss - float64(c.n)*l.unit
	c.tolerance = policy.tolerance(c.n, l.unit, c.sd)
	switch {
	case c.n == 0 && c.loss < -policy.gain(c.sd):
		c.class = grew
	case math.Abs(c.rest) > c.tolerance:
		c.class = between
	case c.n == 0:
		c.class = kept
	default:
		c.class = lost
	}
	if l.sells() && (c.class == kept || c.class == lost) {
		c.belief = l.belief(c.loss, c.sd, c.n)
	}
	return c
}
