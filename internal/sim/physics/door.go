package physics

import "math"

// Open moves the door at a moment: the lanes shake a little, cold air leaves, and the chances of
// this opening are drawn. It does nothing at an open door.
func (c *Cabinet) Open(at Moment) {
	if c.open {
		return
	}
	c.open, c.opened, c.openedAt = true, true, at
	c.unwedge(at)
	copy(c.before, c.taken)
	c.busy = max(c.busy, at)
	c.startCompressor()
	c.freezeSome(at)
	c.zeroFrom, c.zeroTo = 0, 0
	if c.hands.chance(c.faults.ZeroSpans) {
		c.armZeroSpan(at)
	}
	if c.faults.ColdAir {
		c.plan(change{at: at, lane: everyLane, air: c.hands.uniform(airMin, airMax)})
	}
	c.shake(at, openMedian, openMin, openMax)
}

// Close shuts the door at a moment, with a slam. It does nothing at a shut door.
func (c *Cabinet) Close(at Moment) {
	if !c.open {
		return
	}
	c.open, c.shutAt = false, at
	c.jam(at)
	if c.zeroFrom == afterClose {
		c.zeroFrom = at + c.hands.moments(0, zeroTailLater)
		c.zeroTo += c.zeroFrom
	}
	if c.faults.ColdAir {
		c.plan(change{at: at, lane: everyLane})
	}
	c.shake(at, slamMedian, slamMin, slamMax)
}

// shake makes all lanes ring, each with its own share of one blow.
func (c *Cabinet) shake(at Moment, median, least, most float64) {
	if !c.faults.Slam {
		return
	}
	blow := c.hands.lognormal(median, slamSpread, least, most)
	for _, l := range c.lanes {
		peak := blow * c.hands.uniform(slamShareMin, slamShareMax)
		l.disturb(c.hands.ring(at, min(max(peak, least), most)))
	}
}

func (c *Cabinet) startCompressor() {
	if c.loud = c.hands.chance(c.faults.Compressor); c.loud {
		c.tally.Compressor++
	}
}

// freezeSome decides which lanes stop converting in this opening; those that do not recover stay
// so until the next one.
func (c *Cabinet) freezeSome(at Moment) {
	for _, l := range c.lanes {
		l.frozenFrom, l.frozenTo = 0, 0
		if !c.hands.chance(c.faults.FrozenLanes) {
			continue
		}
		c.tally.FrozenLanes++
		l.frozenFrom, l.frozenTo = at+c.hands.moments(0, frozenLater), math.MaxInt64
		if c.hands.chance(frozenRecoverRate) {
			l.frozenTo = l.frozenFrom + c.hands.moments(frozenMin, frozenMax)
		}
	}
}

// afterClose marks a span of zeros that waits for the door to close; its length stands in zeroTo.
const afterClose = Moment(math.MaxInt64)

func (c *Cabinet) armZeroSpan(at Moment) {
	length := Moment(c.hands.between(zeroFramesMin, zeroFramesMax) * zeroFrame)
	if c.hands.IntN(2) == 0 {
		c.zeroFrom, c.zeroTo = afterClose, length
		return
	}
	c.zeroFrom = at + c.hands.moments(0, zeroStartLater)
	c.zeroTo = c.zeroFrom + length
}
