package health

import (
	"math"
	"slices"

	"larder"
)

// Status is what is to be done about a scale, from nothing to everything.
type Status string

// The statuses, in order.
const (
	Healthy     Status = "healthy"
	Watch       Status = "watch"       // keep an eye on it
	Calibrate   Status = "calibrate"   // it goes on the calibration list; for a new batch, the unit mass does
	Quarantined Status = "quarantined" // nothing is charged from it
)

// ladder is the order of the statuses.
var ladder = [...]Status{Healthy, Watch, Calibrate, Quarantined}

// Unwell returns the statuses that are not healthy, in order.
func Unwell() []Status { return slices.Clone(ladder[1:]) }

func (s Status) rung() int {
	for i, at := range ladder {
		if s == at {
			return i
		}
	}
	return 0
}

// The indicators.
const (
	NoisyScale   = "noise"     // times its own history
	SpikeRate    = "spikes"    // share of frames
	ZeroRate     = "zeros"     // share of frames
	MissingRate  = "missing"   // share of frames
	BadRate      = "bad"       // share of frames: spikes, zeros and missing ones together
	FrozenScale  = "frozen"    // times the longest run that chance allows
	DriftRate    = "drift"     // grams an hour
	CreepShare   = "creep"     // share of a step
	ResidualMean = "residual"  // mean of (loss/pieces − unit mass)/unit mass: the scale or the unit mass is off
	NewBatch     = "new_batch" // the same, since a restock: the goods are others
)

// Finding is one thing that is wrong with a scale, with its evidence.
type Finding struct {
	Code  string        `json:"code"`
	Level Status        `json:"level"`    // watch, calibrate or quarantined
	Value float64       `json:"value"`    // in the unit of the indicator, as of the latest event
	Limit float64       `json:"limit"`    // that Value passed to get to this level
	Since larder.Millis `json:"since_ms"` // at this level
	Clear larder.Millis `json:"clear_ms"` // since when Value asks for less than this level; 0 if it does not
}

// mended lets proof begin anew after a person's work.
func (f *Finding) mended(at larder.Millis) { f.Value, f.Clear = 0, at }

// dwell is how long a lower level has to be justified before it is believed.
const dwell = larder.Millis(30 * 60000)

// table is where the levels of an indicator begin and where they are left, by rung; a level that an
// indicator never asks for begins at infinity.
type table struct{ enter, leave [4]float64 }

var never = math.Inf(1)

// trembles is the noise, in grams, below which a sound scale of 1 g steps may say the same for hours.
const trembles = 0.3

// Sources: docs/weighing.md sections 1 and 2 (what sound scales do) and 9 (how far from it is what).
var (
	noiseTable    = table{enter: [4]float64{0, 2.2, 3, 8}, leave: [4]float64{0, 1.7, 2.2, 5}}
	spikeTable    = table{enter: [4]float64{0, 0.008, 0.02, 0.1}, leave: [4]float64{0, 0.005, 0.012, 0.06}}
	missingTable  = table{enter: [4]float64{0, 0.02, 0.1, 0.5}, leave: [4]float64{0, 0.01, 0.06, 0.3}}
	frozenTable   = table{enter: [4]float64{0, 1, never, 1}, leave: [4]float64{0, 0.5, never, 0.5}}
	silentTable   = table{enter: [4]float64{0, 1, never, never}, leave: [4]float64{0, 0.5, never, never}}
	driftTable    = table{enter: [4]float64{0, 6, 15, 60}, leave: [4]float64{0, 4, 10, 40}}
	creepTable    = table{enter: [4]float64{0, 0.005, 0.015, never}, leave: [4]float64{0, 0.003, 0.01, never}}
	residualTable = table{enter: [4]float64{0, 0.01, 0.015, never}, leave: [4]float64{0, 0.007, 0.01, never}}
)

// grade holds every indicator against its table and sums up.
func (s *State) grade() {
	stuck := frozenTable
	if s.Noise.Past < trembles {
		stuck = silentTable // its silence proves nothing
	}
	off, other := 0.0, NewBatch
	code := ResidualMean
	if s.Residual.freshBatch() {
		code, other = other, code
	}
	if s.Residual.certain() || s.has(code) {
		off = math.Abs(s.Residual.Mean)
	}
	grown, late := 0.0, 0.0
	if s.Noise.N > noiseYoung {
		grown = s.Noise.times()
	}
	if s.Creep.N >= 5 {
		late = math.Abs(s.Creep.share())
	}
	graded := make([]Finding, 0, len(s.Found)+1)
	for _, i := range []struct {
		code  string
		value float64
		table table
	}{
		{NoisyScale, grown, noiseTable}, {SpikeRate, s.Spikes, spikeTable}, {ZeroRate, s.Zeros, spikeTable},
		{MissingRate, s.Missing, missingTable}, {BadRate, s.Spikes + s.Zeros + s.Missing, spikeTable}, {FrozenScale, s.Still.beyond(s.Noise.Past), stuck},
		{DriftRate, math.Abs(s.Drift.Rate), driftTable}, {CreepShare, late, creepTable},
		{code, off, residualTable}, {other, 0, residualTable},
	} {
		if f, wrong := i.table.next(s.found(i.code), i.value, s.At); wrong {
			graded = append(graded, f)
		}
	}
	s.Found = graded
	worst := Healthy
	for _, f := range graded {
		if f.Level.rung() > worst.rung() {
			worst = f.Level
		}
	}
	if worst != s.Status() {
		s.Since = s.At
	}
	s.Verdict = worst
}

func (s *State) has(code string) bool { return s.found(code).Level != Healthy }

// found returns what is known of an indicator, at level healthy if nothing is.
func (s *State) found(code string) Finding {
	for _, f := range s.Found {
		if f.Code == code {
			return f
		}
	}
	return Finding{Code: code, Level: Healthy}
}

// next moves one finding: up at once, down one level at a time.
func (t table) next(f Finding, value float64, at larder.Millis) (Finding, bool) {
	rung := f.Level.rung()
	up, stay := t.reached(t.enter, value), t.reached(t.leave, value)
	f.Value = value
	switch {
	case up > rung:
		rung, f.Since, f.Clear = up, at, 0
	case stay >= rung:
		f.Clear = 0
	case f.Clear == 0:
		f.Clear = at
	case at-f.Clear >= dwell:
		rung = t.below(rung)
		f.Since, f.Clear = at, at
	}
	f.Level = ladder[rung]
	f.Limit = t.enter[rung]
	if math.IsInf(f.Limit, 1) {
		f.Limit = t.enter[1]
	}
	return f, rung > 0
}

// reached returns the highest rung whose limit value has passed.
func (t table) reached(limits [4]float64, value float64) int {
	rung := 0
	for i := 1; i < len(limits); i++ {
		if value >= limits[i] {
			rung = i
		}
	}
	return rung
}

// below returns the next lower rung that the indicator knows.
func (t table) below(rung int) int {
	for rung--; rung > 0 && math.IsInf(t.enter[rung], 1); rung-- {
	}
	return max(rung, 0)
}
