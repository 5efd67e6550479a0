package visit_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/edge/store"
)

// TestService_Start_Repeated guards habit 7: the same key with the same input is the same visit,
// even after it went on; with another input it is refused and changes nothing.
func TestService_Start_Repeated(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.start(t, r.alice, "k1")
	if diff := cmp.Diff(r.view(t, first.ID), first); diff != "" {
		t.Errorf("what is told of a new visit is not what its rows say (-rows +told):\n%s", diff)
	}
	r.says(t, first.ID, payment.Status{State: payment.ProviderAuthorized})
	again := r.start(t, r.alice, "k1")
	if again.ID != first.ID || again.State != session.Opening {
		t.Errorf("repeated: %+v, want the visit %s as it is", again, first.ID)
	}
	_, err := r.Start(t.Context(), r.alice, visit.StartRequest{DoorToken: r.doors[1].Token, Provider: wechat, Key: "k1"})
	wantCode(t, err, larder.CodeReused)
	if n := r.number(t, `SELECT COUNT(*) FROM session`); n != 1 || r.todo.count(visit.EffectAsk) != 1 {
		t.Errorf("%d sessions, asked %d times", n, r.todo.count(visit.EffectAsk))
	}
	// Keys belong to who sends them: bob's k1 is another one.
	if v, err := r.Start(t.Context(), r.bob, visit.StartRequest{DoorToken: r.doors[1].Token, Provider: wechat, Key: "k1"}); err != nil || v.ID == first.ID {
		t.Errorf("bob's visit: %+v, %v", v, err)
	}
}

// TestService_Start_Refused guards what a start may not do, and that a refusal leaves nothing behind
// (L1): no session, no lease, no key.
func TestService_Start_Refused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	good := visit.StartRequest{DoorToken: r.doors[0].Token, Provider: wechat, Key: "k1"}
	cases := map[string]struct {
		actor  larder.Actor
		change func(*visit.StartRequest)
		want   larder.Code
	}{
		"staff":            {r.support, func(*visit.StartRequest) {}, larder.CodeForbidden},
		"nobody":           {larder.Actor{Kind: larder.ActorAnonymous}, func(*visit.StartRequest) {}, larder.CodeForbidden},
		"unknown door":     {r.alice, func(q *visit.StartRequest) { q.DoorToken = "made up" }, larder.CodeNotFound},
		"unknown provider": {r.alice, func(q *visit.StartRequest) { q.Provider = "cash" }, larder.CodeInvalid},
		"unknown payer": {
			larder.Actor{Kind: larder.ActorCustomer, Org: larder.Platform, Customer: 12345}, func(*visit.StartRequest) {}, larder.CodeNotFound,
		},
	}
	for name, c := range cases {
		q := good
		c.change(&q)
		_, err := r.Start(t.Context(), c.actor, q)
		if got := larder.CodeOf(err); got != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	for _, table := range []string{"session", "lease", "orders", "payment", "request"} {
		if n := r.number(t, `SELECT COUNT(*) FROM `+table); n != 0 {
			t.Errorf("%d rows of %s after refusals", n, table)
		}
	}
	r.start(t, r.alice, "k1")
	_, err := r.Start(t.Context(), r.bob, good)
	wantCode(t, err, larder.CodeDoorTaken)
	_, err = r.Start(t.Context(), r.alice, visit.StartRequest{DoorToken: r.doors[1].Token, Provider: wechat, Key: "k2"})
	wantCode(t, err, larder.CodeOpenElsewhere)
	if taken, err := r.Taken(t.Context(), r.doors[0].ID); err != nil || !taken {
		t.Errorf("the leased door is taken: %v, %v", taken, err)
	}
}

