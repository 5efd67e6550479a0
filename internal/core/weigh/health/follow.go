package health

import (
	"math"

	"larder"
)

// noise follows the noise of a frame at rest, in grams: of late, and since long ago.
type noise struct {
	Now  float64 `json:"now_g"`
	Past float64 `json:"past_g"`
	N    int     `json:"n"` // observations, at most noiseMemory
}

const (
	noiseShort  = 40  // observations that Now remembers
	noiseMemory = 500 // that Past does
	noiseYoung  = 60  // until so many the past is what was seen of late
	pastMost    = 1.5 // of Past, that one observation may teach it: else it would learn the fault
)

// add takes an observation that counts as k.
func (n *noise) add(sigma float64, k int) {
	for range k {
		n.N = min(n.N+1, noiseMemory)
		n.Now += (sigma - n.Now) / float64(min(n.N, noiseShort))
		if n.N <= noiseYoung {
			n.Past += (sigma - n.Past) / float64(n.N)
			continue
		}
		n.Past += (min(sigma, pastMost*max(n.Past, 0.3)) - n.Past) / float64(n.N)
	}
}

// times is how much noisier than ever the scale is.
func (n noise) times() float64 { return n.Now / max(n.Past, 0.5) }

// still follows repetitions of one value.
type still struct {
	Last    float64       `json:"last_g"`
	Earlier float64       `json:"earlier_g"` // the reading before the last
	LastAt  larder.Millis `json:"last_ms"`
	Once    bool          `json:"once"`    // Last is one
	Twice   bool          `json:"twice"`   // Earlier is one, too
	Run     int           `json:"run"`     // how often Last has been said
	Longest int           `json:"longest"` // the longest run since the value last changed for long
}

// stuckPerhaps is a run after which a scale may be stuck: at 0.5 g of noise one in twelve is as long.
const stuckPerhaps = 8

// take is the next idle reading.
func (s *still) take(at larder.Millis, x float64) {
	switch {
	case s.Once && x == s.Last:
		s.Run++
		s.Longest = max(s.Longest, s.Run)
	default:
		s.Run, s.Longest = 1, 1
	}
	s.Earlier, s.Twice = s.Last, s.Once
	s.Last, s.LastAt, s.Once = x, at, true
}

// follow takes the frames of a visit.
func (s *still) follow(p Sample) {
	if p.Frames == p.Missing {
		return
	}
	if p.Run == p.Frames-p.Missing && s.Once && grams(p.First) == s.Last {
		s.Run += p.Run
	} else {
		s.Run = p.Tail
	}
	s.Longest = max(p.Run, s.Run)
	s.Last, s.Once, s.Twice = grams(p.Last), true, false
}

// beyond is how many times longer than chance allows one value was repeated: a value of 1 g steps
// repeats with probability 1/(2√π·0.8·sigma), at most 0.9; chance allows 10⁻⁸.
func (s still) beyond(sigma float64) float64 {
	p := min(0.9, 1/(2*math.Sqrt(math.Pi)*0.8*max(sigma, 0.1)))
	return float64(s.Longest) / (math.Log(1e-8)/math.Log(p) + 3)
}

// drift follows the level of a closed cabinet, in grams and grams an hour.
type drift struct {
	From float64       `json:"from_g"` // level at At
	At   larder.Millis `json:"from_ms"`
	Now  float64       `json:"now_g"`
	N    int           `json:"n"` // readings, at most settledAfter
	Rate float64       `json:"rate"`
	Laps int           `json:"laps"` // half hours that Rate comes from, at most 100
}

const (
	settledAfter = 5                         // readings that a level begins with
	lap          = larder.Millis(30 * 60000) // after which a rate is taken
	hour         = 3_600_000.0
)

// restart begins a new level; the rate stays.
func (d *drift) restart() { *d = drift{Rate: d.Rate, Laps: d.Laps} }

// add takes a reading that is no spike. A level that jumps is no drift: it begins anew.
func (d *drift) add(at larder.Millis, x, sigma float64) {
	switch {
	case d.N >= settledAfter && math.Abs(x-d.Now) > 8*sigma+8:
		d.From, d.Now, d.N, d.At = x, x, 1, at
	case d.N < settledAfter:
		d.N++
		d.Now += (x - d.Now) / float64(d.N)
		d.From, d.At = d.Now, at
	default:
		d.Now += (x - d.Now) / settledAfter
		if at-d.At >= lap {
			d.Laps = min(d.Laps+1, 100)
			d.Rate += ((d.Now-d.From)*hour/float64(at-d.At) - d.Rate) / float64(min(d.Laps, 4))
			d.From, d.At = d.Now, at
		}
	}
}

// creep follows how much of a step comes late: least squares over the steps of late.
type creep struct {
	Step  float64       `json:"step_g"`  // waiting for an idle reading: what the lane lost; 0 if none is
	After float64       `json:"after_g"` // level right after it
	Begun larder.Millis `json:"begun_ms"`
	Late  float64       `json:"late"` // sums of step·late and step²
	All   float64       `json:"all"`
	N     int           `json:"n"` // steps, at most 100
}

const (
	creepStep   = 100.0   // grams: a smaller step tells nothing
	creepFrom   = 45_000  // milliseconds after the visit that the late level is read
	creepTo     = 200_000 // until
	creepMemory = 0.9     // share of the sums that a step leaves
)

func (c *creep) begin(at larder.Millis, after, step float64) {
	if math.Abs(step) >= creepStep {
		c.Step, c.After, c.Begun = step, after, at
	}
}

func (c *creep) settle(at larder.Millis, x float64) {
	if c.Step == 0 || at-c.Begun < creepFrom {
		return
	}
	if late := c.After - x; at-c.Begun <= creepTo && math.Abs(late) < math.Abs(c.Step)/4 {
		c.Late = creepMemory*c.Late + float64(c.Step*late)
		c.All = creepMemory*c.All + float64(c.Step*c.Step)
		c.N = min(c.N+1, 100)
	}
	c.Step = 0
}

// share is the late part of a step.
func (c creep) share() float64 {
	if c.All == 0 {
		return 0
	}
	return c.Late / c.All
}

// residual follows how far charged pieces are from their unit mass, relative, since the last restock.
type residual struct {
	N         int     `json:"n"` // steps, at most residualMemory
	Mean      float64 `json:"mean"`
	Square    float64 `json:"square"` // mean squared distance from Mean
	Restocked bool    `json:"restocked"`
	Earlier   float64 `json:"earlier"`   // Mean as it was at the restock
	EarlierN  int     `json:"earlier_n"` // of so many steps
}

const (
	residualLeast  = 10 // steps before a mean is believed
	residualMemory = 40
	residualMost   = 0.3 // a step that is further off is an odd piece: it counts as this
)

func (r *residual) add(off float64) {
	off = min(max(off, -residualMost), residualMost)
	r.N = min(r.N+1, residualMemory)
	w := 1 / float64(r.N)
	d := off - r.Mean
	r.Mean += w * d
	r.Square = (1 - w) * (r.Square + float64(w*d)*d)
}

// certain reports whether the mean is more than three of its standard errors from zero.
func (r residual) certain() bool {
	return r.N >= residualLeast && math.Abs(r.Mean) > 3*math.Sqrt(r.Square/float64(r.N-1))
}

// freshBatch reports whether what is off began at a restock: before it, the pieces were right.
func (r residual) freshBatch() bool {
	return r.Restocked && (r.EarlierN < residualLeast || math.Abs(r.Earlier) < residualTable.leave[1])
}
