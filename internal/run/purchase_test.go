package run_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
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

// wantTrace checks that what was judged can be judged again: the evidence is one line of the batch
// interface's input.
func (h *house) wantTrace(id larder.SessionID) {
	t := h.t
	t.Helper()
	scene, err := h.visits.Scene(t.Context(), id)
	must(t, err)
	if !scene.Judged {
		t.Fatal("no evidence was kept")
	}
	rec := h.recording(id)
	if rec.ID != id.String() || len(rec.Lanes) != 3 || len(rec.Readings) < 28 || rec.Door["opened_ms"] == nil || rec.Door["closed_ms"] == nil {
		t.Errorf("recording of %d lanes, %d readings, door %v", len(rec.Lanes), len(rec.Readings), rec.Door)
	}
}

// recording is a line of the batch interface's input, as far as these tests look at it.
type recording struct {
	ID       string            `json:"id"`
	Lanes    []json.RawMessage `json:"lanes"`
	Readings []json.RawMessage `json:"readings"`
	Door     map[string]*int64 `json:"door"`
}

func (h *house) recording(id larder.SessionID) (rec recording) {
	h.t.Helper()
	var readings []byte
	must(h.t, h.db.View(h.t.Context(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(h.t.Context(), `SELECT readings FROM trace WHERE session_id = $1`, int64(id)).Scan(&readings)
	}))
	line, err := run.Inflate(readings)
	must(h.t, err)
	must(h.t, json.Unmarshal(line, &rec))
	return rec
}

// recorded is how many readings of a session are kept.
func (h *house) recorded(id larder.SessionID) int { return len(h.recording(id).Readings) }
