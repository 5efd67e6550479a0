package visit_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
)

// TestService_Door_Unexplained guards O5 and DV13: a door that moves without a visit of its own is
// kept and counted by the one case of its door, charges nobody; the repetition of an event changes
// nothing.
func TestService_Door_Unexplained(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.start(t, r.alice, "k1").ID
	ghost, foreign, forced := r.event(larder.DoorShut, 0), r.event(larder.DoorOpened, 424242), r.event(larder.DoorForced, id)
	other := r.event(larder.DoorOpened, id)
	other.Door = 2 // the session is of door 1
	for range 3 {
		for _, ev := range []larder.DoorEvent{ghost, foreign, forced, other} {
			must(t, r.Door(t.Context(), r.org, ev))
		}
	}
	cases := r.open(t)
	if len(cases) != 2 {
		t.Fatalf("%d cases, want one per door: %+v", len(cases), cases)
	}
	for _, c := range cases {
		events := map[int]int64{1: 3, 2: 1}[c.Door]
		if c.Cause != visit.CauseUnexplainedDoor || c.Cabinet != r.machine.ID || c.Session != 0 || c.Events != events {
			t.Errorf("case %+v", c)
		}
	}
	if n := r.number(t, `SELECT COUNT(*) FROM door_event`); n != 4 {
		t.Errorf("%d events are kept, want each once", n)
	}
	r.want(t, id, session.Awaiting, session.None, payment.Asking)
	if n := r.number(t, `SELECT COUNT(*) FROM order_line`); n != 0 {
		t.Errorf("%d lines were charged", n)
	}
}

// TestService_Door_AnyOrder guards O3, O4, O7, I2, I10 and I11 on the real rows: the events of a
// visit in any order, each as often as a cabinet replays it, settle once and for the same.
func TestService_Door_AnyOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	visits := 0
	rapid.Check(t, func(rt *rapid.T) {
		visits++
		r.clock.add(time.Minute)
		id := r.start(t, r.alice, "k"+larder.SessionID(visits).String()).ID
		r.says(t, id, payment.Status{State: payment.ProviderAuthorized})
		events := []larder.DoorEvent{r.event(larder.DoorOpened, id), r.event(larder.DoorShut, id)}
		repeated := append(slices.Clone(events), rapid.SliceOfN(rapid.SampledFrom(events), 0, 6).Draw(rt, "replayed")...)
		for _, ev := range rapid.Permutation(repeated).Draw(rt, "order") {
			must(t, r.Door(t.Context(), r.org, ev))
		}
		for range rapid.IntRange(1, 3).Draw(rt, "verdicts") {
			r.judge(t, id, weigh.Charge, r.taken(1, 1))
		}
		must(t, r.Door(t.Context(), r.org, events[1]))
		v := r.view(t, id)
		if v.State != session.Ended || v.Outcome != session.Charged || v.Basket.Total != 200 || v.Opened == 0 || v.Closed == 0 {
			rt.Fatalf("ended as %+v", v)
		}
	})
	if n := r.todo.count(visit.EffectCapture); n != visits {
		t.Errorf("%d captures of %d visits", n, visits)
	}
	if n := len(r.open(t)); n != 0 {
		t.Errorf("%d cases of ordinary visits", n)
	}
	r.sound(t)
}

// TestService_Rested guards I7 and EX9: when the first readings have settled after the
// close the next customer may come, and what is said of the first visit then touches the second's
// lease no more.
func TestService_Rested(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.closedVisit(t, r.alice, "k1")
	_, err := r.Start(t.Context(), r.bob, visit.StartRequest{DoorToken: r.doors[0].Token, Provider: wechat, Key: "early"})
	wantCode(t, err, larder.CodeDoorTaken)
	must(t, r.Rested(t.Context(), first))
	second := r.openVisit(t, r.bob, "k2")
	r.judge(t, first, weigh.Charge, r.taken(0, 1))
	if holder := r.number(t, `SELECT session_id FROM lease`); holder != int64(second) {
		t.Errorf("the lease is %d's, want %s's", holder, second)
	}
	if expires := r.number(t, `SELECT expires_at FROM lease`); expires != 0 {
		t.Errorf("the lease of an open door ends at %d", expires)
	}
	r.want(t, second, session.Open, session.None, payment.Authorized)
}

