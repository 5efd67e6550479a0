package run_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
	"larder/internal/core/weigh/trace"
	"larder/internal/edge/store"
	"larder/internal/run"
)

// paid is what the provider knows a visit by.
func (h *house) paid(id larder.SessionID) string { return "L" + h.view(id).Order.String() }

// TestFloor_Purchase guards the walk of one purchase through the real rooms, rows and clocks (I1, I6,
// I8, I12), and the figures of PL10: at most 10 transactions that write and 100 statements.
func TestFloor_Purchase(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.provider.prompt = func(number string) {
			time.Sleep(time.Second)
			h.provider.collect(t, number)
		}
		h.process.db.writes.Store(0)
		h.process.db.statements.Store(0)
		began := time.Now()
		id := h.start(h.alice, "k1")
		number := h.paid(id)
		h.want(id, session.Awaiting, session.None, payment.Waiting)
		if !h.provider.confirm(t, number) {
			t.Fatal("there is nothing to confirm")
		}
		synctest.Wait()
		commands := h.machine.commands()
		if len(commands) != 1 || commands[0].Session != id || commands[0].Door != 1 || commands[0].TTLMillis > 10_000 || commands[0].TTLMillis < 9_000 {
			t.Fatalf("commands %+v", commands)
		}
		if time.Since(began) != 0 || h.seen.unlocked != 1 {
			t.Errorf("the lock was told to open after %s, observed %d times", time.Since(began), h.seen.unlocked)
		}
		news, leave := h.live.Subscribe(id)
		defer leave()
		h.machine.shop(map[int]float64{0: 2 * 351, 2: 119})
		writes, statements := h.process.db.writes.Load(), h.process.db.statements.Load()
		pass(time.Minute)
		h.want(id, session.Ended, session.Charged, payment.Captured)
		if b := h.provider.at(number); b.amount != 2*350+1290 || b.taken != 1 {
			t.Errorf("the provider has %+v", b)
		}
		if s := next(t, news); !s.Changed {
			t.Errorf("nobody told the phone: %+v", s)
		}
		t.Logf("one purchase: %d transactions that write, %d statements", writes, statements)
		if writes > 10 || statements > 100 {
			t.Errorf("one purchase: %d transactions that write and %d statements", writes, statements)
		}
		if h.machine.durable(id) == 0 || len(h.machine.readings) != 0 || len(h.machine.events) != 0 {
			t.Errorf("the cabinet still keeps %d readings, %d events", len(h.machine.readings), len(h.machine.events))
		}
		h.wantCases()
		h.quiet()
		h.wantTrace(id)
	})
}

// wantTrace checks BY1: what was judged is judged again from its trace alone, and the same verdict
// follows, byte for byte.
func (h *house) wantTrace(id larder.SessionID) {
	t := h.t
	t.Helper()
	scene, err := h.visits.Scene(t.Context(), id)
	must(t, err)
	if !scene.Judged {
		t.Fatal("no evidence was kept")
	}
	stored := h.trace(id)
	again, err := run.Rejudge(stored)
	must(t, err)
	if again.Verdict != stored.Verdict || again.Rules != stored.Rules || again.Recording.Rules != stored.Rules {
		t.Errorf("stored by %s: %s\nand again by %s: %s", stored.Rules, stored.Verdict, again.Rules, again.Verdict)
	}
	rec := again.Recording
	if rec.ID != strconv.Quote(id.String()) || len(rec.Lanes) != 3 || len(rec.Readings) < 28 || len(rec.Doors) != 2 {
		t.Errorf("recording %s of %d lanes, %d readings, door %v", rec.ID, len(rec.Lanes), len(rec.Readings), rec.Doors)
	}
	stored.Verdict = strings.Replace(stored.Verdict, `"count":2`, `"count":3`, 1)
	again, err = run.Rejudge(stored)
	must(t, err)
	differs, err := again.Differences()
	must(t, err)
	if want := (run.Difference{What: "lane " + h.lanes[0].ID.String() + " count", Then: "3", Now: "2"}); len(differs) != 1 || differs[0] != want {
		t.Errorf("a verdict with another count differs in %v, want %v", differs, want)
	}
	stored.Verdict = strings.Replace(again.Verdict, `"rules":"`+run.RuleVersion, `"rules":"older`, 1)
	again, err = run.Rejudge(stored)
	must(t, err)
	differs, err = again.Differences()
	must(t, err)
	if len(differs) != 1 || differs[0].What != "rules" || differs[0].Then != "older" {
		t.Errorf("a verdict of older rules differs in %v", differs)
	}
	stored.Readings = []byte{0xec, 0x9a} // as deflated JSON began
	if _, err := run.Rejudge(stored); !errors.Is(err, trace.ErrVersion0) {
		t.Errorf("a trace of before the first release: %v", err)
	}
}

// trace reads a session's evidence as it is stored.
func (h *house) trace(id larder.SessionID) (stored visit.Trace) {
	h.t.Helper()
	must(h.t, h.db.View(h.t.Context(), func(tx larder.Tx) (err error) {
		stored, err = store.Visits{}.Trace(h.t.Context(), tx, id)
		return err
	}))
	return stored
}

// recording is what the recognizer was told about a session.
func (h *house) recording(id larder.SessionID) *weigh.Recording {
	h.t.Helper()
	rec, err := trace.Decode(h.trace(id).Readings)
	must(h.t, err)
	return rec
}

// recorded is how many readings of a session are kept.
func (h *house) recorded(id larder.SessionID) int { return len(h.recording(id).Readings) }
