package physics

import "math"

// Moment is a time in milliseconds since the cabinet's start.
type Moment int64

// transient is a disturbance that passes: a hand's half-sine (tau 0) or a damped oscillation.
type transient struct {
	from, to Moment
	peak     float64 // grams
	tau      float64 // milliseconds; 0 for a half-sine
	omega    float64 // radians per millisecond
	phase    float64
}

// press is a hand's force on a lane: half a sine over the whole time.
func press(from, to Moment, peak float64) transient {
	return transient{from: from, to: to, peak: peak}
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
	if t.tau == 0 {
		return t.peak * math.Sin(math.Pi*since/float64(t.to-t.from))
	}
	return t.peak * math.Exp(-since/t.tau) * math.Cos(t.omega*since+t.phase)
}
