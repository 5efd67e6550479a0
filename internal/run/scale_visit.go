package run

import (
	"slices"

	"larder"
	"larder/internal/core/weigh"
	"larder/internal/core/weigh/health"
)

// visits returns what a session tells of the scales of its lanes: how they weighed meanwhile, where they
// stood before and after, and by how much what was charged was off. v has no lanes where the evidence was
// kept without a verdict.
func (e *eye) visits(v weigh.Verdict) map[larder.LaneID]health.Event {
	out := make(map[larder.LaneID]health.Event, len(e.scene.Slots))
	seen := e.samples()
	for i, slot := range e.scene.Slots {
		ev := health.Event{Kind: health.Visit, Before: larder.NoMass, After: larder.NoMass, Session: e.scene.Session.ID.String()}
		if i < len(seen) && seen[i].Frames > 0 {
			ev.Sample = &seen[i]
		}
		if i < len(v.Lanes) && v.Lanes[i].Known {
			ev.Before, ev.After = v.Lanes[i].Before, v.Lanes[i].After
			ev.Charged = charged(v, i, e.lanes[i].UnitMass)
		}
		if ev.Sample != nil || ev.Before.Known() {
			out[slot.Lane] = ev
		}
	}
	return out
}

// charged is the loss of a lane that a verdict charges as whole pieces; none where a part of it was
// something else.
func charged(v weigh.Verdict, lane int, unit larder.Gram) []health.Step {
	l := v.Lanes[lane]
	foreign := slices.ContainsFunc(l.Notes, func(note string) bool {
		return note == weigh.AlertItemMoved || note == weigh.AlertForeignObject || note == weigh.AlertItemLeans || note == weigh.AlertLoadWedged
	})
	if v.Kind != weigh.Charge || l.Count < 1 || l.Moved != 0 || foreign || unit.Milligrams() <= 0 {
		return nil
	}
	return []health.Step{{Count: l.Count, Loss: l.Before - l.After, UnitMass: unit}}
}
