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

// story is a visit whose consent may come at any time, or again, in milliseconds since it began.
type story struct {
	page      int   // when the customer sees the provider's page, which begins the 30 s; -1 for never told
	consents  []int // when the provider says that the customer has consented
	timer     int   // when the deadline's timer fires: when the wait is over, or later
	givenBack bool  // the provider confirms the cancellation before it says anything else
	over      int   // when the wait for the consent is over
}

func drawStory(rt *rapid.T) story {
	w := session.DefaultWindows()
	s := story{page: rapid.IntRange(-1, 19_999).Draw(rt, "page"), givenBack: rapid.Bool().Draw(rt, "given_back")}
	s.over = int(w.Ask.Milliseconds())
	if s.page >= 0 {
		s.over = s.page + int(w.Confirm.Milliseconds())
	}
	s.timer = s.over + rapid.SampledFrom([]int{0, 1, 900, 20_000}).Draw(rt, "timer_late")
	moment := rapid.OneOf(rapid.IntRange(max(s.page, 0), 90_000), rapid.IntRange(s.over-2, s.over+2))
	s.consents = rapid.SliceOfN(moment, 0, 3).Draw(rt, "consents")
	slices.Sort(s.consents)
	return s
}

// asked returns how often an effect of one key was asked for.
func (l *todo) asked(kind string, key int64) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.jobs[job{kind, key}]
}

// tell plays a story from its beginning to its end.
func (r *rig) tell(t *testing.T, rt *rapid.T, id larder.SessionID, s story) {
	t.Helper()
	began := r.clock.Now()
	to := func(moment int) {
		r.clock.add(began.Add(time.Duration(moment) * time.Millisecond).Sub(r.clock.Now()))
	}
	timer := func() {
		to(s.timer)
		must(t, r.db.Update(t.Context(), func(tx larder.Tx) error { return r.ExpiredTx(t.Context(), tx, id, session.Expired{}) }))
		s.timer = -1
	}
	if s.page >= 0 {
		to(s.page)
		r.says(t, id, payment.Status{State: payment.ProviderWaiting})
	}
	for _, at := range s.consents {
		if s.timer >= 0 && (at > s.timer || at == s.timer && rapid.Bool().Draw(rt, "timer_first")) {
			timer()
		}
		if s.givenBack && r.payment(t, id).State == payment.Releasing {
			r.says(t, id, payment.Status{State: payment.ProviderCanceled})
		}
		to(at)
		before := r.payment(t, id)
		r.says(t, id, payment.Status{State: payment.ProviderAuthorized, Ref: "R"})
		due := r.todo.timer(visit.EffectRelease, int64(before.ID))
		if before.State == payment.Released && due != r.clock.millis() {
			rt.Fatalf("a consent after the cancellation is given back at %d, want now, %d", due, r.clock.millis())
		}
	}
	if s.timer >= 0 {
		timer()
	}
}

// TestService_ExpiredTx_Consent_property guards P4, I2 and I6: whenever the customer consents,
// however often it is told, and however late the 30 s timer fires: the visit is authorized and its
// door told to open once, or the authorization is given back and the door is never told to.
func TestService_ExpiredTx_Consent_property(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	visits, won := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		visits++
		r.clock.add(time.Minute)
		id := r.start(t, r.alice, "k"+larder.SessionID(visits).String()).ID
		s := drawStory(rt)
		r.tell(t, rt, id, s)
		v, p := r.view(t, id), r.payment(t, id)
		opened := r.todo.asked(visit.EffectOpen, int64(id))
		released := r.todo.asked(visit.EffectRelease, int64(p.ID))
		if n := r.number(t, `SELECT COUNT(*) FROM command WHERE session_id = $1`, int64(id)); n != int64(opened) {
			rt.Fatalf("%d open commands, told to open %d times", n, opened)
		}
		if len(s.consents) > 0 && s.consents[0] < s.over {
			won++
			if v.State != session.Opening || p.State != payment.Authorized || opened != 1 || released != 0 {
				rt.Fatalf("consent in time: %s, paid %s, told to open %d times, gave back %d times", v.State, p.State, opened, released)
			}
			r.door(t, larder.DoorOpened, id)
			r.door(t, larder.DoorShut, id)
			r.judge(t, id, weigh.NoCharge)
			return
		}
		gaveBack := p.State == payment.Releasing || p.State == payment.Released
		if v.State != session.Ended || v.Outcome != session.Canceled || !gaveBack || opened != 0 || released != 1 {
			rt.Fatalf("no consent in time: %s %q, paid %s, told to open %d times, gave back %d times",
				v.State, v.Outcome, p.State, opened, released)
		}
	})
	if !t.Failed() && (won == 0 || won == visits) {
		t.Errorf("%d of %d consents were in time", won, visits)
	}
	if n := r.number(t, `SELECT COALESCE(SUM(captured_fen), 0) FROM payment`); n != 0 {
		t.Errorf("%d fen were collected", n)
	}
	r.sound(t)
}
