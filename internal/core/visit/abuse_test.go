package visit_test

import (
	"bytes"
	"testing"
	"time"

	"larder"
	"larder/internal/core/cabinet"
	"larder/internal/core/care"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/visit"
)

// secondCabinet registers another cabinet of ours, with goods in no lane.
func (r *rig) secondCabinet(t *testing.T) (cabinet.Cabinet, cabinet.Door) {
	t.Helper()
	c, doors, _, err := r.cabinets.Register(t.Context(), larder.System(r.org), cabinet.Registration{
		Serial: "SN-2", Model: "native", Name: "二号柜", Place: "大堂", Key: bytes.Repeat([]byte{8}, 32),
		Doors: []cabinet.NewDoor{{Lanes: []cabinet.NewLane{{Shelf: 1, Noise: 1}}}},
	})
	must(t, err)
	return c, doors[0]
}

// TestService_Start_nothing_sold guards "nothing taken is lost": a door behind which nothing is sold
// is not opened for a purchase, because what would be taken there has no price and no lane that sees
// it. Nothing is asked of the provider.
func TestService_Start_nothing_sold(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, door := r.secondCabinet(t)
	_, err := r.Start(t.Context(), r.alice, visit.StartRequest{DoorToken: door.Token, Provider: wechat, Key: "k1"})
	wantCode(t, err, larder.CodeNotSellable)
	if n := r.number(t, `SELECT COUNT(*) FROM session`); n != 0 || r.todo.count(visit.EffectAsk) != 0 {
		t.Errorf("%d sessions, list %v", n, r.todo.jobs)
	}
}

// TestService_Scene_foreign_events guards W8, I11 and S8: what another cabinet says about a session is
// kept and explained by a case, and is no evidence of that session.
func TestService_Scene_foreign_events(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.openVisit(t, r.alice, "k1")
	liar, _ := r.secondCabinet(t)
	must(t, r.Door(t.Context(), r.org, larder.DoorEvent{
		Cabinet: liar.ID, Boot: 1, Seq: 1, Door: 1, Kind: larder.DoorShut, Session: id, At: 1, Arrived: r.clock.millis(),
	}))
	r.want(t, id, session.Open, session.None, payment.Authorized)
	r.theCase(t, visit.CauseUnexplainedDoor)
	scene, err := r.Scene(t.Context(), id)
	must(t, err)
	if len(scene.Events) != 1 || scene.Events[0].Cabinet != r.machine.ID {
		t.Errorf("the session is judged by %+v", scene.Events)
	}
}

// TestService_DecideTx_never_closed guards AC5 and I8: a person may charge a visit whose door was never
// seen to close, and what is asked of the provider then ends after it began.
func TestService_DecideTx_never_closed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.openVisit(t, r.alice, "k1")
	r.clock.add(session.DefaultWindows().Limit)
	must(t, r.db.Update(t.Context(), func(tx larder.Tx) error { return r.ExpiredTx(t.Context(), tx, id, session.Expired{}) }))
	c := r.theCase(t, session.CauseLeftOpen)
	d := care.Decision{Charge: true, Lines: []session.Taken{r.taken(0, 1)}, Key: "d1"}
	_, err := r.cases.Decide(t.Context(), r.support, c.ID, d)
	must(t, err)
	r.want(t, id, session.Ended, session.Charged, payment.Capturing)
	if p := r.payment(t, id); p.Capture.Ended != r.clock.millis() || p.Capture.Ended < p.Capture.Started {
		t.Errorf("to be collected for %d to %d, now is %d", p.Capture.Started, p.Capture.Ended, r.clock.millis())
	}
}

