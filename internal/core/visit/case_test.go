package visit_test

import (
	"errors"
	"strings"
	"testing"

	"larder"
	"larder/internal/core/care"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
)

// review takes a visit to a person: the recognizer suggests two colas.
func (r *rig) review(t *testing.T) (larder.SessionID, care.Case) {
	t.Helper()
	id := r.closedVisit(t, r.alice, "k1")
	r.judge(t, id, weigh.Review, r.taken(0, 2))
	r.want(t, id, session.Review, session.None, payment.Authorized)
	return id, r.theCase(t, session.CauseReview)
}

// audits counts the audit rows of decisions by action.
func (r *rig) audits(t *testing.T, action string) int64 {
	t.Helper()
	return r.number(t, `SELECT COUNT(*) FROM audit WHERE action = $1 AND object_kind = 'case' AND org_id = $2`, action, int64(r.org))
}

// TestService_DecideTx_Charge guards W1, DV10 and I19: a review charges nothing until a person says
// so; what the person says is the bill, and who said it is in the audit log.
func TestService_DecideTx_Charge(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, c := r.review(t)
	if got := c.Evidence.Suggestion; len(got) != 1 || got[0] != r.taken(0, 2) {
		t.Errorf("suggestion %+v", got)
	}
	if r.todo.timer(care.EffectDeadline, int64(c.ID)) != c.Deadline {
		t.Error("nobody ends the case at its deadline")
	}
	d := care.Decision{Charge: true, Lines: []session.Taken{r.taken(0, 1)}, Note: "one is on the floor", Key: "d1"}
	for range 2 { // the same key with the same decision is the same decision
		got, err := r.cases.Decide(t.Context(), r.support, c.ID, d)
		if err != nil || got.State != care.Decided || got.Decision != care.Charged || got.By != r.support.Staff || got.Note != d.Note {
			t.Fatalf("decided %+v, %v", got, err)
		}
	}
	r.want(t, id, session.Ended, session.Charged, payment.Capturing)
	if total := r.view(t, id).Basket.Total; total != 350 {
		t.Errorf("charged %s", total)
	}
	if n := r.audits(t, "case.charged"); n != 1 {
		t.Errorf("%d audit rows", n)
	}
	if r.todo.timer(care.EffectDeadline, int64(c.ID)) != 0 {
		t.Error("the deadline of a decided case still runs")
	}
	d.Note = "changed my mind"
	_, err := r.cases.Decide(t.Context(), r.support, c.ID, d)
	wantCode(t, err, larder.CodeReused)
	d.Key = "d2"
	_, err = r.cases.Decide(t.Context(), r.support, c.ID, d)
	wantCode(t, err, larder.CodeCaseDecided)
	r.sound(t)
}

// TestService_DecideTx_Release guards AC5 and I19 for a person who charges nothing, and for nobody:
// at the deadline the policy decides in the shopper's favor, once.
func TestService_DecideTx_Release(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		decide func(t *testing.T, r *rig, id larder.CaseID)
		action string
	}{
		"a person": {func(t *testing.T, r *rig, id larder.CaseID) {
			t.Helper()
			_, err := r.cases.Decide(t.Context(), r.support, id, care.Decision{Note: "sensor", Key: "d1"})
			must(t, err)
		}, "case.released"},
		"the policy": {func(t *testing.T, r *rig, id larder.CaseID) {
			t.Helper()
			for range 2 {
				must(t, r.db.Update(t.Context(), func(tx larder.Tx) error { return r.cases.ExpireTx(t.Context(), tx, r.org, id) }))
			}
		}, "case.by_policy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			id, of := r.review(t)
			c.decide(t, r, of.ID)
			r.want(t, id, session.Ended, session.WrittenOff, payment.Releasing)
			if n := r.audits(t, c.action); n != 1 {
				t.Errorf("%d audit rows of %s", n, c.action)
			}
			if len(r.open(t)) != 0 || r.todo.count(visit.EffectRelease) != 1 {
				t.Errorf("open %v, list %v", r.open(t), r.todo.jobs)
			}
		})
	}
}

