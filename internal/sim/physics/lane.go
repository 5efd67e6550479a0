package physics

import (
	"math"
	"slices"

	"larder"
)

// sqrtCatalogItems turns the spread of a piece into that of the catalog's mean.
var sqrtCatalogItems = math.Sqrt(catalogItems)

// lane is one scale and what lies on it.
type lane struct {
	number int // from 1
	goods  Goods
	batch  float64 // mean mass of the batch in the lane, grams
	booked int     // pieces that the books say were here at the start
	items  []Item  // what lies here, the foremost last

	// the load cell, as it was made
	sigma   float64 // noise of a frame, grams
	rated   larder.Gram
	zero    float64
	gain    float64
	creep   float64    // share of a step that follows late
	air     float64    // answer to an opening of strength 1, grams
	cross   [2]float64 // share of this lane's steps that the left and the right neighbor show
	defects Defects

	// what the cell feels, as of the cabinet's now
	load      float64 // grams that lie on it
	offset    float64 // seat and crosstalk, grams
	crept     float64 // creep so far, and
	creepGoal float64 // where it goes
	cooled    float64 // effect of the air so far, and
	airGoal   float64 // where it goes
	drift     float64
	passing   []transient

	frozenFrom, frozenTo Moment // reports the last value in [from, to)
	last                 float64
	reported             bool // last is set
}

// newLane draws the scale of a lane.
func (c *Cabinet) newLane(number int) *lane {
	l := &lane{number: number, gain: 1}
	d := c.hands
	if c.faults.Noise {
		l.sigma = d.lognormal(noiseMedian, noiseSpread, noiseMin, noiseMax)
	}
	l.rated = larder.Gram(l.sigma * max(1+d.normal(estimateError), 0.5))
	if c.faults.ZeroGain {
		l.zero = d.normal(zeroSpread)
		spread := gainSpread
		if d.chance(c.faults.Uncalibrated) {
			spread = uncalibratedSpread
			l.defects.Uncalibrated = true
			c.tally.Uncalibrated++
		}
		l.gain = 1 + d.normal(spread)
	}
	if c.faults.Creep {
		l.creep = d.normal(creepSpread) * or(c.faults.CreepFactor, 1)
	}
	if c.faults.ColdAir {
		l.air = d.normal(airSpread)
	}
	if c.faults.Crosstalk {
		l.cross = [2]float64{d.normal(crosstalkSpread), d.normal(crosstalkSpread)}
	}
	if d.chance(c.faults.GlitchyLanes) {
		l.defects.Glitchy = true
		c.tally.GlitchyLanes++
	}
	return l
}

// relax lets creep and air come closer to where they go, by the shares that are still missing.
func (l *lane) relax(creepLeft, airLeft float64) {
	l.crept = l.creepGoal + (l.crept-l.creepGoal)*creepLeft
	l.cooled = l.airGoal + (l.cooled-l.airGoal)*airLeft
}

// force returns what the cell feels at a moment, before zero, drift and noise.
func (l *lane) force(at Moment) float64 {
	f := l.gain*l.load + l.offset + l.crept + l.cooled
	for i := range l.passing {
		f += l.passing[i].at(at)
	}
	return f
}

// forget drops the disturbances that are over at a moment.
func (l *lane) forget(at Moment) {
	if len(l.passing) == 0 {
		return
	}
	l.passing = slices.DeleteFunc(l.passing, func(t transient) bool { return t.to <= at })
}

func (l *lane) disturb(t transient) { l.passing = append(l.passing, t) }

// find returns the place of an item in the lane, or -1.
func (l *lane) find(id int) int {
	return slices.IndexFunc(l.items, func(it Item) bool { return it.ID == id })
}
