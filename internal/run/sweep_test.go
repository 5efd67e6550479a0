package run_test

import (
	"testing"
	"time"

	"larder"
	"larder/internal/core/care"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/edge/store"
	"larder/internal/run"
)

// damage runs a statement behind the platform's back.
func (h *house) damage(query string, args ...any) {
	h.t.Helper()
	must(h.t, h.db.Update(h.t.Context(), func(tx larder.Tx) error {
		_, err := store.From(tx).ExecContext(h.t.Context(), query, args...)
		return err
	}))
}

const (
	timerRow   = `DELETE FROM effect WHERE kind = 'session.deadline'`
	timerAlarm = `UPDATE effect SET attempt = attempt + 1 WHERE kind = 'session.deadline'`                             // the alarm's attempt is gone
	timerLate  = `UPDATE effect SET attempt = attempt + 1, due_at = due_at + 86400000 WHERE kind = 'session.deadline'` // a day
)

// waits are the states in which a visit waits for a moment: how it comes there, how long it waits at
// most, and how it ends then.
var waits = map[string]struct {
	reach   func(h *house) larder.SessionID
	limit   time.Duration
	state   session.State
	outcome session.Outcome
	paid    payment.State
}{
	"awaiting": {
		func(h *house) larder.SessionID { return h.start(h.alice, "k1") },
		30 * time.Second, session.Ended, session.Canceled, payment.Released,
	},
	"opening": {
		func(h *house) larder.SessionID {
			h.machine.jammed, h.machine.deaf = true, true
			return h.open(h.alice, "k1")
		},
		20 * time.Second, session.Ended, session.NotOpened, payment.Released,
	},
	"open": {
		func(h *house) larder.SessionID {
			id := h.open(h.alice, "k1")
			h.machine.pull(nil)
			return id
		},
		10 * time.Minute, session.Review, session.None, payment.Authorized,
	},
	"weighing": {
		func(h *house) larder.SessionID {
			id := h.open(h.alice, "k1")
			h.machine.event(larder.DoorOpened)
			h.machine.event(larder.DoorShut)
			return id
		},
		2 * time.Minute, session.Review, session.None, payment.Authorized,
	},
}

// TestSweeper_LostTimer guards DV7, O2, B9 and I8: in every state in which a visit waits for a moment,
// the row of its timer is lost, or its alarm, or the row says a moment far away. The visit comes to
// the same end, a minute late at most; what the sweep has found is told.
func TestSweeper_LostTimer(t *testing.T) {
	t.Parallel()
	for name, w := range waits {
		for what, loss := range map[string]struct {
			query string
			found string
			late  time.Duration
		}{
			"row":   {timerRow, run.StalledTimer, 30 * time.Second},
			"alarm": {timerAlarm, "", 2 * time.Second},
			"late":  {timerLate, run.StalledOverdue, time.Minute},
		} {
			t.Run(name+" "+what, func(t *testing.T) {
				t.Parallel()
				inHouse(t, func(t *testing.T, h *house) {
					pass(10 * time.Second)
					id := w.reach(h)
					h.damage(loss.query)
					pass(w.limit + loss.late)
					h.want(id, w.state, w.outcome, w.paid)
					if loss.found == "" || what == "late" && (name == "opening" || name == "weighing") {
						return // an answer, or a verdict, sets the timer again by itself
					}
					if len(h.seen.stalled) == 0 || h.seen.stalled[0] != loss.found {
						t.Errorf("found %v, want %s", h.seen.stalled, loss.found)
					}
					h.lost = h.seen.stalled
				})
			})
		}
	}
}

