package run_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
)

// open takes a visit to a lock that was told to open.
func (h *house) open(who larder.Actor, key string) larder.SessionID {
	h.t.Helper()
	id := h.start(who, key)
	h.provider.confirm(h.t, h.paid(id))
	pass(100 * time.Millisecond)
	h.want(id, session.Opening, session.None, payment.Authorized)
	return id
}

// TestFloor_LiveBasket guards step 5 of the walk: what is taken and put back shows within seconds.
func TestFloor_LiveBasket(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		id := h.open(h.alice, "k1")
		news, leave := h.live.Subscribe(id)
		defer leave()
		wantBasket := func(want ...int) {
			t.Helper()
			s := next(t, news)
			var got []int
			if s.Basket != nil {
				for _, l := range s.Basket.Lines {
					got = append(got, l.Count)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("the phone shows %+v, want %v pieces", s.Basket, want)
			}
		}
		h.machine.pull(map[int]float64{0: 2 * 350})
		wantBasket(2)
		h.machine.take(0, -350)
		h.machine.take(1, 551)
		h.machine.weigh(10)
		wantBasket(1, 1)
		h.machine.event(larder.DoorShut)
		h.machine.weigh(tail)
		pass(2 * time.Minute)
		if total := h.view(id).Basket.Total; total != 550 {
			t.Errorf("charged %s", total)
		}
		if len(h.seen.judged) != 1 {
			t.Errorf("verdicts %v, want one", h.seen.judged)
		}
	})
}

// TestFloor_StaleSensor guards O1: "open" is answered "closed"; the door's own event is the truth.
func TestFloor_StaleSensor(t *testing.T) {
	t.Parallel()
	inHouse(t, func(_ *testing.T, h *house) {
		h.machine.stale = true
		id := h.open(h.alice, "k1")
		h.machine.shop(map[int]float64{1: 550})
		pass(2 * time.Minute)
		h.want(id, session.Ended, session.Charged, payment.Capturing)
		h.wantCases()
	})
}

// TestFloor_Jammed guards O2, I6 and I8: the lock does not move, with and without an answer. After the
// command's expiry, and on the proof of closed door and unchanged lanes, the money goes back and a
// person hears of the door. The command was sent once.
func TestFloor_Jammed(t *testing.T) {
	t.Parallel()
	for name, deaf := range map[string]bool{"answered closed": false, "no answer": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inHouse(t, func(t *testing.T, h *house) {
				pass(10 * time.Second)
				h.machine.jammed, h.machine.deaf = true, deaf
				id := h.open(h.alice, "k1")
				pass(9 * time.Second)
				h.want(id, session.Opening, session.None, payment.Authorized)
				pass(20 * time.Second)
				h.want(id, session.Ended, session.NotOpened, payment.Released)
				h.wantCases(session.CauseDoorAbnormal)
				if n := len(h.machine.commands()); n != 1 {
					t.Errorf("%d open commands", n)
				}
			})
		})
	}
}

// TestFloor_Offline guards I6, O2 and O10: a cabinet that is not there gets no command, however often
// it is looked for; one that comes back within the command's time gets it, once.
func TestFloor_Offline(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.machine.disconnect()
		id := h.open(h.alice, "k1")
		pass(15 * time.Second)
		h.want(id, session.Ended, session.NotOpened, payment.Released)
		h.wantCases(session.CauseDoorAbnormal)
		h.machine.connect()
		pass(time.Minute)
		if n := len(h.machine.commands()); n != 0 {
			t.Errorf("%d open commands after the visit had ended", n)
		}
		h.machine.disconnect()
		id = h.open(h.bob, "k2")
		pass(3 * time.Second)
		h.machine.connect()
		pass(time.Second)
		if n := len(h.machine.commands()); n != 1 {
			t.Fatalf("%d open commands", n)
		}
		h.machine.shop(nil)
		pass(2 * time.Minute)
		h.want(id, session.Ended, session.NothingTaken, payment.Released)
	})
}

