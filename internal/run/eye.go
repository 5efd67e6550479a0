package run

import (
	"errors"
	"slices"

	"larder"
	"larder/internal/core/order"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
	"larder/internal/core/weigh/health"
	"larder/internal/core/weigh/learn"
	"larder/internal/core/weigh/trace"
)

// RuleVersion names the recognizer whose verdicts are stored; it changes with its results.
const RuleVersion = weigh.RuleVersion

// policyName is the policy that production judges by.
const policyName = "balanced"

// eye is what a watch sees of one session: the recognizer, fed with the lanes of this door, and the
// readings as they came. It has no goroutine, clock or I/O.
type eye struct {
	scene    visit.Scene
	lanes    []weigh.Lane   // as of the opening, in the order of the scene's slots
	scales   []health.State // likewise; nil: nothing is known of them
	rec      *weigh.Recognizer
	seen     map[frameID]struct{}
	readings []weigh.Reading  // as told
	doors    []weigh.DoorNote // as told, among the readings
	full     bool             // the recognizer has refused a reading
	last     []weigh.Line
	shown    bool // a basket was shown
	door     doorTimes
	next     []larder.DoorEvent // openings for somebody else that came before this session's close
	ends     ends
}

// frameID tells frames of one session apart: a replay brings the same ones again.
type frameID struct{ boot, seq uint64 }

// doorTimes are the two moments of a session by the cabinet's clock; 0 for an event that did not come.
type doorTimes struct {
	opened, closed larder.Millis
}

// newEye looks at a scene with what was learned of its lanes and how their scales are, in the order of its
// slots.
func newEye(scene visit.Scene, known []learn.Learned, scales []health.State) (*eye, error) {
	lanes := lanesOf(scene, known, scales)
	rec, err := weigh.New(lanes, weigh.Balanced())
	if err != nil {
		return nil, err
	}
	e := &eye{scene: scene, lanes: lanes, scales: scales, rec: rec, seen: make(map[frameID]struct{})}
	for _, ev := range scene.Events {
		e.event(ev)
	}
	if scene.Next != nil {
		e.bound(*scene.Next)
	}
	return e, nil
}

// event takes a durable event; one of another door is none of this session's. The recognizer counts
// the first opening and the first close, and so does the recording that repeats its verdict.
func (e *eye) event(ev larder.DoorEvent) {
	if ev.Door != e.scene.Session.Number {
		return
	}
	switch ev.Kind {
	case larder.DoorOpened:
		if e.door.opened == 0 {
			e.door.opened = ev.At
			e.rec.Opened(ev.At, ev.Arrived)
			e.note(weigh.NoteOpened, ev)
		}
	case larder.DoorShut:
		if e.door.closed == 0 {
			e.door.closed = ev.At
			e.rec.Closed(ev.At, ev.Arrived)
			e.note(weigh.NoteClosed, ev)
			early := e.next
			e.next = nil
			for _, next := range early {
				e.bound(next)
			}
		}
	case larder.DoorForced:
	}
}

// bound takes the opening of a door for the next shopper; one of another door, or of before this
// session's close, is none. Which it is shows when the close is known.
func (e *eye) bound(ev larder.DoorEvent) {
	switch {
	case ev.Door != e.scene.Session.Number:
	case !e.closed():
		e.next = append(e.next, ev)
	case ev.At > e.door.closed && len(e.doors) < trace.MaxDoors: // the earliest counts, so what is beyond adds nothing
		e.rec.Bounded(ev.At, ev.Arrived)
		e.note(weigh.NoteBounded, ev)
	}
}

// note records what the recognizer was told of the door.
func (e *eye) note(kind weigh.DoorKind, ev larder.DoorEvent) {
	e.doors = append(e.doors, weigh.DoorNote{Kind: kind, At: ev.At, Arrived: ev.Arrived, After: len(e.readings)})
}

func (e *eye) settled() bool { return e.rec.Settled() }

func (e *eye) closed() bool { return e.door.closed != 0 }

func (e *eye) empty() bool { return len(e.readings) == 0 }

// feed takes a frame of the whole cabinet; a repetition changes nothing.
func (e *eye) feed(r larder.Readings) error {
	id := frameID{r.Boot, r.Seq}
	if _, again := e.seen[id]; again {
		return nil
	}
	in := weigh.Reading{Seq: r.Seq, At: r.At, Arrived: r.Arrived, Mass: make([]larder.Gram, len(e.scene.Slots))}
	for i, s := range e.scene.Slots {
		in.Mass[i] = larder.NoMass
		if s.Number >= 1 && s.Number <= len(r.Mass) {
			in.Mass[i] = r.Mass[s.Number-1]
		}
	}
	err := e.rec.Feed(in)
	if err == nil {
		e.seen[id] = struct{}{}
		e.ends.add(in)
	}
	first := errors.Is(err, weigh.ErrFull) && !e.full
	e.full = e.full || first
	if err == nil || first { // the first refusal is part of what the verdict follows from
		e.keep(in)
	}
	return err
}

// keep records a reading, as long as a trace can hold it: longer than a recognizer can.
func (e *eye) keep(in weigh.Reading) {
	if n := len(e.readings) + 1; n <= trace.MaxReadings && n*len(in.Mass) <= trace.MaxCells {
		e.readings = append(e.readings, in)
	}
}

// basket is the live estimate, and whether it differs from the last one.
func (e *eye) basket() (visit.Basket, bool) {
	lines := e.rec.Basket()
	changed := !e.shown || !slices.Equal(lines, e.last)
	e.last, e.shown = slices.Clone(lines), true
	bill := make([]order.Line, 0, len(lines))
	for _, l := range lines {
		s := e.scene.Slots[l.Lane]
		bill = append(bill, order.Line{
			Lane: s.Lane, Product: s.Product.ID, Name: s.Product.Name, NameEn: s.Product.NameEn, Quantity: l.Count, Price: s.Price,
		})
	}
	return visit.BasketOf(bill), changed
}

func (e *eye) decide(now larder.Millis) (weigh.Verdict, larder.Millis, bool) {
	return e.rec.Decide(now)
}

// taken is a verdict's basket by lanes.
func (e *eye) taken(v weigh.Verdict) []session.Taken {
	out := make([]session.Taken, 0, len(v.Lines))
	for _, l := range v.Lines {
		out = append(out, session.Taken{Lane: e.scene.Slots[l.Lane].Lane, Count: l.Count})
	}
	return out
}
