package learn

import (
	"fmt"

	"larder"
)

// Kind is what happened to a lane.
type Kind string

// The kinds of event.
const (
	Taught    Kind = "lesson"  // a session was judged: Lesson
	Undone    Kind = "undo"    // what Session taught is withdrawn: it was refunded, or judged again
	Restocked Kind = "restock" // goods of Batch were put in
	Confirmed Kind = "confirm" // a person has weighed pieces: UnitMass is the catalog's for this batch from now on
	Assigned  Kind = "product" // the lane holds another product, or its scale was replaced: Reference
)

// Event is one thing that what is known of a lane depends on.
type Event struct {
	Kind      Kind             `json:"kind"`
	At        larder.Millis    `json:"at_ms"`
	Session   larder.SessionID `json:"session_id,omitempty"`
	Lesson    *Lesson          `json:"lesson,omitempty"`
	Batch     string           `json:"batch,omitempty"` // a name for the goods put in; "" is always another batch
	UnitMass  larder.Gram      `json:"unit_mass_g,omitempty"`
	Person    larder.StaffID   `json:"person_id,omitempty"` // who confirmed
	Reference *Reference       `json:"reference,omitempty"`
}

// Reference is what is known of a lane before anything is learned: the catalog's product and the
// registered scale.
type Reference struct {
	UnitMass larder.Gram `json:"unit_mass_g"`    // above 0
	UnitSD   larder.Gram `json:"unit_mass_sd_g"` // 0 or NoMass if unknown: 1.5 % of the unit mass
	Noise    larder.Gram `json:"noise_g"`        // of a frame, 1 sd; 0 or NoMass if unknown: 1 g
}

// Lesson is what one session says of one lane.
type Lesson struct {
	Charged    bool        `json:"charged"`         // without a person; false if nothing was taken from any lane
	Reviewed   bool        `json:"reviewed"`        // a person had to judge the session
	Alerted    bool        `json:"alerted"`         // the session raised an alert, on whatever lane
	Doubted    bool        `json:"doubted"`         // the lane's scale is in doubt (health), or it holds strangers
	Confidence float64     `json:"confidence"`      // of the verdict
	Pieces     []Piece     `json:"pieces"`          // charged steps of a single piece each, at most [MaxPieces]
	Noise      larder.Gram `json:"noise_g"`         // of a frame at rest, as seen; NoMass if it was not
	Frames     int         `json:"frames,omitzero"` // that Noise comes from
}

// Piece is one piece that left the lane by itself.
type Piece struct {
	Loss larder.Gram `json:"loss_g"`
	SD   larder.Gram `json:"sd_g"` // uncertainty of Loss by noise and seat, 1 sd
}

// LeastConfidence is what a verdict needs before it teaches.
const LeastConfidence = 0.999

// Refusals: why a lesson is not learned from.
const (
	RefusedReview     = "reviewed"
	RefusedAlert      = "alerted"
	RefusedScale      = "scale_in_doubt"
	RefusedConfidence = "low_confidence"
	RefusedOld        = "before_restock"
	RefusedTwice      = "known"
)

// Refusal says why a lesson is not learned from, "" if it is.
func (l Lesson) Refusal() string {
	switch {
	case l.Reviewed:
		return RefusedReview
	case l.Alerted:
		return RefusedAlert
	case l.Doubted:
		return RefusedScale
	case !(l.Confidence >= LeastConfidence): // also refuses NaN
		return RefusedConfidence
	}
	return ""
}

const (
	maxMass   = 32_000 // grams
	maxMoment = 1_000_000_000_000_000
	maxBatch  = 100 // bytes
)

func (e Event) check() error {
	if e.At < 0 || e.At > maxMoment {
		return fmt.Errorf("at_ms is %d, want 0..%d", int64(e.At), int64(maxMoment))
	}
	switch e.Kind {
	case Taught:
		switch {
		case e.Session.IsZero():
			return fmt.Errorf("a lesson without a session")
		case e.Lesson == nil:
			return fmt.Errorf("session %v: no lesson", e.Session)
		case len(e.Lesson.Pieces) > MaxPieces:
			return fmt.Errorf("session %v: %d pieces, at most %d", e.Session, len(e.Lesson.Pieces), MaxPieces)
		}
	case Undone:
		if e.Session.IsZero() {
			return fmt.Errorf("nothing says which session to undo")
		}
	case Restocked:
		if len(e.Batch) > maxBatch {
			return fmt.Errorf("batch is a name of %d bytes, at most %d", len(e.Batch), maxBatch)
		}
	case Confirmed:
		if !mass(e.UnitMass) {
			return fmt.Errorf("unit_mass_g is %v, want above 0 and up to %d", float64(e.UnitMass), maxMass)
		}
	case Assigned:
		if e.Reference == nil || !mass(e.Reference.UnitMass) {
			return fmt.Errorf("reference: want a unit mass above 0 and up to %d g", maxMass)
		}
	default:
		return fmt.Errorf("kind is %.32q, want lesson, undo, restock, confirm or product", string(e.Kind))
	}
	return nil
}

// mass reports whether g is a mass that a lane can carry and a database can keep.
func mass(g larder.Gram) bool { return g.Milligrams() > 0 && g <= maxMass }

// kept is a mass as it is stored, so that what was stored goes on as what was not.
func kept(g larder.Gram) larder.Gram { return larder.Milligrams(g.Milligrams()) }
