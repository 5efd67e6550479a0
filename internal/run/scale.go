package run

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"larder"
	"larder/internal/core/weigh/health"
)

// ScaleMemory is what is kept of a lane's scale.
type ScaleMemory struct {
	Lane      larder.LaneID
	Org       larder.OrgID
	Number    int           // of the lane in its cabinet, from 1
	Status    health.Status // State's
	State     string        // a [health.State] as JSON; "" where nothing is kept
	At        larder.Millis // the latest moment that State knows of; 0 where nothing is kept
	Restocked larder.Millis // the latest restock that State knows of
	Version   int64         // of the row; 0 where nothing is kept
	Restock   larder.Millis // when goods were last put in; 0 if they never were
}

// ScalePlace is where a lane is.
type ScalePlace struct {
	Cabinet larder.CabinetID
	Serial  string
	Door    int // from 1
	Lane    int // from 1, within the cabinet
}

// UnwellScale is a lane whose scale is not healthy.
type UnwellScale struct {
	ScaleMemory
	ScalePlace
}

// ScaleStore keeps what is remembered of scales.
type ScaleStore interface {
	// ScaleMemories returns one memory for each lane of a cabinet, by number.
	ScaleMemories(ctx context.Context, tx larder.Tx, org larder.OrgID, cabinet larder.CabinetID) ([]ScaleMemory, error)
	// SaveScaleMemory writes a memory whose version is still the row's, and counts the version on; false
	// if it is not.
	SaveScaleMemory(ctx context.Context, tx larder.Tx, m ScaleMemory) (bool, error)
	// ScalePlace returns where a lane of org is; not_found if org has no such lane.
	ScalePlace(ctx context.Context, tx larder.Tx, org larder.OrgID, lane larder.LaneID) (ScalePlace, error)
	// UnwellScales returns lanes of org whose scales are not healthy, the worst first, at most limit.
	UnwellScales(ctx context.Context, tx larder.Tx, org larder.OrgID, limit int) ([]UnwellScale, error)
	// CountUnwellScales counts the lanes of all organizations by status, healthy ones not.
	CountUnwellScales(ctx context.Context, tx larder.Tx) (map[health.Status]int, error)
}

// happening is what the scales of a cabinet went through and no row knows of yet. Nobody changes one.
type happening struct {
	at     larder.Millis                  // by the platform's clock; no two of a cabinet have the same
	idle   []larder.Gram                  // one mass a lane, by number; nil if it is not an idle frame
	visits map[larder.LaneID]health.Event // of the lanes that a visit tells something of
}

// of returns what the happening is to a lane; false if it is nothing.
func (h happening) of(lane larder.LaneID, number int) (health.Event, bool) {
	if h.idle != nil {
		e := health.Event{Kind: health.Idle, At: h.at, Mass: larder.NoMass, Before: larder.NoMass, After: larder.NoMass}
		if number >= 1 && number <= len(h.idle) {
			e.Mass = h.idle[number-1]
		}
		return e, true
	}
	e, ok := h.visits[lane]
	e.At = h.at
	return e, ok
}

// scale is a lane's scale as of now: its memory, and what has happened since.
type scale struct {
	memory  ScaleMemory
	state   health.State
	changed bool // state is not the memory's any more
}

// recollect returns what a memory and the happenings after it make of a scale; those that the memory
// knows are passed over. The error says that the memory cannot be read and was begun anew: at the status
// that it had, which has to be left by proof.
func recollect(m ScaleMemory, since []happening) (scale, error) {
	s := scale{memory: m}
	var lost error
	if m.State != "" {
		if err := json.Unmarshal([]byte(m.State), &s.state); err != nil {
			lost = fmt.Errorf("what is remembered of the scale of lane %s: %w", m.Lane, err)
			s.state = health.Doubted(m.Status, m.At)
		}
	}
	events := make([]health.Event, 0, len(since)+1)
	for _, h := range since {
		if e, ok := h.of(m.Lane, m.Number); ok && h.at > m.At {
			events = append(events, e)
			s.memory.At = h.at
		}
	}
	if m.Restock > m.Restocked {
		events = append(events, health.Event{Kind: health.Restock, At: m.Restock})
		slices.SortStableFunc(events, func(a, b health.Event) int { return cmp.Compare(a.At, b.At) })
		s.memory.Restocked = m.Restock
	}
	for _, e := range events {
		next, err := s.state.Apply(e)
		if err != nil {
			lost = cmp.Or(lost, fmt.Errorf("lane %s: %w", m.Lane, err)) // no evidence: the others count
			continue
		}
		s.state, s.changed = next, true
	}
	return s, lost
}

// kept is the scale as its row is to be.
func (s scale) kept() (ScaleMemory, error) {
	text, err := json.Marshal(s.state)
	m := s.memory
	m.State, m.Status = string(text), s.state.Status()
	return m, err
}
