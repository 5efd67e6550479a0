package care_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"larder"
	"larder/internal/core/care"
	"larder/internal/core/session"
	"larder/internal/core/staff"
	"larder/internal/core/visit"
	"larder/internal/edge/store"
	"larder/internal/edge/store/storetest"
)

// rig is the room on a real database; played are the sessions that it ends and the clock that rings.
type rig struct {
	*care.Service
	db      storetest.DB
	org     larder.OrgID
	support larder.Actor
	settled *settler
	rings   timers
}

func newRig(t *testing.T) *rig {
	t.Helper()
	db := storetest.Open(t, nil)
	ids, err := larder.NewIDs(1, time.Now)
	must(t, err)
	people := staff.New(staff.Deps{DB: db, Store: store.Staff{}, IDs: ids})
	must(t, people.EnsurePlatform(t.Context()))
	org, err := people.AddOrg(t.Context(), staff.Org{Code: "ours", Name: "ours"})
	must(t, err)
	r := &rig{db: db, org: org.ID, settled: &settler{}, rings: timers{}}
	r.support = larder.Actor{Kind: larder.ActorStaff, Org: r.org, Staff: 7, Role: larder.RoleSupport}
	r.Service = care.New(care.Deps{
		DB: db, IDs: ids, Store: store.Cases{}, Audit: people, Requests: store.Visits{}, Timers: r.rings, Deadline: time.Hour,
	})
	r.Settle(r.settled)
	return r
}

// settler ends sessions, or says why it does not.
type settler struct {
	err   error
	lines [][]session.Taken
}

func (s *settler) DecideTx(_ context.Context, _ larder.Tx, _ larder.SessionID, lines []session.Taken) error {
	if s.err == nil {
		s.lines = append(s.lines, lines)
	}
	return s.err
}

// timers are when cases end by themselves.
type timers map[int64]larder.Millis

func (r timers) TimerTx(_ context.Context, tx larder.Tx, _ larder.OrgID, _ string, key int64, due larder.Millis) error {
	tx.AfterCommit(func() { r[key] = due })
	return nil
}

func (r *rig) open(t *testing.T, cases ...visit.NewCase) []care.Case {
	t.Helper()
	for _, n := range cases {
		n.Org = r.org
		must(t, r.db.Update(t.Context(), func(tx larder.Tx) error { return r.OpenTx(t.Context(), tx, n) }))
	}
	list, err := r.List(t.Context(), r.support, care.Open, 100)
	must(t, err)
	return list
}

// TestService_OpenTx guards "one case per cause and subject", and that each has an owner and an end.
func TestService_OpenTx(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	of := func(cause session.CaseCause, subject int64) visit.NewCase {
		return visit.NewCase{Cause: cause, Subject: subject, Session: larder.SessionID(subject)}
	}
	list := r.open(t,
		of(session.CauseReview, 5), of(session.CauseReview, 5), of(session.CauseReview, 6), of(session.CauseLateOpen, 5),
		of(visit.CauseUnexplainedDoor, 0), of(visit.CauseUnexplainedDoor, 0),
	)
	if len(list) != 5 {
		t.Errorf("%d cases, want five: %+v", len(list), list)
	}
	for _, c := range list {
		if c.Owner != care.Support || c.Deadline != c.Created.Add(time.Hour) || r.rings[int64(c.ID)] != c.Deadline {
			t.Errorf("%s ends at %d by the clock at %d, owner %q", c.Cause, c.Deadline, r.rings[int64(c.ID)], c.Owner)
		}
	}
	if some, err := r.List(t.Context(), r.support, care.Open, 2); err != nil || len(some) != 2 {
		t.Errorf("%d of at most two, %v", len(some), err)
	}
	_, err := r.List(t.Context(), r.support, "lost", 2)
	if larder.CodeOf(err) != larder.CodeInvalid {
		t.Errorf("an unknown state: %v", err)
	}
}

// TestService_Decide_Overtaken guards I9 and L1: where the session has ended by itself a release is
// noted all the same, and a charge is refused with the case still open.
func TestService_Decide_Overtaken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.open(t, visit.NewCase{Cause: session.CauseReview, Subject: 5, Session: 5})[0]
	r.settled.err = larder.Wrap(larder.CodeConflict, visit.ErrNotWaiting)
	charge := care.Decision{Charge: true, Lines: []session.Taken{{Lane: 1, Count: 2}}, Key: "d1"}
	if _, err := r.Decide(t.Context(), r.support, c.ID, charge); larder.CodeOf(err) != larder.CodeConflict {
		t.Errorf("charged a session that has ended: %v", err)
	}
	if n := len(r.open(t)); n != 1 {
		t.Fatalf("%d open cases", n)
	}
	got, err := r.Decide(t.Context(), r.support, c.ID, care.Decision{Note: "too late", Key: "d2"})
	if err != nil || got.State != care.Decided || got.Decision != care.Released || got.By != r.support.Staff {
		t.Errorf("%+v, %v", got, err)
	}
	if r.rings[int64(c.ID)] != 0 {
		t.Error("the clock of a decided case still runs")
	}
}

// TestService_Decide_Conflict guards I9 and L1: a session whose rows moved under the decision, or a
// database that could not order two transactions, is no session that has ended: the decision is not
// taken, the case stays open with its clock, and the next try counts.
func TestService_Decide_Conflict(t *testing.T) {
	t.Parallel()
	for name, decide := range map[string]func(*rig, larder.CaseID) error{
		"a person": func(r *rig, id larder.CaseID) error {
			_, err := r.Decide(t.Context(), r.support, id, care.Decision{Note: "sensor", Key: "d1"})
			return err
		},
		"the policy": func(r *rig, id larder.CaseID) error {
			return r.db.Update(t.Context(), func(tx larder.Tx) error { return r.ExpireTx(t.Context(), tx, r.org, id) })
		},
	} {
		r := newRig(t)
		c := r.open(t, visit.NewCase{Cause: session.CauseReview, Subject: 5, Session: 5})[0]
		r.settled.err = larder.Wrap(larder.CodeConflict, errors.New("session 5 moved on from version 3"))
		if err := decide(r, c.ID); larder.CodeOf(err) != larder.CodeConflict {
			t.Errorf("%s: %v, want a conflict", name, err)
		}
		if n := len(r.open(t)); n != 1 || r.rings[int64(c.ID)] != c.Deadline {
			t.Errorf("%s: %d open cases, the clock is set to %d", name, n, r.rings[int64(c.ID)])
		}
		r.settled.err = nil
		must(t, decide(r, c.ID))
		if len(r.open(t)) != 0 || len(r.settled.lines) != 1 || len(r.settled.lines[0]) != 0 {
			t.Errorf("%s: after the second try %v was settled", name, r.settled.lines)
		}
	}
}

// TestService_Decide_Lines guards that the session is charged for what the person named, not for what
// was suggested.
func TestService_Decide_Lines(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.open(t, visit.NewCase{
		Cause: session.CauseReview, Subject: 5, Session: 5, Lines: []session.Taken{{Lane: 1, Count: 9}},
	})[0]
	lines := []session.Taken{{Lane: 1, Count: 2}, {Lane: 3, Count: 1}}
	for range 3 {
		_, err := r.Decide(t.Context(), r.support, c.ID, care.Decision{Charge: true, Lines: lines, Key: "d1"})
		must(t, err)
	}
	if len(r.settled.lines) != 1 || !slices.Equal(r.settled.lines[0], lines) {
		t.Errorf("settled %v, want %v once", r.settled.lines, lines)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
