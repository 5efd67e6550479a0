package run

import (
	"context"
	"slices"

	"larder"
	"larder/internal/core/weigh/health"
)

// Scale is a lane's scale as staff see it.
type Scale struct {
	ScalePlace
	ID       larder.LaneID
	Status   health.Status
	Since    larder.Millis // of that status; 0 if it was never another
	Findings []health.Finding
}

// Work is what a person has done to a scale.
type Work string

// The works.
const (
	Cleaned    Work = "cleaned"
	Calibrated Work = "calibrated"
	Replaced   Work = "replaced"
)

// Works returns all works.
func Works() []Work { return []Work{Cleaned, Calibrated, Replaced} }

const maxWorkNote = 200 // characters

// List returns the scales of the actor's organization that are not healthy, the worst first, at most
// limit (1..200), as of when they were last written. Codes: forbidden.
func (s *Scales) List(ctx context.Context, actor larder.Actor, limit int) ([]Scale, error) {
	if !tends(actor) {
		return nil, larder.E(larder.CodeForbidden)
	}
	var out []Scale
	err := s.DB.View(ctx, func(tx larder.Tx) error {
		unwell, err := s.Store.UnwellScales(ctx, tx, actor.Org, min(max(limit, 1), 200))
		for _, u := range unwell {
			u.Restock = u.Restocked // the list is of what was written
			now, lost := recollect(u.ScaleMemory, nil)
			if lost != nil {
				s.Observer.Trouble(0, "scales", lost)
			}
			out = append(out, seen(u.ScalePlace, now))
		}
		return err
	})
	return out, err
}

// Serve notes a person's work on a scale, with an audit row in the same transaction. Everything is
// measured anew from now on; what was wrong stays until half an hour has proven otherwise. Codes:
// forbidden, not_found, invalid, too_large, conflict.
func (s *Scales) Serve(ctx context.Context, actor larder.Actor, lane larder.LaneID, work Work, note string) (Scale, error) {
	switch {
	case !tends(actor):
		return Scale{}, larder.E(larder.CodeForbidden)
	case !slices.Contains(Works(), work):
		return Scale{}, larder.E(larder.CodeInvalid, "field", "work", "reason", "unknown")
	case len([]rune(note)) > maxWorkNote:
		return Scale{}, larder.E(larder.CodeTooLarge, "field", "note", "limit", maxWorkNote)
	}
	var out Scale
	err := s.DB.Update(ctx, func(tx larder.Tx) error {
		place, err := s.Store.ScalePlace(ctx, tx, actor.Org, lane)
		if err != nil {
			return err
		}
		now, err := s.nowTx(ctx, tx, actor.Org, place.Cabinet, lane)
		if err != nil {
			return err
		}
		at := max(larder.MillisOf(tx.Now()), now.memory.At)
		if now.state, err = now.state.Apply(health.Event{Kind: health.Service, At: at}); err != nil {
			return err
		}
		now.memory.At = at // what was gathered before is of the scale before
		if err := s.saveTx(ctx, tx, now); err != nil {
			return err
		}
		out = seen(place, now)
		return s.Audit.RecordTx(ctx, tx, actor, larder.AuditRecord{
			Action: "scale." + string(work), ObjectKind: "lane", Object: int64(lane), Detail: note,
		})
	})
	return out, err
}

// nowTx returns a lane's scale as of now.
func (s *Scales) nowTx(ctx context.Context, tx larder.Tx, org larder.OrgID, cabinet larder.CabinetID, lane larder.LaneID) (scale, error) {
	since := s.happened(cabinet)
	memories, err := s.Store.ScaleMemories(ctx, tx, org, cabinet)
	if err != nil {
		return scale{}, err
	}
	i := slices.IndexFunc(memories, func(m ScaleMemory) bool { return m.Lane == lane })
	if i < 0 {
		return scale{}, larder.E(larder.CodeNotFound)
	}
	now, lost := recollect(memories[i], since)
	if lost != nil {
		s.Observer.Trouble(0, "scales", lost)
	}
	return now, nil
}

func seen(place ScalePlace, now scale) Scale {
	return Scale{
		ScalePlace: place, ID: now.memory.Lane, Status: now.state.Status(), Since: now.state.Since, Findings: now.state.Findings(),
	}
}

// tends tells who may see and serve scales.
func tends(a larder.Actor) bool {
	return a.Kind == larder.ActorStaff && (a.Role == larder.RoleAdmin || a.Role == larder.RoleOperator || a.Role == larder.RoleSupport)
}
