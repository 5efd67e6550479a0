package run

import (
	"context"
	"slices"
	"sync"
	"time"

	"larder"
	"larder/internal/core/visit"
	"larder/internal/core/weigh/health"
)

// Figures of scales. A cabinet's idle frame comes every 90 s: at most 20 of them wait to be written.
const (
	scalesLook    = 30 * time.Second // between looks at which cabinets are due
	scalesLatest  = 30 * time.Minute // that a happening waits for its row
	scalesSpread  = 15 * time.Minute // by how much earlier it is written, so that cabinets are not all due at once
	scalesMany    = 48               // happenings after which a cabinet is due at once
	scalesMost    = 128              // happenings of a cabinet that are kept while no row can be written
	scalesGrace   = 2 * time.Second  // for what is not written yet when the process ends
	droppedScales = "scales"         // told to [Observer.Dropped]: a happening for which there was no room
)

// Scales follows whether scales are still scales (BY6): every idle frame and every visit moves the health
// of the lanes, a quarantined one charges nothing, a doubted one teaches nothing.
//
// What happens is gathered in memory and written once in 15 to 30 minutes for each cabinet, earlier where
// a session finds that a status has changed, and never in a purchase's transaction. A session sees the
// rows and what has happened since: nothing waits for being written. When the process ends suddenly,
// what was gathered is lost; nothing counts twice. A nil *Scales knows and follows nothing.
//
// Goroutines: Run is one; everything else may be called beside it. Locks: mu guards cabinets and is held
// for moments.
type Scales struct {
	ScalesConfig
	mu       sync.Mutex
	cabinets map[larder.CabinetID]*gathered
}

// ScalesConfig is what Scales are made of.
type ScalesConfig struct {
	DB       larder.Transactor
	Store    ScaleStore
	Audit    Auditor
	Time     Scheduler
	Observer Observer
}

// Auditor keeps what staff have done; *staff.Service.
type Auditor interface {
	RecordTx(ctx context.Context, tx larder.Tx, actor larder.Actor, rec larder.AuditRecord) error
}

// gathered is what has happened to a cabinet's scales since its rows were written.
type gathered struct {
	org    larder.OrgID
	latest larder.Millis // of all happenings there ever were
	due    time.Time     // when it is to be written, where anything has happened
	since  []happening   // in order; never changed in place
}

// NewScales returns scales of which nothing is known but what the rows say.
func NewScales(c ScalesConfig) *Scales {
	return &Scales{ScalesConfig: c, cabinets: make(map[larder.CabinetID]*gathered)}
}

// idle takes a frame from outside sessions. One of an open door, whose lanes somebody may be touching, and
// one of zeros all over say nothing.
func (s *Scales) idle(org larder.OrgID, r larder.Readings) {
	if s == nil || r.Door != larder.DoorClosed || health.DeadBus(r.Mass) {
		return
	}
	s.add(org, r.Cabinet, happening{idle: slices.Clone(r.Mass)})
}

// visited takes what a session told of its lanes.
func (s *Scales) visited(scene visit.Scene, visits map[larder.LaneID]health.Event) {
	if s == nil || len(visits) == 0 {
		return
	}
	s.add(scene.Session.Org, scene.Session.Cabinet, happening{visits: visits})
}

func (s *Scales) add(org larder.OrgID, cabinet larder.CabinetID, h happening) {
	now := s.Time.Now()
	s.mu.Lock()
	g := s.cabinets[cabinet]
	if g == nil {
		g = &gathered{org: org}
		s.cabinets[cabinet] = g
	}
	full := len(g.since) >= scalesMost
	if !full {
		h.at = max(larder.MillisOf(now), g.latest+1)
		g.latest = h.at
		if len(g.since) == 0 {
			g.due = now.Add(scalesLatest - time.Duration(cabinet)%scalesSpread)
		}
		g.since = append(g.since, h)
		if len(g.since) >= scalesMany {
			g.due = now
		}
	}
	s.mu.Unlock()
	if full {
		s.Observer.Dropped(droppedScales)
	}
}

// happened returns what has happened to a cabinet's scales since its rows were written; some of it they
// may know.
func (s *Scales) happened(cabinet larder.CabinetID) []happening {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.cabinets[cabinet]; g != nil {
		return slices.Clip(g.since)
	}
	return nil
}

// states returns the health of a scene's lanes, in the order of its slots, of what is kept of them and what
// has happened since.
func (s *Scales) states(scene visit.Scene, memories map[larder.LaneID]LaneMemory, since []happening) []health.State {
	if s == nil {
		return nil
	}
	out := make([]health.State, len(scene.Slots))
	for i, slot := range scene.Slots {
		m, ok := memories[slot.Lane]
		if !ok {
			continue
		}
		now, err := recollect(m.Scale, since)
		if err != nil {
			s.Observer.Trouble(scene.Session.ID, "scales", err)
		}
		out[i] = now.state
		if now.state.Status() != m.Scale.Status {
			s.hurry(scene.Session.Cabinet)
		}
	}
	return out
}

// hurry lets a cabinet be written at the next look.
func (s *Scales) hurry(cabinet larder.CabinetID) {
	now := s.Time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.cabinets[cabinet]; g != nil && g.due.After(now) {
		g.due = now
	}
}
