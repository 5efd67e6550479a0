package health

import (
	"fmt"
	"math"
	"slices"

	"larder"
)

// State is what is remembered of one lane. Its zero value is a lane of which nothing is known yet,
// and it is healthy. A State is a value: Apply leaves the one it is called on as it was. The fields
// are there for JSON; read them through the methods and [State.Findings].
type State struct {
	At       larder.Millis `json:"at_ms"`           // of the latest event
	Verdict  Status        `json:"status"`          // "" is healthy
	Since    larder.Millis `json:"status_since_ms"` // of that status; 0 if it was never another
	Found    []Finding     `json:"findings"`        // one an indicator at most, in the order of the table
	Noise    noise         `json:"noise"`
	Spikes   float64       `json:"spikes"` // shares of the frames of late
	Zeros    float64       `json:"zeros"`
	Missing  float64       `json:"missing"`
	Still    still         `json:"still"`
	Drift    drift         `json:"drift"`
	Creep    creep         `json:"creep"`
	Residual residual      `json:"residual"`
}

// Doubted returns the state of a lane of which only a status is known any more, since at: what was
// wrong with it is forgotten, and to get better takes proof all the same.
func Doubted(was Status, at larder.Millis) State {
	s := State{At: at}
	if rung := was.rung(); rung > 0 {
		s.Verdict, s.Since = was, at
		s.Found = []Finding{{Code: BadRate, Level: was, Limit: spikeTable.enter[rung], Since: at}}
	}
	return s
}

// Status returns what is to be done about the scale.
func (s State) Status() Status {
	if s.Verdict == "" {
		return Healthy
	}
	return s.Verdict
}

// MayCharge reports whether goods of this lane may be charged without a person: never from a
// quarantined one.
func (s State) MayCharge() bool { return s.Status() != Quarantined }

// MayTeach reports whether what the lane weighs may be learned from: not while its scale is in doubt.
// Pieces that are off their unit mass are no doubt of the scale: that is what learning is for.
func (s State) MayTeach() bool {
	return !slices.ContainsFunc(s.Found, func(f Finding) bool {
		return f.Level.rung() >= Calibrate.rung() && f.Code != ResidualMean && f.Code != NewBatch
	})
}

// Findings returns what is wrong, in the order of the indicators.
func (s State) Findings() []Finding { return slices.Clone(s.Found) }

// NoiseNow returns the noise of a frame at rest of late, 1 sd; NoMass before it is known.
func (s State) NoiseNow() larder.Gram {
	if s.Noise.N < leastPairs {
		return larder.NoMass
	}
	return larder.Gram(s.Noise.Now)
}

// Apply returns the state after an event. An error says what is wrong with the event; the state is
// unchanged then.
func (s State) Apply(e Event) (State, error) {
	if err := e.check(); err != nil {
		return s, fmt.Errorf("health: %w", err)
	}
	s.Found = slices.Clone(s.Found)
	s.At = max(s.At, e.At)
	switch e.Kind {
	case Idle:
		s.idle(e.Mass)
	case Visit:
		s.visit(e)
	case Restock:
		s.Residual = residual{Earlier: s.Residual.Mean, EarlierN: s.Residual.N, Restocked: true}
		s.Drift.restart()
		s.Creep.Step, s.Still.Once, s.Still.Twice = 0, false, false
	case Service:
		s.serve()
	}
	s.grade()
	return s, nil
}

// frameMemory is over how many frames shares are taken.
const frameMemory = 400

// share moves a share of frames by k of n more.
func share(now *float64, k, n int) {
	if n > 0 {
		w := float64(n) / float64(n+frameMemory)
		*now += w * (float64(k)/float64(n) - *now)
	}
}

// idle takes one reading of a closed cabinet. A reading counts when the next one is there: alone, a
// spike looks like a step.
func (s *State) idle(mass larder.Gram) {
	if !weight(mass) {
		share(&s.Missing, 1, 1)
		return
	}
	share(&s.Missing, 0, 1)
	x, sigma := grams(mass), s.sigma()
	last, lastAt, earlier, two := s.Still.Last, s.Still.LastAt, s.Still.Earlier, s.Still.Twice
	s.Still.take(s.At, x)
	if !two {
		return
	}
	if spike(earlier, last, x, sigma) {
		zero := 0
		if last == 0 {
			zero = 1
		}
		share(&s.Zeros, zero, 1)
		share(&s.Spikes, 1-zero, 1)
		s.Still.Twice = false // what lay between is forgotten
		return
	}
	if last == 0 && s.Drift.N >= settledAfter && math.Abs(s.Drift.Now) > 20 {
		share(&s.Zeros, 1, 1) // it goes on saying nothing
		return
	}
	share(&s.Zeros, 0, 1)
	share(&s.Spikes, 0, 1)
	// A scale that is stuck must not teach that it is quiet: it would never be found to be stuck.
	if d := math.Abs(last - earlier); d <= 8*sigma+8 && s.Still.Run < stuckPerhaps {
		s.Noise.add(d*math.Sqrt(math.Pi)/2, 1)
	}
	s.Drift.add(lastAt, last, sigma)
	s.Creep.settle(lastAt, last)
}

// visit takes what a session said of the lane.
func (s *State) visit(e Event) {
	if p := e.Sample; p != nil {
		share(&s.Missing, p.Missing, p.Frames)
		share(&s.Zeros, p.Zeros, p.Frames)
		share(&s.Spikes, p.Spikes, p.Frames)
		if p.Noise.Known() && 2*p.Run < p.Frames-p.Missing {
			s.Noise.add(grams(p.Noise), min(p.Frames/2, 40))
		}
		s.Still.follow(*p)
	} else {
		s.Still.Once = false
	}
	for _, step := range e.Charged {
		s.Residual.add(step.off())
	}
	s.Drift.restart()
	s.Creep.Step, s.Still.Twice = 0, false
	if weight(e.Before) && weight(e.After) {
		step := grams(e.Before) - grams(e.After)
		if math.Abs(step) > 3*s.sigma()+3 {
			s.Still.Run, s.Still.Longest = 1, 1 // a scale that follows its load is not stuck
		}
		s.Creep.begin(s.At, grams(e.After), step)
	}
}

// serve forgets what was measured before a person's work; what was wrong has to prove itself mended.
func (s *State) serve() {
	fresh := State{At: s.At, Verdict: s.Verdict, Since: s.Since, Found: s.Found}
	for i := range fresh.Found {
		fresh.Found[i].mended(s.At)
	}
	*s = fresh
}

// sigma is the noise that a frame is held against, in grams.
func (s *State) sigma() float64 {
	if s.Noise.N < leastPairs {
		return usualNoise
	}
	return max(s.Noise.Past, 0.3)
}