// TestSweeper_LostPayment guards P6, I8 and I15: all that was to be done for a payment is lost from the
// rows. It is asked for again, and the money moves once.
func TestSweeper_LostPayment(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		call    string // is lost, time and again
		done    bool   // but was done
		takes   map[int]float64
		outcome session.Outcome
		before  payment.State
		after   payment.State
	}{
		"never captured":     {"capture", false, map[int]float64{1: 550}, session.Charged, payment.Capturing, payment.Captured},
		"captured, not told": {"capture", true, map[int]float64{1: 550}, session.Charged, payment.Capturing, payment.Captured},
		"never released":     {"cancel", false, nil, session.NothingTaken, payment.Releasing, payment.Released},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inHouse(t, func(t *testing.T, h *house) {
				id := h.open(h.alice, "k1")
				for range 20 {
					h.provider.lose = append(h.provider.lose, loss{c.call, c.done}, loss{"query", false})
				}
				h.machine.shop(c.takes)
				h.want(id, session.Ended, c.outcome, c.before)
				h.damage(`DELETE FROM effect WHERE kind LIKE 'payment.%'`)
				h.provider.heal()
				pass(30 * time.Second)
				h.provider.collect(t, h.paid(id))
				pass(30 * time.Second)
				h.want(id, session.Ended, c.outcome, c.after)
				if b := h.provider.at(h.paid(id)); c.after == payment.Captured && (b.taken != 1 || b.amount != 200) {
					t.Errorf("the provider has %+v", b)
				}
				h.lost = []string{run.StalledPayment}
				h.quiet()
			})
		})
	}
}

// TestSweeper_LostCase guards O2, AC5 and I8: the timer of an open case is lost, or says a moment far
// away. The case ends by policy at its deadline all the same; one that only a person may end is
// left alone, timer or not, and so is one that was decided.
func TestSweeper_LostCase(t *testing.T) {
	t.Parallel()
	for name, query := range map[string]string{
		"row":  `DELETE FROM effect WHERE kind = 'case.deadline'`,
		"late": `UPDATE effect SET attempt = attempt + 1, due_at = due_at + 86400000 WHERE kind = 'case.deadline' AND state = 'pending'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inHouse(t, func(t *testing.T, h *house) {
				for subject, cause := range []session.CaseCause{visit.CauseUnexplainedDoor, visit.CauseOverCeiling, visit.CauseStuck, visit.CausePaymentSurprise} {
					must(t, h.db.Update(t.Context(), func(tx larder.Tx) error {
						return h.cases.OpenTx(t.Context(), tx, visit.NewCase{Org: h.org, Cause: cause, Subject: int64(subject + 1), Cabinet: h.cabinet.ID})
					}))
				}
				cases := h.wantCases(visit.CauseUnexplainedDoor, visit.CauseOverCeiling, visit.CauseStuck, visit.CausePaymentSurprise)
				_, err := h.cases.Decide(t.Context(), h.support, cases[1].ID, care.Decision{Note: "seen", Key: "d1"})
				must(t, err)
				pass(time.Minute)
				h.damage(query)
				h.lost = []string{run.StalledDecision}
				pass(50 * time.Minute)
				h.wantCases(visit.CauseUnexplainedDoor, visit.CauseStuck, visit.CausePaymentSurprise)
				pass(10 * time.Minute)
				h.wantCases(visit.CauseStuck, visit.CausePaymentSurprise)
			})
		})
	}
}

// TestSweeper_LostBell guards H7 and I8: nobody tells the floor that a session was authorized, and its
// cabinet is silent: within 30 s somebody watches it, which shows in its evidence being judged when
// the cabinet comes back.
func TestSweeper_LostBell(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.bell.off.Store(true)
		id := h.open(h.alice, "k1")
		scenes := h.process.db.scenes.Load()
		pass(31 * time.Second)
		if h.process.db.scenes.Load() == scenes {
			t.Error("nobody watches the session")
		}
		h.bell.off.Store(false)
		h.machine.shop(map[int]float64{1: 550})
		pass(time.Minute)
		h.want(id, session.Ended, session.Charged, payment.Capturing)
		h.lost = []string{run.StalledWatch}
	})
}

// TestSweeper_LeavesAlone guards that the sweep disturbs nobody: while somebody is trying to move a
// session whose moment is long over, it finds nothing.
func TestSweeper_LeavesAlone(t *testing.T) {
	t.Parallel()
	inHouse(t, func(_ *testing.T, h *house) {
		h.start(h.alice, "k1")
		h.damage(`UPDATE effect SET attempt = attempt + 1, fence = 7, due_at = due_at + 60000 WHERE kind = 'session.deadline'`)
		pass(time.Minute)
	})
}
