package learn

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"larder"
)

// Bounds of a state.
const (
	MaxPieces = 64 // pieces of the batch; of more, the oldest are forgotten
	MaxNoises = 32
)

// State is everything that was learned of one lane, as what it was learned from. Its zero value knows
// nothing; the first event is Assigned. It is a value: Apply leaves the one it is called on as it was.
type State struct {
	Reference Reference     `json:"reference"`
	Confirmer bool          `json:"confirmed"` // a person confirmed the reference's unit mass
	Batch     string        `json:"batch"`
	BatchAt   larder.Millis `json:"batch_at_ms"` // lessons from before are of other goods
	Pieces    []piece       `json:"pieces"`      // in order of time and session
	Noises    []noise       `json:"noises"`      // likewise
}

// piece is one loss that was learned from.
type piece struct {
	At      larder.Millis    `json:"at_ms"`
	Session larder.SessionID `json:"session_id"`
	Piece
}

// noise is what one session saw of the scale's noise.
type noise struct {
	At      larder.Millis    `json:"at_ms"`
	Session larder.SessionID `json:"session_id"`
	Noise   larder.Gram      `json:"noise_g"`
}

// Rebuild returns the state that a lane's events make, in the order of their log. The error names the
// event that is wrong.
func Rebuild(events []Event) (State, error) {
	var s State
	for i, e := range events {
		var err error
		if s, err = s.Apply(e); err != nil {
			return State{}, fmt.Errorf("events[%d]: %w", i, err)
		}
	}
	return s, nil
}

// Apply returns the state after an event. A lesson that is refused ([Lesson.Refusal], or by
// [State.Refusal]) changes nothing and is no error. An error says what is wrong with the event; the
// state is unchanged then.
func (s State) Apply(e Event) (State, error) {
	if err := e.check(); err != nil {
		return s, fmt.Errorf("learn: %w", err)
	}
	s.Pieces, s.Noises = slices.Clone(s.Pieces), slices.Clone(s.Noises)
	switch e.Kind {
	case Taught:
		if s.Refusal(e) == "" {
			s.take(e)
		}
	case Undone:
		s.Pieces = slices.DeleteFunc(s.Pieces, func(p piece) bool { return p.Session == e.Session })
		s.Noises = slices.DeleteFunc(s.Noises, func(n noise) bool { return n.Session == e.Session })
	case Restocked:
		if e.Batch == "" || e.Batch != s.Batch {
			s.Pieces, s.Batch, s.BatchAt, s.Confirmer = nil, e.Batch, e.At, false
		}
	case Confirmed:
		s.Reference.UnitMass, s.Confirmer = kept(e.UnitMass), true
	case Assigned:
		r := *e.Reference
		s = State{Reference: Reference{UnitMass: kept(r.UnitMass), UnitSD: kept(r.UnitSD), Noise: kept(r.Noise)}, BatchAt: e.At}
	}
	if len(s.Pieces) == 0 {
		s.Pieces = nil // as in a state that never had one
	}
	if len(s.Noises) == 0 {
		s.Noises = nil
	}
	return s, nil
}

// Refusal says why this state does not learn from a lesson, "" if it does.
func (s State) Refusal(e Event) string {
	switch {
	case e.Lesson == nil:
		return ""
	case e.Lesson.Refusal() != "":
		return e.Lesson.Refusal()
	case e.At < s.BatchAt:
		return RefusedOld
	case slices.ContainsFunc(s.Pieces, func(p piece) bool { return p.Session == e.Session }),
		slices.ContainsFunc(s.Noises, func(n noise) bool { return n.Session == e.Session }):
		return RefusedTwice
	}
	return ""
}

// take files what a lesson says. A loss that is no single piece whatever the batch is passed over.
func (s *State) take(e Event) {
	unit := float64(s.Reference.UnitMass)
	for _, p := range e.Lesson.Pieces {
		loss := float64(p.Loss)
		if !e.Lesson.Charged || !p.SD.Known() || p.SD < 0 || p.SD > maxMass || !(math.Abs(loss-unit) <= unit/2) {
			continue
		}
		s.Pieces = append(s.Pieces, piece{e.At, e.Session, Piece{Loss: kept(p.Loss), SD: kept(p.SD)}})
	}
	if n := e.Lesson.Noise; n.Known() && n.Milligrams() >= 0 && n <= maxMass && e.Lesson.Frames >= leastFrames {
		s.Noises = append(s.Noises, noise{e.At, e.Session, kept(n)})
	}
	slices.SortStableFunc(s.Pieces, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Session, b.Session))
	})
	slices.SortStableFunc(s.Noises, func(a, b noise) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Session, b.Session))
	})
	s.Pieces = s.Pieces[max(len(s.Pieces)-MaxPieces, 0):]
	s.Noises = s.Noises[max(len(s.Noises)-MaxNoises, 0):]
}

// Learned is what the recognizer's lane is made of.
type Learned struct {
	UnitMass larder.Gram `json:"unit_mass_g"`
	UnitSD   larder.Gram `json:"unit_mass_sd_g"`     // spread of pieces, 1 sd
	Unsure   larder.Gram `json:"unit_mass_unsure_g"` // what is not known of UnitMass, 1 sd
	Noise    larder.Gram `json:"noise_g"`            // of a frame at rest, 1 sd
	Pieces   int         `json:"pieces"`             // that were learned from
	Shifted  float64     `json:"shifted"`            // probability that the batch is another one than the catalog's
	AtBound  bool        `json:"at_bound"`           // it would go further, but a person has to confirm
}

// Learned returns what is known of the lane now; its zero value before a product was assigned.
func (s State) Learned() Learned {
	if s.Reference.UnitMass <= 0 {
		return Learned{}
	}
	l, _ := s.unit()
	l.Noise = s.noise()
	return l
}

// Account is what one session taught.
type Account struct {
	Session larder.SessionID `json:"session_id"`
	At      larder.Millis    `json:"at_ms"`
	Pieces  []Weighed        `json:"pieces"`
	Before  larder.Gram      `json:"before_g"` // the unit mass before it and after
	After   larder.Gram      `json:"after_g"`
	Held    bool             `json:"held"` // it would have moved it further than one session may
}

// Weighed is one piece with the weight that it has now: the probability that it is an ordinary piece.
type Weighed struct {
	Loss   larder.Gram `json:"loss_g"`
	Weight float64     `json:"weight"`
}

// Accounts returns how the unit mass became what it is, session by session; empty if nothing was
// learned.
func (s State) Accounts() []Account {
	if s.Reference.UnitMass <= 0 {
		return []Account{}
	}
	_, accounts := s.unit()
	return accounts
}