// TestService_Door_LeaseLost guards I6 and I7: the platform was away for so long that a door which had been
// told to open passed to somebody else; then its cabinet says that it opened. What is taken is still
// charged, the other one keeps the lease, and a person is told.
func TestService_Door_LeaseLost(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.start(t, r.alice, "k1").ID
	r.says(t, first, payment.Status{State: payment.ProviderAuthorized})
	r.clock.add(time.Hour)
	second := r.start(t, r.bob, "k2").ID
	must(t, r.Door(t.Context(), r.org, r.event(larder.DoorOpened, first)))
	r.want(t, first, session.Open, session.None, payment.Authorized)
	if c := r.theCase(t, session.CauseLeaseLost); c.Session != first || c.Cause.Decides() {
		t.Errorf("case %+v", c)
	}
	if holder := r.number(t, `SELECT session_id FROM lease`); holder != int64(second) {
		t.Errorf("the lease is %d's, want %s's", holder, second)
	}
	must(t, r.Door(t.Context(), r.org, r.event(larder.DoorShut, first)))
	r.judge(t, first, weigh.Charge, r.taken(0, 1))
	r.want(t, first, session.Ended, session.Charged, payment.Capturing)
}

// TestService_AnsweredTx guards LK5 and O2: how the command ended is kept once, and a refused one
// gives the authorization back in the same step.
func TestService_AnsweredTx(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	answer := func(id larder.SessionID, a larder.Answer) {
		t.Helper()
		must(t, r.db.Update(t.Context(), func(tx larder.Tx) error { return r.AnsweredTx(t.Context(), tx, id, a) }))
	}
	state := func(s string) int64 { return r.number(t, `SELECT COUNT(*) FROM command WHERE state = $1`, s) }
	id := r.start(t, r.alice, "k1").ID
	r.says(t, id, payment.Status{State: payment.ProviderAuthorized})
	if state("pending") != 1 {
		t.Error("no command is on its way")
	}
	answer(id, larder.Answer{Result: larder.AnswerRefused, Reason: "challenge", Door: larder.DoorClosed})
	answer(id, larder.Answer{Result: larder.AnswerDone, Door: larder.DoorOpen}) // repeated, changed
	if state("refused") != 1 {
		t.Error("the refused command is not kept as such")
	}
	r.want(t, id, session.Ended, session.NotOpened, payment.Releasing)
	r.theCase(t, session.CauseDoorAbnormal)
	next := r.start(t, r.alice, "k2").ID
	r.says(t, next, payment.Status{State: payment.ProviderAuthorized})
	answer(next, larder.Answer{}) // nobody answered
	if state("expired") != 1 {
		t.Error("the command without an answer is not kept as expired")
	}
	r.want(t, next, session.Opening, session.None, payment.Authorized)
}

// TestService_Judged_LateEvidence guards that evidence is kept for a visit that a clock has sent to
// review, that its verdict decides nothing any more, and that the first evidence stays.
func TestService_Judged_LateEvidence(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.closedVisit(t, r.alice, "k1")
	r.clock.add(3 * time.Minute)
	must(t, r.db.Update(t.Context(), func(tx larder.Tx) error { return r.ExpiredTx(t.Context(), tx, id, session.Expired{}) }))
	r.theCase(t, session.CauseNoVerdict)
	first := trace(id)
	first.Readings = []byte{1, 2, 3}
	must(t, r.Judged(t.Context(), id, weigh.Charge, []session.Taken{r.taken(0, 1)}, first))
	must(t, r.Judged(t.Context(), id, "", nil, trace(id)))
	r.want(t, id, session.Review, session.None, payment.Authorized)
	if n := r.number(t, `SELECT length(readings) FROM trace`); n != 3 {
		t.Errorf("%d bytes of evidence, want the first", n)
	}
	scene, err := r.Scene(t.Context(), id)
	must(t, err)
	if !scene.Judged || len(scene.Slots) != 3 || len(scene.Events) != 2 || scene.Stock[r.lanes[0].ID] != 10 {
		t.Errorf("scene %+v", scene)
	}
}