// TestFloor_Silence guards W1, I8 and DV8: the door closes and no reading ever tells what was taken. A
// person decides; if nobody does, the policy does, for the shopper.
func TestFloor_Silence(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		id := h.open(h.alice, "k1")
		h.machine.weigh(4)
		h.machine.event(larder.DoorOpened)
		h.machine.event(larder.DoorShut)
		pass(3 * time.Minute)
		h.want(id, session.Review, session.None, payment.Authorized)
		cases, err := h.cases.List(t.Context(), h.support, "open", 10)
		must(t, err)
		if len(cases) != 1 {
			t.Fatalf("cases %+v", cases)
		}
		pass(time.Hour)
		h.want(id, session.Ended, session.WrittenOff, payment.Released)
		if n := h.number(`SELECT COUNT(*) FROM audit WHERE action = 'case.by_policy'`); n != 1 {
			t.Errorf("%d audit rows of the policy", n)
		}
		h.quiet()
	})
}

// TestFloor_LeftOpen guards X1: a door that stands open becomes a case; the readings until its late
// close are kept as evidence, and the cabinet may forget them.
func TestFloor_LeftOpen(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		id := h.open(h.alice, "k1")
		h.machine.pull(map[int]float64{0: 350})
		pass(11 * time.Minute)
		h.want(id, session.Review, session.None, payment.Authorized)
		h.wantCases(session.CauseLeftOpen)
		if taken, err := h.visits.Taken(t.Context(), h.doors[0].ID); err != nil || !taken {
			t.Errorf("the open door is free: %v", err)
		}
		h.machine.event(larder.DoorShut)
		h.machine.weigh(tail)
		pass(time.Minute)
		h.want(id, session.Review, session.None, payment.Authorized)
		if h.machine.durable(id) == 0 || h.number(`SELECT COUNT(*) FROM trace WHERE verdict = ''`) != 1 {
			t.Error("the evidence was not kept")
		}
	})
}

// TestFloor_OldConnection guards H4, H6 and H8 at the floor: what an earlier connection says is
// refused, so that the cabinet says it again on the current one.
func TestFloor_OldConnection(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		id := h.open(h.alice, "k1")
		old := h.machine.epoch
		h.machine.connect()
		h.floor.Connected(h.cabinet.ID, h.org, old) // told late
		h.floor.Disconnected(h.cabinet.ID, old)
		ev := larder.DoorEvent{Cabinet: h.cabinet.ID, Boot: 1, Seq: 1, Door: 1, Kind: larder.DoorOpened, Session: id, At: 1, Arrived: 1}
		wantCode(t, h.floor.Event(t.Context(), old, ev), larder.CodeConflict)
		wantCode(t, h.floor.Event(t.Context(), h.machine.epoch+1, ev), larder.CodeConflict)
		h.want(id, session.Opening, session.None, payment.Authorized)
		h.machine.shop(map[int]float64{1: 550})
		pass(2 * time.Minute)
		h.want(id, session.Ended, session.Charged, payment.Capturing)
		if n := h.floor.Connections(); n != 1 {
			t.Errorf("%d connections", n)
		}
	})
}

// TestFloor_ForeignCabinet guards W8 and S8: what another cabinet says about this session, readings
// or door, is none of its evidence; the visit ends as if it had not been said.
func TestFloor_ForeignCabinet(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		id := h.open(h.alice, "k1")
		stranger := h.cabinet.ID + 1
		h.floor.Connected(stranger, h.org, 7)
		seq := uint64(0)
		lie := func() {
			for range 5 {
				seq++
				now := larder.MillisOf(time.Now())
				h.floor.Readings(7, larder.Readings{
					Cabinet: stranger, Boot: 9, Session: id, Seq: seq, At: now + 1, Arrived: now + 1,
					Mass: []larder.Gram{350, 550, 120, 500},
				})
				pass(50 * time.Millisecond)
			}
		}
		h.machine.pull(nil)
		lie()
		other := larder.DoorEvent{ // a door of ours that is not the session's
			Cabinet: h.cabinet.ID, Boot: 1, Seq: 900, Door: 2, Kind: larder.DoorShut, Session: id,
			At: larder.MillisOf(time.Now()), Arrived: larder.MillisOf(time.Now()),
		}
		must(t, h.floor.Event(t.Context(), h.machine.epoch, other))
		h.machine.weigh(14)
		h.machine.take(1, 551)
		h.machine.weigh(12)
		closed := time.Now().UnixMilli()
		h.machine.event(larder.DoorShut)
		h.machine.weigh(5)
		lie()
		h.machine.weigh(tail)
		pass(2 * time.Minute)
		h.want(id, session.Ended, session.Charged, payment.Capturing)
		if total := h.view(id).Basket.Total; total != 200 {
			t.Errorf("charged %s, want the water alone", total)
		}
		told := h.recording(id).Doors
		if !slices.ContainsFunc(told, func(n weigh.DoorNote) bool { return n.Kind == weigh.NoteClosed && int64(n.At) == closed }) {
			t.Errorf("the evidence has the messages %v of the door, it was closed at %d", told, closed)
		}
		h.wantCases(visit.CauseUnexplainedDoor)
	})
}

