package physics

import (
	"math"

	"larder"
)

// Masses returns what the cabinet's converters report at a moment: one mass a lane, the mean of
// three conversions 100 ms apart of which the last is now. Moments do not go back: a conversion
// that would lie before the latest known one is made at that one.
func (c *Cabinet) Masses(at Moment) []larder.Gram {
	return c.AppendMasses(make([]larder.Gram, 0, len(c.lanes)), at)
}

// AppendMasses is [Cabinet.Masses] into a slice of the caller's.
func (c *Cabinet) AppendMasses(dst []larder.Gram, at Moment) []larder.Gram {
	clear(c.sum)
	for k := samples - 1; k >= 0; k-- {
		sample := max(at-Moment(k*sampleSpacing), c.now)
		c.advance(sample)
		for i, l := range c.lanes {
			c.sum[i] += l.force(sample)
		}
	}
	drift := 0.0
	if c.faults.Drift {
		drift = driftStep * math.Sqrt(float64(c.now-c.read)/driftPeriod)
	}
	if walked := c.walked(); walked > 0 {
		drift = math.Hypot(drift, c.faults.Walk*math.Sqrt(walked/1000))
	}
	c.read = c.now
	if c.inZeroSpan() {
		c.tally.ZeroFrames++
	}
	for i, l := range c.lanes {
		l.drift += c.noise.normal(drift)
		l.forget(c.now)
		dst = append(dst, larder.Gram(c.convert(l, c.sum[i]/samples)))
	}
	return dst
}

// walked returns for how long, since the latest frame, a session has made the lanes walk: from its
// opening until its fast frames cease.
func (c *Cabinet) walked() float64 {
	if c.faults.Walk == 0 || !c.opened {
		return 0
	}
	from, to := max(c.read, c.openedAt), c.now
	if !c.open {
		to = min(to, c.shutAt+fastTail)
	}
	return float64(max(to-from, 0))
}

// convert turns the mean force of a frame into what is reported.
func (c *Cabinet) convert(l *lane, mean float64) float64 {
	if c.now >= l.frozenFrom && c.now < l.frozenTo && l.reported {
		return l.last
	}
	if c.inZeroSpan() {
		return 0 // the converter's fault, not a value that a frozen cell would hold
	}
	sigma := l.sigma
	if c.loud {
		sigma *= compressorFactor
	}
	g := mean + l.zero + l.drift + c.noise.normal(sigma)
	rate := c.faults.BadReadings
	if l.defects.Glitchy {
		rate = glitchyRate
	}
	if c.noise.chance(rate) {
		g = c.bad(g)
	}
	if c.faults.Quantize {
		g = math.Round(g/resolution) * resolution
	}
	l.last, l.reported = g, true
	return g
}

func (c *Cabinet) bad(g float64) float64 {
	c.tally.BadReadings++
	switch c.noise.IntN(3) {
	case 0:
		return 0
	case 1:
		return float64(int64(1)<<c.noise.between(fullScaleMin, fullScaleMax) - 1)
	}
	return g + c.noise.normal(spikeSpread)
}

func (c *Cabinet) inZeroSpan() bool { return c.now >= c.zeroFrom && c.now < c.zeroTo }

// advance applies what is due until a moment that is not before now.
func (c *Cabinet) advance(to Moment) {
	k := 0
	for ; k < len(c.due) && c.due[k].at <= to; k++ {
		c.relax(max(c.due[k].at, c.now))
		c.apply(c.due[k])
	}
	if k > 0 {
		c.due = append(c.due[:0], c.due[k:]...)
	}
	c.relax(to)
}

// relax lets the slow effects of all lanes run until a moment.
func (c *Cabinet) relax(to Moment) {
	if to <= c.now {
		return
	}
	dt := float64(to - c.now)
	creepLeft, airLeft := math.Exp(-dt/creepTau), math.Exp(-dt/airTau)
	for _, l := range c.lanes {
		l.relax(creepLeft, airLeft)
	}
	c.now = to
}

func (c *Cabinet) apply(ch change) {
	if ch.lane == everyLane {
		for _, l := range c.lanes {
			l.airGoal = l.air * ch.air
		}
		return
	}
	l := c.lanes[ch.lane]
	l.load += ch.load
	l.offset += ch.seat
	l.creepGoal += l.creep * ch.load
	for side, j := range c.neighbors(ch.lane) {
		if j >= 0 {
			c.lanes[j].offset += l.cross[side] * ch.load
		}
	}
}
