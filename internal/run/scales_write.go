package run

import (
	"context"
	"slices"
	"time"

	"larder"
	"larder/internal/core/weigh/health"
)

// Run writes what has happened to scales until ctx ends, and then the rest, for 2 s at most and within
// grace.
func (s *Scales) Run(ctx, grace context.Context) error {
	s.count(ctx)
	tick := s.Time.NewSignal()
	for tick.Wait(ctx, scalesLook); ctx.Err() == nil; tick.Wait(ctx, scalesLook) {
		s.write(ctx, s.Time.Now())
	}
	last, done := s.Time.WithTimeout(grace, scalesGrace)
	defer done()
	s.write(last, s.Time.Now().Add(scalesLatest))
	return nil
}

// write writes the cabinets that are due by a moment, each in a transaction of its own: none waits for
// another one's, and a purchase waits for 20 rows at most. What cannot be written is tried at the next
// look.
func (s *Scales) write(ctx context.Context, by time.Time) {
	due := s.due(by)
	for _, cabinet := range due {
		if ctx.Err() != nil {
			return
		}
		if err := s.writeOne(ctx, cabinet); err != nil {
			s.Observer.Trouble(0, "scales", err)
			return
		}
	}
	if len(due) > 0 {
		s.count(ctx)
	}
}

// due returns the cabinets that are to be written by a moment, in one order.
func (s *Scales) due(by time.Time) []larder.CabinetID {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []larder.CabinetID
	for id, g := range s.cabinets {
		if len(g.since) > 0 && !g.due.After(by) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// changedStatus is news of a lane, to be told after the commit.
type changedStatus struct {
	lane     larder.LaneID
	from, to health.Status
}

func (s *Scales) writeOne(ctx context.Context, cabinet larder.CabinetID) error {
	since := s.happened(cabinet)
	if len(since) == 0 {
		return nil
	}
	s.mu.Lock()
	org := s.cabinets[cabinet].org
	s.mu.Unlock()
	var news []changedStatus
	err := s.DB.Update(ctx, func(tx larder.Tx) error {
		news = nil // of an earlier try
		memories, err := s.Store.ScaleMemories(ctx, tx, org, cabinet)
		if err != nil {
			return err
		}
		for _, m := range memories {
			now, lost := recollect(m, since)
			if lost != nil {
				s.Observer.Trouble(0, "scales", lost)
			}
			if !now.changed {
				continue
			}
			if err := s.saveTx(ctx, tx, now); err != nil {
				return err
			}
			if to := now.state.Status(); to != m.Status {
				news = append(news, changedStatus{m.Lane, m.Status, to})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.written(cabinet, since[len(since)-1].at)
	for _, n := range news {
		s.Observer.Scale(n.lane, n.from, n.to)
	}
	return nil
}

// saveTx writes a scale; an error of code conflict if somebody else has written it meanwhile.
func (s *Scales) saveTx(ctx context.Context, tx larder.Tx, now scale) error {
	m, err := now.kept()
	if err != nil {
		return err
	}
	saved, err := s.Store.SaveScaleMemory(ctx, tx, m)
	if err == nil && !saved {
		err = larder.E(larder.CodeConflict, "reason", "the scale has changed meanwhile")
	}
	return err
}

// written lets go of what the rows know.
func (s *Scales) written(cabinet larder.CabinetID, until larder.Millis) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.cabinets[cabinet]
	i := slices.IndexFunc(g.since, func(h happening) bool { return h.at > until })
	if i < 0 {
		i = len(g.since)
	}
	g.since = slices.Clone(g.since[i:])
	if len(g.since) > 0 {
		g.due = s.Time.Now().Add(scalesLatest)
	}
}

// count tells how many scales are not healthy.
func (s *Scales) count(ctx context.Context) {
	var lanes map[health.Status]int
	err := s.DB.View(ctx, func(tx larder.Tx) (err error) {
		lanes, err = s.Store.CountUnwellScales(ctx, tx)
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			s.Observer.Trouble(0, "scales", err)
		}
		return
	}
	for _, status := range health.Unwell() {
		s.Observer.Scales(status, lanes[status])
	}
}
