package weigh

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"larder"
)

// DoorKind says what a [DoorNote] is about.
type DoorKind int

// What a recognizer is told about the door: [Recognizer.Opened], [Recognizer.Closed] and
// [Recognizer.Bounded].
const (
	NoteOpened DoorKind = iota
	NoteClosed
	NoteBounded
)

// DoorNote is one message of the door, as it was told.
type DoorNote struct {
	Kind    DoorKind
	At      larder.Millis // the cabinet's clock
	Arrived larder.Millis // the platform's clock
	After   int           // how many readings had been told before it
}

// RecordedLane is a lane as of the opening, and its name outside of the recognizer.
type RecordedLane struct {
	Name string // as JSON: a string with its quotes, or a number
	Lane
}

// Recording is everything that a recognizer was told about one session, in the order in which it was
// told: what its verdict follows from.
type Recording struct {
	ID       string // as JSON: a string with its quotes, or a number
	Rules    string // the version of the rules that judged it; "" where nobody has
	Policy   string // the name of the policy that it was judged by; "" where nobody has
	Lanes    []RecordedLane
	Readings []Reading
	Doors    []DoorNote    // Doors[i].After never falls
	Decided  larder.Millis // when the verdict was asked for and reached; 0 where it was not
}

// ReadRecording reads one line of the batch's input (docs/weighing.md section 7). The error is in the
// words of the input.
func ReadRecording(line []byte) (*Recording, error) {
	s, err := readSession(line)
	if err != nil {
		return nil, err
	}
	lanes, err := s.lanes()
	if err != nil {
		return nil, err
	}
	out := &Recording{ID: string(s.ID), Lanes: make([]RecordedLane, len(lanes)), Readings: make([]Reading, len(s.Readings))}
	for i, l := range lanes {
		out.Lanes[i] = RecordedLane{Name: string(s.Lanes[i].Lane), Lane: l}
	}
	for i, in := range s.Readings {
		if len(in.Mass) != len(lanes) {
			return nil, fmt.Errorf("readings[%d]: %d weights for %d lanes", i, len(in.Mass), len(lanes))
		}
		if err := checkMoments(in.At, in.Arrived); err != nil {
			return nil, fmt.Errorf("readings[%d]: %w", i, err)
		}
		out.Readings[i] = Reading{Seq: in.Seq, At: in.At, Arrived: in.Arrived, Mass: in.Mass}
	}
	out.Doors = s.Door.notes(out.Readings)
	s.shelves(out.Lanes)
	return out, nil
}

// shelves gives the lanes the shelves' own numbers, if all of them have one: a person who looks for a lane
// wants those.
func (s *session) shelves(lanes []RecordedLane) {
	numbers := make([]int, len(lanes))
	for i, l := range s.Lanes {
		n, err := strconv.Atoi(string(l.Shelf))
		if err != nil {
			return
		}
		numbers[i] = n
	}
	for i := range lanes {
		lanes[i].Shelf = numbers[i]
	}
}

// notes puts the door's messages among the readings, in order of arrival; one that arrived together
// with a reading was told first. A message with a null time never came.
func (d sessionDoors) notes(readings []Reading) []DoorNote {
	var out []DoorNote
	add := func(kind DoorKind, at, arrived *larder.Millis) {
		if at == nil || arrived == nil || checkMoments(*at, *arrived) != nil {
			return
		}
		after := slices.IndexFunc(readings, func(r Reading) bool { return r.Arrived >= *arrived })
		if after < 0 {
			after = len(readings)
		}
		out = append(out, DoorNote{Kind: kind, At: *at, Arrived: *arrived, After: after})
	}
	add(NoteOpened, d.Opened, d.OpenedArrived)
	add(NoteClosed, d.Closed, d.ClosedArrived)
	add(NoteBounded, d.Next, d.NextArrived)
	slices.SortStableFunc(out, func(a, b DoorNote) int { return cmp.Compare(a.Arrived, b.Arrived) })
	return out
}

// Again tells a new recognizer everything that is recorded, in the same order, asks it when it was
// asked then, and returns its verdict, and the recognizer for what it follows from. The error says that
// nobody has decided then, or that the lanes or the policy are none.
func (r *Recording) Again(policy Policy) (Verdict, *Recognizer, error) {
	if r.Decided == 0 {
		return Verdict{}, nil, errors.New("no verdict was reached")
	}
	again, err := r.Told(policy)
	if err != nil {
		return Verdict{}, nil, err
	}
	v, _, done := again.Decide(r.Decided)
	if !done {
		return Verdict{}, nil, fmt.Errorf("no verdict at %d ms, when there was one", int64(r.Decided))
	}
	return v, again, nil
}

// Told returns a new recognizer that was told everything, in the order in which it was told then.
func (r *Recording) Told(policy Policy) (*Recognizer, error) {
	rec, err := r.recognizer(policy)
	if err == nil {
		r.tell(rec)
	}
	return rec, err
}

func (r *Recording) recognizer(policy Policy) (*Recognizer, error) {
	lanes := make([]Lane, len(r.Lanes))
	for i, l := range r.Lanes {
		lanes[i] = l.Lane
	}
	return New(lanes, policy)
}

// Judge judges a recording as production would have: a new recognizer is told everything when it
// arrives, and asked whenever it wants to be. It returns the recognizer, too, for what else it knows.
// The error names the lane or the reading that is none.
func (r *Recording) Judge(policy Policy) (Verdict, *Recognizer, error) {
	rec, err := r.recognizer(policy)
	if err != nil {
		return Verdict{}, nil, err
	}
	p := player{r: rec}
	for _, n := range r.Doors {
		p.doors = append(p.doors, doorEvent{arrived: n.Arrived, tell: func() { n.tell(rec) }})
	}
	slices.SortStableFunc(p.doors, func(a, b doorEvent) int { return cmp.Compare(a.arrived, b.arrived) })
	for i, in := range r.Readings {
		if v, done := p.until(in.Arrived); done {
			return v, rec, nil
		}
		if err := rec.Feed(in); err != nil {
			return Verdict{}, nil, fmt.Errorf("readings[%d]: %w", i, err)
		}
	}
	if v, done := p.until(maxMoment); done {
		return v, rec, nil
	}
	return Verdict{}, nil, errors.New("the session does not end")
}

// tell tells what is recorded in its order. A reading that is refused was refused then, too.
func (r *Recording) tell(to *Recognizer) {
	doors := r.Doors
	for i := 0; i <= len(r.Readings); i++ {
		for len(doors) > 0 && doors[0].After <= i {
			doors[0].tell(to)
			doors = doors[1:]
		}
		if i < len(r.Readings) {
			_ = to.Feed(r.Readings[i])
		}
	}
}

func (n DoorNote) tell(to *Recognizer) {
	switch n.Kind {
	case NoteOpened:
		to.Opened(n.At, n.Arrived)
	case NoteClosed:
		to.Closed(n.At, n.Arrived)
	case NoteBounded:
		to.Bounded(n.At, n.Arrived)
	}
}
