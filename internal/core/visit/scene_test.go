package visit_test

import (
	"testing"

	"larder"
)

// TestService_Scene_next guards EX9 and W8: what ends the evidence of a visit is the first opening of
// its own door for somebody else that its cabinet had after the close, in this boot or a later one.
func TestService_Scene_next(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.openVisit(t, r.alice, "k1")
	next := func() *larder.DoorEvent {
		t.Helper()
		scene, err := r.Scene(t.Context(), id)
		must(t, err)
		return scene.Next
	}
	told := func(kind larder.DoorEventKind, of larder.SessionID, change func(ev *larder.DoorEvent)) larder.DoorEvent {
		t.Helper()
		ev := r.event(kind, of)
		change(&ev)
		must(t, r.Door(t.Context(), r.org, ev))
		return ev
	}
	same := func(*larder.DoorEvent) {}
	told(larder.DoorOpened, 0, same) // before the close
	told(larder.DoorShut, id, same)
	told(larder.DoorOpened, id, same)                                      // a rebound of its own
	told(larder.DoorOpened, 0, func(ev *larder.DoorEvent) { ev.Door = 2 }) // another door
	told(larder.DoorShut, 0, same)                                         // no opening
	told(larder.DoorForced, 0, same)                                       // nor this
	liar, _ := r.secondCabinet(t)                                          // whose door this is not
	told(larder.DoorOpened, 0, func(ev *larder.DoorEvent) { ev.Cabinet = liar.ID })
	if ev := next(); ev != nil {
		t.Fatalf("bounded by %+v", *ev)
	}
	later := told(larder.DoorOpened, 0, func(ev *larder.DoorEvent) { ev.Boot, ev.Seq = 2, 1 })
	if ev := next(); ev == nil || *ev != later {
		t.Errorf("bounded by %+v, want %+v", ev, later)
	}
	first := told(larder.DoorOpened, 424242, same)
	if ev := next(); ev == nil || *ev != first {
		t.Errorf("bounded by %+v, want %+v", ev, first)
	}
}
