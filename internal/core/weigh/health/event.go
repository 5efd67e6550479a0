package health

import (
	"fmt"
	"math"

	"larder"
)

// Kind is what happened to a lane.
type Kind string

// The kinds of event.
const (
	Idle    Kind = "idle"    // a reading behind a closed door: Mass
	Visit   Kind = "visit"   // a session has been judged: Sample, Before, After, Charged
	Restock Kind = "restock" // goods were put in, perhaps of a new batch
	Service Kind = "service" // a person has cleaned, calibrated or replaced the scale: it starts anew
)

// Event is one thing that a lane's health depends on. Masses count in whole milligrams, so that an
// event that was stored moves a state exactly as it did when it happened.
type Event struct {
	Kind    Kind          `json:"kind"`
	At      larder.Millis `json:"at_ms"`             // one clock for all events of a lane; one that goes back stands still
	Mass    larder.Gram   `json:"mass_g"`            // [larder.NoMass] if the lane gave none
	Before  larder.Gram   `json:"before_g"`          // the lane's levels around a visit; NoMass if unknown
	After   larder.Gram   `json:"after_g"`           // likewise
	Sample  *Sample       `json:"sample,omitempty"`  // of the visit's frames
	Charged []Step        `json:"charged,omitempty"` // what was charged from the lane without a person, at most [MaxSteps]
	Session string        `json:"session,omitempty"` // for who reads the log
}

// MaxSteps bounds what one visit charges from one lane.
const MaxSteps = 100

// Step is a loss that was charged as whole pieces.
type Step struct {
	Count    int         `json:"count"` // at least 1
	Loss     larder.Gram `json:"loss_g"`
	UnitMass larder.Gram `json:"unit_mass_g"` // that it was charged by, above 0
}

// off is how far a piece was from its unit mass, relative.
func (s Step) off() float64 {
	unit := grams(s.UnitMass)
	return (grams(s.Loss)/float64(s.Count) - unit) / unit
}

// grams is a mass as it is stored.
func grams(g larder.Gram) float64 { return float64(g.Milligrams()) / 1000 }

// check refuses what no event can be.
func (e Event) check() error {
	switch e.Kind {
	case Idle, Restock, Service:
	case Visit:
		if e.Sample != nil {
			if err := e.Sample.check(); err != nil {
				return err
			}
		}
		if len(e.Charged) > MaxSteps {
			return fmt.Errorf("%d charged steps, at most %d", len(e.Charged), MaxSteps)
		}
		for i, s := range e.Charged {
			if s.Count < 1 || s.UnitMass.Milligrams() <= 0 || !s.Loss.Known() {
				return fmt.Errorf("charged[%d]: %d pieces of %v g, %v g lost", i, s.Count, float64(s.UnitMass), float64(s.Loss))
			}
		}
	default:
		return fmt.Errorf("kind is %.32q, want idle, visit, restock or service", string(e.Kind))
	}
	if e.At < 0 || e.At > maxMoment {
		return fmt.Errorf("at_ms is %d, want 0..%d", int64(e.At), int64(maxMoment))
	}
	return nil
}

// maxMoment bounds moments so that no difference overflows.
const maxMoment = 1_000_000_000_000_000

// weight reports whether a mass is one that a lane can carry.
func weight(g larder.Gram) bool { return g.Known() && math.Abs(float64(g)) <= maxMass }

const maxMass = 32_000 // grams
