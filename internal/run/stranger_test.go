package run_test

import (
	"testing"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
)

// nonsense has the cabinet send frames of a session that nobody knows.
func (h *house) nonsense(id larder.SessionID, n int) {
	h.t.Helper()
	for i := range n {
		now := larder.MillisOf(time.Now())
		h.floor.Readings(h.machine.epoch, larder.Readings{
			Cabinet: h.cabinet.ID, Boot: 1, Session: id, Seq: uint64(i + 1), At: now, Arrived: now, Mass: []larder.Gram{1, 2, 3, 4},
		})
		pass(10 * time.Millisecond)
	}
}

// TestFloor_UnknownSession guards R1, I17 and I20: readings of a session that the database does not have
// cost one look and are counted, each; the cabinet is not told that they are durable, because they
// are not. After a while it is looked again, and an ordinary visit is none the worse.
func TestFloor_UnknownSession(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.nonsense(424242, 100)
		if n := h.process.db.scenes.Load(); n > 1 {
			t.Errorf("%d looks for what is not there", n)
		}
		if n := h.seen.count("readings_unknown"); n != 100 {
			t.Errorf("%d of 100 readings were counted", n)
		}
		if h.machine.durable(424242) != 0 {
			t.Error("what is stored nowhere was said to be durable")
		}
		pass(2 * time.Minute)
		before := len(h.seen.troubles)
		h.nonsense(424242, 3)
		if n := len(h.seen.troubles) - before; n != 1 {
			t.Errorf("looked again %d times", n)
		}
		id := h.open(h.alice, "k1")
		h.machine.shop(map[int]float64{1: 550})
		pass(time.Minute)
		h.want(id, session.Ended, session.Charged, payment.Capturing)
	})
}

// TestFloor_Unseen guards DV6 and "nothing taken is lost": the door's sensor is stuck and something was
// taken, but the platform could not look at the readings that say so until the session's last look
// at the door. A stream that nobody has seen is no proof of untouched lanes.
func TestFloor_Unseen(t *testing.T) {
	t.Parallel()
	inHouse(t, func(_ *testing.T, h *house) {
		pass(10 * time.Second)
		h.process.db.blind.Store(true)
		h.machine.jammed, h.machine.deaf = true, true
		id := h.open(h.alice, "k1")
		h.machine.session = id
		h.machine.weigh(6)
		h.machine.take(1, 551)
		h.machine.weigh(20)
		pass(20 * time.Second)
		h.process.db.blind.Store(false)
		h.want(id, session.Opening, session.None, payment.Authorized)
		pass(10 * time.Second)
		h.want(id, session.Review, session.None, payment.Authorized)
		h.wantCases(session.CauseHiddenChange)
	})
}