// TestService_ExpiredTx_early guards G2 and B9: a clock that steps back under a deadline's timer does
// not cost the session its timer.
func TestService_ExpiredTx_early(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	v := r.start(t, r.alice, "k1")
	key := int64(v.ID)
	must(t, r.todo.stopped(r, t, key))
	must(t, r.db.Update(t.Context(), func(tx larder.Tx) error { return r.ExpiredTx(t.Context(), tx, v.ID, session.Expired{}) }))
	r.want(t, v.ID, session.Awaiting, session.None, payment.Asking)
	if due := r.todo.timer(visit.EffectDeadline, key); due != v.Deadline {
		t.Errorf("the timer is due at %d, want %d", due, v.Deadline)
	}
}

// stopped forgets a deadline's timer, as the engine does when it has fired.
func (l *todo) stopped(r *rig, t *testing.T, key int64) error {
	t.Helper()
	return r.db.Update(t.Context(), func(tx larder.Tx) error {
		return l.TimerTx(t.Context(), tx, r.org, visit.EffectDeadline, key, 0)
	})
}

// TestService_Door_opened_in_review guards I7: a cabinet that was lost comes back and tells that the
// door opened. From then on the lease has no end of its own: the door stands open, and nobody else
// gets it before it closes.
func TestService_Door_opened_in_review(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.start(t, r.alice, "k1").ID
	r.says(t, id, payment.Status{State: payment.ProviderAuthorized, Ref: "R"})
	w := session.DefaultWindows()
	for range w.Queries + 1 {
		r.clock.add(w.Lost)
		must(t, r.db.Update(t.Context(), func(tx larder.Tx) error {
			return r.ExpiredTx(t.Context(), tx, id, session.Expired{Door: larder.DoorUnknown})
		}))
	}
	r.theCase(t, session.CauseCabinetLost)
	r.door(t, larder.DoorOpened, id)
	r.clock.add(time.Hour)
	_, err := r.Start(t.Context(), r.bob, visit.StartRequest{DoorToken: r.doors[0].Token, Provider: wechat, Key: "k1"})
	wantCode(t, err, larder.CodeDoorTaken)
	r.door(t, larder.DoorShut, id)
	r.start(t, r.bob, "k2")
}

// TestService_ProviderSaidTx_after_release guards P4 and I15: a consent that reaches the provider after
// the authorization was given back is given back too; a repetition of an old word costs a question.
func TestService_ProviderSaidTx_after_release(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.start(t, r.alice, "k1").ID
	_, err := r.Cancel(t.Context(), r.alice, id)
	must(t, err)
	r.says(t, id, payment.Status{State: payment.ProviderNotFound})
	r.want(t, id, session.Ended, session.Canceled, payment.Released)
	if change := r.says(t, id, payment.Status{State: payment.ProviderAuthorized, Ref: "R"}); change != payment.Unchanged {
		t.Errorf("a late consent did %s", change)
	}
	r.want(t, id, session.Ended, session.Canceled, payment.Released)
	if due := r.todo.timer(visit.EffectRelease, int64(r.payment(t, id).ID)); due != r.clock.millis() {
		t.Errorf("given back at %d, want now: %d", due, r.clock.millis())
	}
}

// TestService_ExpireTx_unseen guards AC5 and I15: what no policy can put right stays with a person until
// somebody has seen to it, however late.
func TestService_ExpireTx_unseen(t *testing.T) {
	t.Parallel()
	for _, cause := range []session.CaseCause{visit.CauseStuck, visit.CausePaymentSurprise} {
		r := newRig(t)
		must(t, r.db.Update(t.Context(), func(tx larder.Tx) error {
			return r.cases.OpenTx(t.Context(), tx, visit.NewCase{Org: r.org, Cause: cause, Subject: 7})
		}))
		c := r.theCase(t, cause)
		r.clock.add(48 * time.Hour)
		must(t, r.db.Update(t.Context(), func(tx larder.Tx) error { return r.cases.ExpireTx(t.Context(), tx, r.org, c.ID) }))
		r.theCase(t, cause)
		_, err := r.cases.Decide(t.Context(), r.support, c.ID, care.Decision{Note: "seen to", Key: "d1"})
		must(t, err)
		if cases := r.open(t); len(cases) != 0 {
			t.Errorf("%+v", cases)
		}
	}
}
