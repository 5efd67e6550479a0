package physics

import "math"

// Moment is a time in milliseconds since the cabinet's start.
type Moment int64

// transient is a disturbance that passes: a hand's half-sine (tau 0), a resting hand (steady) or a
// damped oscillation.
type transient struct {
	from, to Moment
	peak     float64 // grams
	tau      float64 // milliseconds; 0 for a half-sine
	omega    float64 // radians per millisecond
	phase    float64
	hold     float64 // of a steady hand: the force at the end as a share of that at the beginning
	steady   bool
}

// press is a hand's force on a lane: half a sine over the whole time.
func press(from, to Moment, peak float64) transient {
	return transient{from: from, to: to, peak: peak}
}

// steady is the force of a hand that rests: it rises to peak, becomes hold times as strong, and falls.
func steady(from, to Moment, peak, hold float64) transient {
	return transient{from: from, to: to, peak: peak, hold: hold, steady: true}
}

// ring is a damped oscillation that starts with peak grams at most.
func (d dice) ring(from Moment, peak float64) transient {
	tau := d.uniform(ringTauMin, ringTauMax)
	return transient{
		from:  from,
		to:    from + Moment(ringTaus*tau),
		peak:  peak,
		tau:   tau,
		omega: 2 * math.Pi * d.uniform(ringHertzMin, ringHertzMax) / 1000,
		phase: d.uniform(0, 2*math.Pi),
	}
}

// at returns the force at a moment, in grams.
func (t *transient) at(m Moment) float64 {
	if m < t.from || m >= t.to {
		return 0
	}
	since := float64(m - t.from)
	if t.steady {
		span := float64(t.to - t.from)
		edge := min(since, span-since, restRise) / restRise
		return t.peak * edge * (1 + (t.hold-1)*since/span)
	}
	if t.tau == 0 {
		return t.peak * math.Sin(math.Pi*since/float64(t.to-t.from))
	}
	return t.peak * math.Exp(-since/t.tau) * math.Cos(t.omega*since+t.phase)
}