// TestService_DecideTx_Refused guards S12, I18 and L1 at the case: who may not decide it, and what
// cannot be decided, changes neither case nor visit and leaves no audit row.
func TestService_DecideTx_Refused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, c := r.review(t)
	one := []session.Taken{r.taken(0, 1)}
	role := func(role larder.Role) larder.Actor { a := r.support; a.Role = role; return a }
	stranger := larder.Actor{Kind: larder.ActorStaff, Org: r.other, Staff: 1, Role: larder.RoleSupport}
	for name, x := range map[string]struct {
		who  larder.Actor
		d    care.Decision
		want larder.Code
	}{
		"restocker":            {role(larder.RoleRestocker), care.Decision{}, larder.CodeForbidden},
		"finance":              {role(larder.RoleFinance), care.Decision{}, larder.CodeForbidden},
		"the customer":         {r.alice, care.Decision{}, larder.CodeForbidden},
		"another organization": {stranger, care.Decision{}, larder.CodeNotFound},
		"charge for nothing":   {r.support, care.Decision{Charge: true}, larder.CodeInvalid},
		"release for goods":    {r.support, care.Decision{Lines: one}, larder.CodeInvalid},
		"no pieces":            {r.support, care.Decision{Charge: true, Lines: []session.Taken{r.taken(0, 0)}}, larder.CodeInvalid},
		"another door's lane":  {r.support, care.Decision{Charge: true, Lines: []session.Taken{r.taken(3, 1)}}, larder.CodeInvalid},
		"a novel":              {r.support, care.Decision{Note: strings.Repeat("长", 1001)}, larder.CodeTooLarge},
	} {
		x.d.Key = name
		_, err := r.cases.Decide(t.Context(), x.who, c.ID, x.d)
		if got := larder.CodeOf(err); got != x.want {
			t.Errorf("%s: %v, want %s", name, err, x.want)
		}
	}
	r.want(t, id, session.Review, session.None, payment.Authorized)
	if len(r.open(t)) != 1 || r.number(t, `SELECT COUNT(*) FROM audit WHERE object_kind = 'case'`) != 0 {
		t.Error("a refused decision left something behind")
	}
	for _, who := range []larder.Actor{r.alice, role(larder.RoleRestocker)} {
		_, err := r.cases.List(t.Context(), who, care.Open, 10)
		wantCode(t, err, larder.CodeForbidden)
		_, err = r.cases.Get(t.Context(), who, c.ID)
		wantCode(t, err, larder.CodeForbidden)
	}
	_, err := r.cases.Get(t.Context(), stranger, c.ID)
	wantCode(t, err, larder.CodeNotFound)
	if list, err := r.cases.List(t.Context(), stranger, care.Open, 10); err != nil || len(list) != 0 {
		t.Errorf("the other organization sees %v, %v", list, err)
	}
}

// TestService_DecideTx_Race guards B2: a person and the policy at once: one decides, and the visit
// ends once.
func TestService_DecideTx_Race(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, c := r.review(t)
	crowd(func(i int) {
		var err error
		if i%2 == 0 {
			err = r.db.Update(t.Context(), func(tx larder.Tx) error { return r.cases.ExpireTx(t.Context(), tx, r.org, c.ID) })
		} else {
			_, err = r.cases.Decide(t.Context(), r.support, c.ID, care.Decision{
				Charge: true, Lines: []session.Taken{r.taken(0, 1)}, Key: "d" + larder.CaseID(i).String(),
			})
		}
		if err != nil && larder.CodeOf(err) != larder.CodeCaseDecided {
			t.Errorf("%d: %v", i, err)
		}
	})
	if n := r.audits(t, "case.charged") + r.audits(t, "case.by_policy"); n != 1 {
		t.Errorf("%d decisions", n)
	}
	v := r.view(t, id)
	charged := v.Outcome == session.Charged && v.Payment.State == payment.Capturing
	released := v.Outcome == session.WrittenOff && v.Payment.State == payment.Releasing
	if !charged && !released {
		t.Errorf("ended as %+v", v)
	}
	r.sound(t)
}

// TestService_DecideTx_NotWaiting guards I9: only a visit that waits for a person can be decided.
func TestService_DecideTx_NotWaiting(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.openVisit(t, r.alice, "k1")
	err := r.db.Update(t.Context(), func(tx larder.Tx) error { return r.DecideTx(t.Context(), tx, id, nil) })
	wantCode(t, err, larder.CodeConflict)
	if !errors.Is(err, visit.ErrNotWaiting) {
		t.Errorf("%v, want that the visit does not wait", err)
	}
	r.want(t, id, session.Open, session.None, payment.Authorized)
}

// TestService_Noted guards that a case which holds no visit back is noted, and charges nothing.
func TestService_Noted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	must(t, r.Door(t.Context(), r.org, r.event(larder.DoorForced, 0)))
	c := r.theCase(t, visit.CauseUnexplainedDoor)
	_, err := r.cases.Decide(t.Context(), r.support, c.ID, care.Decision{Charge: true, Lines: []session.Taken{r.taken(0, 1)}, Key: "d1"})
	wantCode(t, err, larder.CodeInvalid)
	got, err := r.cases.Decide(t.Context(), r.support, c.ID, care.Decision{Note: "the technician", Key: "d2"})
	if err != nil || got.Decision != care.Noted {
		t.Errorf("decided %+v, %v", got, err)
	}
	if n := r.audits(t, "case.noted"); n != 1 {
		t.Errorf("%d audit rows", n)
	}
}
