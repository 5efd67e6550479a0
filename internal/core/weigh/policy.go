package weigh

import (
	"errors"
	"math"

	"larder"
)

// Policy is what the operator wants done with what the scales say. [Balanced] is the default.
//
// A count n is accepted while the rest — the loss less n unit masses — stays within
//
//	min(Floor + 3·sd + Slope·m·UnitMass, Ceiling·m, max(Share·UnitMass, 3·sd)), m = max(n,1)
//
// where sd is the uncertainty of the loss itself. What lies between two counts' tolerances is the
// grey band: review (DV10, W3). A gain has only Seat + 3·sd: no product of the lane itself explains
// it, so even a light one is a piece of another lane or a foreign object (DV11).
type Policy struct {
	Name       string     // of the preset; "" if it is none
	Floor      float64    // grams; items seat themselves anew when touched, by 1 g, seldom more
	Seat       float64    // grams; by more than this they do not
	Slope      float64    // share of the mass; spread within a batch and between batches
	Ceiling    float64    // grams
	Share      float64    // of one unit mass, below 0.5, so that two counts' tolerances never meet
	Confidence float64    // below this the verdict is a review
	Early      float64    // what a verdict needs before the levels are as certain as they get
	ReviewCost larder.Fen // a review costs this much; a charge whose expected error costs more is one; 0 is no bound
	PlainOnly  bool       // whatever is not a purchase and nothing else is a review
	First      bool       // what left a lane is charged, whatever else happened (see [ChargeFirst])
	Without    Parts      // parts of the recognizer that are switched off, to measure what they are worth
}

// Parts are what the recognizer can be asked to do without: the rows of the table of ablations in
// docs/accuracy.md. Production does without nothing.
type Parts struct {
	Lanes    bool // what one lane gains never comes from another
	Timeline bool // before and after alone are believed
	Hands    bool // no hand rests on a lane and no load leans on another
	Drift    bool // a session's own drift is not read from the lanes that nobody touched
	Noise    bool // a session is as noisy as its lanes are known to be
}

// Balanced is the default preset: charge what is explained, ask a person otherwise.
func Balanced() Policy {
	return Policy{
		Name: "balanced", Floor: 4, Seat: 9, Slope: 0.12, Ceiling: 100, Share: 0.42,
		Confidence: 0.95, Early: 0.99, ReviewCost: 1_000,
	}
}

// NeverGuess is the preset of those who would rather look themselves: a charge is beyond doubt and a
// purchase and nothing else.
func NeverGuess() Policy {
	p := Balanced()
	p.Name, p.Confidence, p.Early, p.PlainOnly = "never_guess", 0.999, 0.9995, true
	return p
}

// ChargeFirst is the preset that repeats the rule of the replaced fleet: each lane by itself, its loss
// over the unit mass, with a tolerance of 40 % of the mass up to 100 g, beyond which something was
// taken; customers complain and are refunded. It does not charge from a lane that cannot be seen
// (DV8), nor by a sensor that contradicts itself.
func ChargeFirst() Policy {
	p := Balanced()
	p.Name, p.Slope, p.Ceiling, p.First, p.ReviewCost = "charge_first", 0.4, 100, true, 0
	return p
}

// Policies returns the presets.
func Policies() []Policy { return []Policy{Balanced(), NeverGuess(), ChargeFirst()} }

// PolicyNamed returns a preset by its name.
func PolicyNamed(name string) (Policy, bool) {
	for _, p := range Policies() {
		if p.Name == name {
			return p, true
		}
	}
	return Policy{}, false
}

// check refuses a policy that would charge what it cannot tell apart.
func (p Policy) check() error {
	for _, x := range []float64{p.Floor, p.Seat, p.Slope, p.Ceiling, p.Share, p.Confidence, p.Early} {
		if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
			return errors.New("policy: a number is negative or not finite")
		}
	}
	if p.Share >= 0.5 {
		return errors.New("policy: share must be below 0.5 of a unit mass")
	}
	if p.Confidence <= 0.5 || p.Confidence > 1 || p.Early < p.Confidence || p.Early > 1 {
		return errors.New("policy: confidence and early must rise within 0.5..1")
	}
	if p.ReviewCost < 0 {
		return errors.New("policy: a review costs less than nothing")
	}
	return nil
}

// tolerance returns how far, in grams, the rest of count n may be from zero on a lane of this unit
// mass whose loss is uncertain by sd. Without a unit mass only the noise and the floor count.
func (p Policy) tolerance(n int, unit, sd float64) float64 {
	noise := p.Floor + 3*sd
	if unit <= 0 {
		return noise
	}
	many := float64(max(n, 1))
	return min(noise+p.Slope*many*unit, p.Ceiling*many, max(p.Share*unit, 3*sd))
}

// gain returns how much heavier, in grams, a lane may be without holding anything new.
func (p Policy) gain(sd float64) float64 { return p.Seat + 3*sd }
