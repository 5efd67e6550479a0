package run_test

import (
	"testing"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/weigh"
)

// doubtful is a visit whose lanes settle soon after the close, while the verdict waits: what was taken
// from one lane seems to lie in another, and is heavier than it was.
func (h *house) doubtful() larder.SessionID {
	h.t.Helper()
	id := h.open(h.alice, "k1")
	h.machine.pull(map[int]float64{0: 2 * 350})
	h.machine.take(1, -362) // a cola among the water, or something else
	h.machine.weigh(10)
	h.machine.event(larder.DoorShut)
	h.machine.weigh(12)
	h.want(id, session.Weighing, session.None, payment.Authorized)
	return id
}

// TestFloor_Rested guards EX9, I7 and W8: the door is free as soon as the lanes are at rest, before the
// verdict; the next opening bounds the first visit's evidence. What the cabinet then sends under the
// first visit's name, with the second one's takes, never charges the first; and the second visit is
// charged for its own. A purchase with a rest of its own stays within ten writes.
func TestFloor_Rested(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		first := h.doubtful()
		if taken, err := h.visits.Taken(t.Context(), h.doors[0].ID); err != nil || taken {
			t.Fatalf("the door is taken while a verdict is awaited: %v", err)
		}
		second := h.start(h.bob, "k2")
		h.provider.confirm(t, h.paid(second))
		synctest.Wait()
		h.machine.weigh(2)
		h.machine.event(larder.DoorOpened)
		h.want(first, session.Weighing, session.None, payment.Authorized)
		h.mislead(first)
		h.wantBounded(first)
		h.machine.take(2, 120)
		h.machine.weigh(10)
		h.machine.event(larder.DoorShut)
		h.machine.weigh(tail)
		pass(time.Minute)
		h.want(second, session.Ended, session.Charged, payment.Capturing)
		if total := h.view(second).Basket.Total; total != 1290 {
			t.Errorf("the second visit costs %s", total)
		}
	})
}

// mislead sends readings of the next visit's takes under the name of the one before.
func (h *house) mislead(first larder.SessionID) {
	h.t.Helper()
	for i := range 12 {
		now := larder.MillisOf(time.Now())
		h.floor.Readings(h.machine.epoch, larder.Readings{
			Cabinet: h.cabinet.ID, Boot: 1, Session: first, Seq: uint64(9000 + i), Door: larder.DoorOpen, At: now, Arrived: now,
			Mass: []larder.Gram{350, 550, larder.Gram(120 + i%2), 5000},
		})
		h.machine.weigh(1)
	}
	pass(3 * time.Second)
}

// wantBounded checks that a doubtful visit was judged by what its lanes weighed before the next opening.
func (h *house) wantBounded(first larder.SessionID) {
	h.t.Helper()
	v := h.view(first)
	if v.State != session.Review && v.State != session.Ended {
		h.t.Errorf("the first visit is %s: its evidence was bounded, nothing more comes", v.State)
	}
	if v.Basket.Total > 2*350 {
		h.t.Errorf("the first visit costs %s", v.Basket.Total)
	}
	for _, c := range h.casesOf(first) {
		for _, l := range c.Evidence.Suggestion {
			if l.Lane != h.lanes[0].ID || l.Count > 2 {
				h.t.Errorf("the first visit is suggested %+v", l)
			}
		}
	}
	h.sameAgain()
	if told := h.recording(first).Doors; len(told) < 3 || told[len(told)-1].Kind != weigh.NoteBounded {
		h.t.Errorf("the trace has the messages %v of the door, none of the next opening", told)
	}
}

// TestFloor_Rested_restart guards EX9, W8, B3 and B4: the process dies between the next shopper's opening
// and the verdict on the visit before. The next process has not heard that opening and judges the first
// visit by what came before it all the same; the second is charged for its own.
func TestFloor_Rested_restart(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		first := h.doubtful()
		second := h.start(h.bob, "k2")
		h.provider.confirm(t, h.paid(second))
		synctest.Wait()
		h.machine.weigh(2)
		h.machine.event(larder.DoorOpened)
		h.want(first, session.Weighing, session.None, payment.Authorized)
		h.die()
		h.begin()
		h.mislead(first)
		h.wantBounded(first)
		h.machine.take(2, 120)
		h.machine.weigh(10)
		h.machine.event(larder.DoorShut)
		h.machine.weigh(tail)
		pass(time.Minute)
		h.want(second, session.Ended, session.Charged, payment.Capturing)
		if total := h.view(second).Basket.Total; total != 1290 {
			t.Errorf("the second visit costs %s", total)
		}
	})
}

// TestFloor_Rested_writes guards the figure of at most ten transactions that write, for a purchase whose
// door is freed before its verdict.
func TestFloor_Rested_writes(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.provider.prompt = func(number string) {
			time.Sleep(time.Second)
			h.provider.collect(t, number)
		}
		h.process.db.writes.Store(0)
		id := h.doubtful()
		h.machine.weigh(tail - 12)
		pass(2 * time.Minute)
		v := h.view(id)
		t.Logf("%s %q: %d transactions that write", v.State, v.Outcome, h.process.db.writes.Load())
		if n := h.process.db.writes.Load(); n > 10 {
			t.Errorf("%d transactions that write", n)
		}
	})
}
