package visit_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/care"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
)

// bill is everything that money and doors could be moved by.
type bill struct {
	Visits                               []visit.View
	Orders, Lines, Total, Payments, Paid int64
	Journals, Moves, Commands, Lease     int64
	Opens, Captures, Releases            int
}

func (r *rig) bill(t *testing.T, visits ...larder.SessionID) bill {
	t.Helper()
	b := bill{
		Orders:   r.number(t, `SELECT COUNT(*) FROM orders`),
		Lines:    r.number(t, `SELECT COUNT(*) FROM order_line`),
		Total:    r.number(t, `SELECT COALESCE(SUM(total_fen), 0) FROM orders`),
		Payments: r.number(t, `SELECT COUNT(*) FROM payment`),
		Paid:     r.number(t, `SELECT COALESCE(SUM(captured_fen), 0) FROM payment`),
		Journals: r.number(t, `SELECT COUNT(*) FROM journal`),
		Moves:    r.number(t, `SELECT COUNT(*) FROM lane_entry`),
		Commands: r.number(t, `SELECT COUNT(*) FROM command`),
		Lease:    r.number(t, `SELECT COALESCE(SUM(session_id), 0) FROM lease`),
		Opens:    r.todo.count(visit.EffectOpen),
		Captures: r.todo.count(visit.EffectCapture),
		Releases: r.todo.count(visit.EffectRelease),
	}
	for _, id := range visits {
		b.Visits = append(b.Visits, r.view(t, id))
	}
	return b
}

// ghost draws an event that no session of its door explains.
func (r *rig) ghost(rt *rapid.T, here, elsewhere larder.SessionID) larder.DoorEvent {
	kind := rapid.SampledFrom([]larder.DoorEventKind{larder.DoorOpened, larder.DoorShut, larder.DoorForced}).Draw(rt, "kind")
	of := rapid.SampledFrom([]string{"nobody", "unknown", "other door", "forced"}).Draw(rt, "session")
	ev := r.event(kind, 0)
	switch of {
	case "unknown":
		ev.Session = larder.SessionID(rapid.Int64Range(1, 1_000_000).Draw(rt, "id"))
	case "other door":
		ev.Session = elsewhere
	case "forced":
		ev.Kind, ev.Session = larder.DoorForced, here
	}
	return ev
}

// TestService_Door_Unexplained_property guards O5, I1 and I6: whatever a door does without a session
// of its own, in any order and however often it is told, while a visit stands anywhere: each event
// is counted once by its door's case, and no visit, order, payment, stock or lease changes.
func TestService_Door_Unexplained_property(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	elsewhere, err := r.Start(t.Context(), r.bob, visit.StartRequest{DoorToken: r.doors[1].Token, Provider: wechat, Key: "k"})
	must(t, err)
	visits := 0
	rapid.Check(t, func(rt *rapid.T) {
		visits++
		r.clock.add(time.Minute)
		id := r.start(t, r.alice, "k"+larder.SessionID(visits).String()).ID
		way := []func(){
			func() { r.says(t, id, payment.Status{State: payment.ProviderAuthorized}) },
			func() { r.door(t, larder.DoorOpened, id) },
			func() { r.door(t, larder.DoorShut, id) },
			func() { r.judge(t, id, weigh.NoCharge) },
		}
		stage := rapid.IntRange(0, len(way)).Draw(rt, "stage")
		for _, step := range way[:stage] {
			step()
		}
		before, cases := r.bill(t, id, elsewhere.ID), r.number(t, `SELECT COALESCE(SUM(events), 0) FROM care_case`)
		events := make([]larder.DoorEvent, rapid.IntRange(1, 5).Draw(rt, "events"))
		for i := range events {
			events[i] = r.ghost(rt, id, elsewhere.ID)
		}
		told := append(rapid.SliceOfN(rapid.SampledFrom(events), 0, 5).Draw(rt, "replayed"), events...)
		for _, ev := range rapid.Permutation(told).Draw(rt, "order") {
			must(t, r.Door(t.Context(), r.org, ev))
		}
		if diff := cmp.Diff(before, r.bill(t, id, elsewhere.ID)); diff != "" {
			rt.Fatalf("a door without a visit changed (-before +after):\n%s", diff)
		}
		if n := r.number(t, `SELECT COALESCE(SUM(events), 0) FROM care_case`) - cases; n != int64(len(events)) {
			rt.Fatalf("%d of %d events are counted", n, len(events))
		}
		if rapid.Bool().Draw(rt, "decided") { // then what comes next opens another case
			for _, c := range r.open(t) {
				_, err := r.cases.Decide(t.Context(), r.support, c.ID, care.Decision{Key: "d" + c.ID.String()})
				must(t, err)
			}
		}
		for _, step := range way[stage:] { // the visit itself goes on as if nothing had been
			step()
		}
		r.want(t, id, session.Ended, session.NothingTaken, payment.Releasing)
	})
	if n := r.number(t, `SELECT COUNT(*) FROM care_case WHERE cause <> $1 OR session_id IS NOT NULL AND session_id <> 0`, visit.CauseUnexplainedDoor); n != 0 {
		t.Errorf("%d cases of another kind", n)
	}
	r.sound(t)
}
