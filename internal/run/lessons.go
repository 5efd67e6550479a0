package run

import (
	"context"
	"encoding/json"
	"fmt"

	"larder"
	"larder/internal/core/catalog"
	"larder/internal/core/visit"
	"larder/internal/core/weigh/learn"
)

// LaneMemory is what is kept of what was learned of a lane.
type LaneMemory struct {
	Lane      larder.LaneID
	Product   larder.ProductID // that State is about; 0 where nothing is kept
	State     string           // a [learn.State] as JSON; "" where nothing is kept
	Version   int64            // of the row; 0 where nothing is kept
	Restocked larder.Millis    // when goods were last put in; 0 if they never were
	Scale     ScaleMemory      // how the lane\'s scale is; not written with the rest
}

// LessonStore keeps what lessons are made of.
type LessonStore interface {
	// LaneMemories returns one memory for each lane of a door.
	LaneMemories(ctx context.Context, tx larder.Tx, door larder.DoorID) ([]LaneMemory, error)
	// SaveLaneMemory writes a memory whose version is still the row's, and counts the version on; false
	// if it is not.
	SaveLaneMemory(ctx context.Context, tx larder.Tx, org larder.OrgID, m LaneMemory) (bool, error)
}

// Lessons lets lanes learn what their goods weigh and how noisy their scales are (BY10): from each
// verdict that is beyond doubt, after it was committed. A lesson may be lost, when the process ends
// between the two; none is learned twice. A nil *Lessons knows nothing and learns nothing.
type Lessons struct {
	DB    larder.Transactor
	Store LessonStore
}

// recall returns what is kept of the lanes of a scene's door.
func (l *Lessons) recall(ctx context.Context, scene visit.Scene) (memories map[larder.LaneID]LaneMemory, err error) {
	if l == nil {
		return nil, nil
	}
	err = l.DB.View(ctx, func(tx larder.Tx) error {
		memories, err = l.memories(ctx, tx, scene.Session.Door)
		return err
	})
	return memories, err
}

// learned returns what memories hold of a scene's lanes, in the order of its slots; an empty one where
// nothing was learned.
func learned(scene visit.Scene, memories map[larder.LaneID]LaneMemory) ([]learn.Learned, error) {
	out := make([]learn.Learned, len(scene.Slots))
	for i, slot := range scene.Slots {
		m, ok := memories[slot.Lane]
		if !ok || m.Version == 0 {
			continue
		}
		state, err := recall(m, slot)
		if err != nil {
			return nil, err
		}
		out[i] = state.Learned()
	}
	return out, nil
}

// teach lets the lanes of a scene learn, each from its lesson.
func (l *Lessons) teach(ctx context.Context, scene visit.Scene, lessons map[larder.LaneID]learn.Event) error {
	if l == nil || len(lessons) == 0 {
		return nil
	}
	return l.DB.Update(ctx, func(tx larder.Tx) error {
		memories, err := l.memories(ctx, tx, scene.Session.Door)
		if err != nil {
			return err
		}
		for _, slot := range scene.Slots {
			lesson, ok := lessons[slot.Lane]
			if !ok {
				continue
			}
			if err := l.learnTx(ctx, tx, scene.Session.Org, memories[slot.Lane], slot, lesson); err != nil {
				return fmt.Errorf("lane %s: %w", slot.Lane, err)
			}
		}
		return nil
	})
}

func (l *Lessons) memories(ctx context.Context, tx larder.Tx, door larder.DoorID) (map[larder.LaneID]LaneMemory, error) {
	rows, err := l.Store.LaneMemories(ctx, tx, door)
	out := make(map[larder.LaneID]LaneMemory, len(rows))
	for _, m := range rows {
		out[m.Lane] = m
	}
	return out, err
}

// learnTx lets one lane learn. A state that nobody can read any more is begun anew: it is an estimate,
// and the catalog has another one.
func (l *Lessons) learnTx(ctx context.Context, tx larder.Tx, org larder.OrgID, m LaneMemory, slot catalog.Slot, lesson learn.Event) error {
	state, err := recall(m, slot)
	if err != nil {
		if state, err = recall(LaneMemory{Lane: m.Lane, Restocked: m.Restocked}, slot); err != nil {
			return err
		}
	}
	if state.Refusal(lesson) != "" {
		return nil
	}
	if state, err = state.Apply(lesson); err != nil {
		return err
	}
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	m.Lane, m.Product, m.State = slot.Lane, slot.Product.ID, string(text)
	saved, err := l.Store.SaveLaneMemory(ctx, tx, org, m)
	if err == nil && !saved {
		err = larder.E(larder.CodeConflict, "reason", "somebody else has taught the lane")
	}
	return err
}

// recall returns what a memory holds of the goods that lie in the slot now: nothing but the catalog's
// word if they were others, if the catalog has changed its mind, or since a restock, whose batch may be
// another.
func recall(m LaneMemory, slot catalog.Slot) (learn.State, error) {
	var state learn.State
	if m.State != "" && m.Product == slot.Product.ID {
		if err := json.Unmarshal([]byte(m.State), &state); err != nil {
			return state, fmt.Errorf("what was learned of lane %s: %w", slot.Lane, err)
		}
	}
	catalogs := learn.Reference{UnitMass: slot.Product.UnitMass, UnitSD: slot.Product.UnitSD, Noise: slot.Noise}
	var err error
	if !same(state, catalogs) {
		state, err = state.Apply(learn.Event{Kind: learn.Assigned, At: m.Restocked, Reference: &catalogs})
	}
	if err == nil && m.Restocked > state.BatchAt {
		state, err = state.Apply(learn.Event{Kind: learn.Restocked, At: m.Restocked})
	}
	return state, err
}

// same reports whether a state was learned against these words of the catalog, or a person has
// confirmed another unit mass since.
func same(s learn.State, catalogs learn.Reference) bool {
	if s.Confirmer {
		catalogs.UnitMass = s.Reference.UnitMass
	}
	return s.Reference.UnitMass.Milligrams() == catalogs.UnitMass.Milligrams() &&
		s.Reference.UnitSD.Milligrams() == catalogs.UnitSD.Milligrams() &&
		s.Reference.Noise.Milligrams() == catalogs.Noise.Milligrams()
}