// TestFloor_ForeignVerdict guards W8 and S8: another cabinet tells a whole story of this session while
// its own is silent. It decides nothing; the own readings do when they come.
func TestFloor_ForeignVerdict(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		id := h.open(h.alice, "k1")
		h.machine.pull(map[int]float64{1: 551})
		v := h.view(id)
		h.machine.event(larder.DoorShut)
		closed := larder.MillisOf(time.Now())
		h.floor.Connected(h.cabinet.ID+1, h.org, 7)
		for i := range 60 {
			at, mass := v.Opened+larder.Millis(300*(i-10)), []larder.Gram{3500, 5500, 1200, 5000}
			if i >= 10 {
				at, mass = closed+larder.Millis(300*(i-9)), []larder.Gram{350, 550, 120, 500}
			}
			mass[0] += larder.Gram(i % 3) // scales are never quite at rest
			mass[1] += larder.Gram(i % 2)
			mass[2] += larder.Gram(i % 3)
			h.floor.Readings(7, larder.Readings{
				Cabinet: h.cabinet.ID + 1, Boot: 9, Session: id, Seq: uint64(i + 1), At: at, Arrived: larder.MillisOf(time.Now()), Mass: mass,
			})
			pass(300 * time.Millisecond)
		}
		h.want(id, session.Weighing, session.None, payment.Authorized)
		h.machine.weigh(tail)
		pass(2 * time.Minute)
		h.want(id, session.Ended, session.Charged, payment.Capturing)
		if total := h.view(id).Basket.Total; total != 200 {
			t.Errorf("charged %s, want the water alone", total)
		}
	})
}

// TestFloor_LateBell guards decision 4: a word about the session that was overtaken takes its watch
// back to no earlier state, and the verdict comes.
func TestFloor_LateBell(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		id := h.open(h.alice, "k1")
		h.machine.pull(map[int]float64{1: 551})
		before, err := h.visits.Session(t.Context(), id)
		must(t, err)
		h.machine.event(larder.DoorShut)
		h.floor.Ring(before)
		h.machine.weigh(tail)
		pass(time.Minute)
		h.want(id, session.Ended, session.Charged, payment.Capturing)
	})
}

// TestFloor_Repeated guards O4, I10 and W7's easy half: every frame twice and the events again change
// neither the bill nor the number of verdicts; a cabinet that did not hear that its readings are
// durable hears it again when it has replayed them.
func TestFloor_Repeated(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.machine.deafOnce = true
		id := h.open(h.alice, "k1")
		h.machine.pull(map[int]float64{1: 551})
		h.machine.connect() // replays all of it
		h.machine.event(larder.DoorShut)
		h.machine.weigh(tail)
		pass(5 * time.Second)
		h.want(id, session.Ended, session.Charged, payment.Capturing)
		if h.machine.durable(id) != 1 || len(h.machine.readings) == 0 {
			t.Fatalf("told %d times, %d readings kept", h.machine.durable(id), len(h.machine.readings))
		}
		if n := h.recorded(id); n == 0 || uint64(n) > h.machine.frames { //nolint:gosec // a length
			t.Errorf("%d readings are kept of %d", n, h.machine.frames)
		}
		h.machine.disconnect()
		h.machine.connect()
		pass(time.Minute)
		if len(h.machine.readings) != 0 {
			t.Error("the cabinet keeps readings that are durable")
		}
		if total := h.view(id).Basket.Total; total != 200 || len(h.seen.judged) != 1 {
			t.Errorf("charged %s by verdicts %v", total, h.seen.judged)
		}
		h.provider.collect(t, h.paid(id))
		synctest.Wait()
		h.quiet()
	})
}

// TestFloor_Prove guards that presence is asked of the cabinet each time.
func TestFloor_Prove(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		proof, err := h.floor.Prove(t.Context(), h.cabinet.ID)
		if err != nil || proof.Epoch != h.machine.epoch || len(proof.Doors) != 2 {
			t.Errorf("%+v, %v", proof, err)
		}
		h.machine.disconnect()
		_, err = h.floor.Prove(t.Context(), h.cabinet.ID)
		wantCode(t, err, larder.CodeOffline)
	})
}
