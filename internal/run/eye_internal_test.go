package run

import (
	"errors"
	"slices"
	"testing"

	"larder"
	"larder/internal/core/catalog"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
)

// BY1: a door that stands open until the recognizer refuses readings is a review; the trace holds the first
// refusal, too, and the same verdict follows from it.
func TestEye_trace_full(t *testing.T) {
	t.Parallel()
	const opened = 1_790_000_000_000
	slot := catalog.Slot{Lane: 7, Number: 1, Shelf: 1, Noise: 0.9, Product: catalog.Product{UnitMass: 330, UnitSD: 3}, Price: 350}
	event := func(kind larder.DoorEventKind, at larder.Millis) larder.DoorEvent {
		return larder.DoorEvent{Door: 1, Kind: kind, At: at, Arrived: at + 40}
	}
	e, err := newEye(visit.Scene{
		Session: session.Session{ID: 9, Number: 1}, Slots: []catalog.Slot{slot}, Stock: map[larder.LaneID]int{7: 10},
		Events: []larder.DoorEvent{event(larder.DoorOpened, opened)},
	}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	at, refused := larder.Millis(opened), 0
	for seq := uint64(1); seq <= weigh.MaxReadings+20; seq++ {
		at += 300
		err := e.feed(larder.Readings{Boot: 1, Seq: seq, At: at, Arrived: at + 40, Mass: []larder.Gram{larder.Gram(3_300 + seq%3)}})
		switch {
		case errors.Is(err, weigh.ErrFull):
			refused++
		case err != nil:
			t.Fatal(err)
		}
	}
	e.event(event(larder.DoorShut, at))
	v, _, done := e.decide(at + 200_000)
	if !done || v.Kind != weigh.Review || !slices.Contains(v.Reasons, weigh.ReasonTooMany) || refused != 20 {
		t.Fatalf("%d readings were refused; done %v, %+v", refused, done, v)
	}
	stored, err := e.trace(v)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Rejudge(stored)
	if err != nil {
		t.Fatal(err)
	}
	if !again.Same() || len(again.Recording.Readings) != weigh.MaxReadings+1 {
		t.Errorf("of %d readings follows\n%s\ninstead of\n%s", len(again.Recording.Readings), again.Verdict, stored.Verdict)
	}
}
