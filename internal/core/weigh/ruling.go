package weigh

import (
	"math"
	"slices"

	"larder"
)

// suggested is the most that is claimed for a suggestion: the share of reviews in which it is right
// (docs/weighing.md section 6).
const suggested = 0.75

// Ruling is what a policy makes of a belief.
type Ruling struct {
	Kind       VerdictKind
	Lines      []Line   // in order of lanes; in a review the suggestion
	Confidence float64  // probability that Lines is exactly right, 0..1
	Reasons    []string // of a review, sorted; none otherwise
}

// blindness are the doubts that even who charges first does not overlook.
var blindness = []string{
	ReasonNoStableWeight, ReasonNoWeightBefore, ReasonNoClose, ReasonClock, ReasonLaneFrozen, ReasonUnitError,
	ReasonEmptied, ReasonTooMany, ReasonQuarantined,
}

// Rule turns what the scales leave open into what shall be done. price is what a piece of a lane costs.
// It knows nothing but its arguments: the same belief can be ruled on again under another policy.
func (p Policy) Rule(b Belief, price func(lane int) larder.Fen) Ruling {
	r := Ruling{Lines: []Line{}}
	reasons := words(slices.Clone(b.Doubts))
	if len(b.Baskets) > 0 {
		r.Lines, r.Confidence = b.Baskets[0].Lines, b.Baskets[0].Weight
	}
	if p.First {
		r.Lines, r.Confidence = b.Losses, b.weightOf(b.Losses)
		reasons = slices.DeleteFunc(reasons, func(w string) bool { return !slices.Contains(blindness, w) })
	} else {
		if r.Confidence < p.Confidence {
			reasons.add(ReasonLowConfidence)
		}
		if p.ReviewCost > 0 && (1-r.Confidence)*float64(worth(r.Lines, price)) > float64(p.ReviewCost) {
			reasons.add(ReasonStake)
		}
		if p.PlainOnly && !b.Plain {
			reasons.add(ReasonUnusual)
		}
	}
	switch {
	case len(reasons) > 0:
		r.Kind, r.Confidence = Review, min(r.Confidence, suggested)
	case len(r.Lines) > 0:
		r.Kind = Charge
	default:
		r.Kind = NoCharge
	}
	r.Confidence = math.Round(r.Confidence*1e9) / 1e9 // the same on every machine
	r.Reasons = append([]string{}, reasons...)
	return r
}

// worth is what a basket costs, without overflow.
func worth(lines []Line, price func(lane int) larder.Fen) larder.Fen {
	sum := larder.Fen(0)
	for _, l := range lines {
		for range l.Count {
			sum = min(sum+min(price(l.Lane), math.MaxInt32), math.MaxInt32)
		}
	}
	return sum
}

// weightOf returns how likely a basket is.
func (b Belief) weightOf(lines []Line) float64 {
	for _, k := range b.Baskets {
		if slices.Equal(k.Lines, lines) {
			return k.Weight
		}
	}
	return 0
}