// TestService_Start_Race guards X5 and I7: of many people who scan one door at once, one gets it, and
// the others leave nothing behind.
func TestService_Start_Race(t *testing.T) {
	t.Parallel()
	for range 10 {
		r := newRig(t)
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, who := range []larder.Actor{r.alice, r.bob} {
			wg.Go(func() {
				_, errs[i] = r.Start(t.Context(), who, visit.StartRequest{DoorToken: r.doors[0].Token, Provider: wechat, Key: "k"})
			})
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("%v and %v, want one winner", errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil {
				wantCode(t, err, larder.CodeDoorTaken)
			}
		}
		if n := r.number(t, `SELECT COUNT(*) FROM payment`); n != 1 || r.todo.count(visit.EffectAsk) != 1 {
			t.Fatalf("%d payments, asked %d times", n, r.todo.count(visit.EffectAsk))
		}
	}
}

// TestService_Start_LeaseOver guards I7 and decision 6: a lease whose time is over gives way, its
// fence only grows, and the late consent of the former holder opens nothing and is given back.
func TestService_Start_LeaseOver(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	former := r.start(t, r.alice, "k1").ID
	fence := r.number(t, `SELECT fence FROM lease`)
	r.clock.add(61 * time.Second) // the process was away: nobody took the deadline
	latter := r.start(t, r.bob, "k2").ID
	if grown := r.number(t, `SELECT fence FROM lease`); grown <= fence {
		t.Errorf("fence %d after %d", grown, fence)
	}
	if c := r.says(t, former, payment.Status{State: payment.ProviderAuthorized}); c != payment.Won {
		t.Fatalf("the late consent did %s", c)
	}
	r.want(t, former, session.Ended, session.Canceled, payment.Releasing)
	r.want(t, latter, session.Awaiting, session.None, payment.Asking)
	if r.todo.count(visit.EffectOpen) != 0 || r.todo.count(visit.EffectRelease) != 1 {
		t.Errorf("list %v", r.todo.jobs)
	}
	if holder := r.number(t, `SELECT session_id FROM lease`); holder != int64(latter) {
		t.Errorf("the door is leased to %d, want %s", holder, latter)
	}
}

// TestService_Start_LeaseLost guards I6 and I7: a consent in time for a door that has gone to
// somebody else, whatever took it, opens nothing and is given back.
func TestService_Start_LeaseLost(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.start(t, r.alice, "k1").ID
	must(t, r.db.Update(t.Context(), func(tx larder.Tx) error {
		_, err := store.From(tx).ExecContext(t.Context(), `UPDATE lease SET fence = fence + 1`)
		return err
	}))
	if c := r.says(t, id, payment.Status{State: payment.ProviderAuthorized}); c != payment.Won {
		t.Fatalf("the consent did %s", c)
	}
	r.want(t, id, session.Ended, session.Canceled, payment.Releasing)
	if r.todo.count(visit.EffectOpen) != 0 || r.todo.count(visit.EffectRelease) != 1 {
		t.Errorf("list %v", r.todo.jobs)
	}
}

// TestService_View_Foreign guards I18: another customer's visit, and another organization's, does not
// exist for those who ask.
func TestService_View_Foreign(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.closedVisit(t, r.alice, "k1")
	stranger := larder.Actor{Kind: larder.ActorStaff, Org: r.other, Staff: 1, Role: larder.RoleAdmin}
	for name, who := range map[string]larder.Actor{
		"another customer": r.bob, "another organization": stranger, "nobody": {Kind: larder.ActorAnonymous},
		"the system of another organization": larder.System(r.other),
	} {
		_, err := r.View(t.Context(), who, id)
		_, err2 := r.Receipt(t.Context(), who, id)
		_, err3 := r.Cancel(t.Context(), who, id)
		for what, err := range map[string]error{"view": err, "receipt": err2, "cancel": err3} {
			if larder.CodeOf(err) != larder.CodeNotFound {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
	mine, err := r.History(t.Context(), r.alice, 10)
	must(t, err)
	if len(mine) != 1 || mine[0].ID != id {
		t.Errorf("own history: %+v", mine)
	}
	if theirs, err := r.History(t.Context(), r.bob, 10); err != nil || len(theirs) != 0 {
		t.Errorf("bob's history: %+v, %v", theirs, err)
	}
	_, err = r.History(t.Context(), r.support, 10)
	wantCode(t, err, larder.CodeForbidden)
	if v, err := r.View(t.Context(), r.support, id); err != nil || v.ID != id {
		t.Errorf("our staff sees %+v, %v", v, err)
	}
}

// TestService_Cancel guards CU5 and P5: while the consent is awaited a customer may go, once and
// again; after it only the door decides.
func TestService_Cancel(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.start(t, r.alice, "k1").ID
	for range 2 {
		v, err := r.Cancel(t.Context(), r.alice, id)
		if err != nil || v.Outcome != session.Canceled || v.Payment.State != payment.Releasing {
			t.Fatalf("canceled: %+v, %v", v, err)
		}
	}
	if r.todo.count(visit.EffectRelease) != 1 {
		t.Errorf("list %v", r.todo.jobs)
	}
	second := r.openVisit(t, r.bob, "k2") // the door is free at once
	_, err := r.Cancel(t.Context(), r.bob, second)
	wantCode(t, err, larder.CodeNotCancelable)
	r.want(t, second, session.Open, session.None, payment.Authorized)
}
