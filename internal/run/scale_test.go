package run_test

import (
	"encoding/json"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/core/care"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/stock"
	"larder/internal/core/weigh/health"
	"larder/internal/edge/store"
	"larder/internal/run"
)

const idleBeat = 90 * time.Second

// idle sends n frames from outside sessions; the lanes in mute give no weight.
func (m *machine) idle(n int, mute ...int) {
	for range n {
		time.Sleep(idleBeat)
		m.mu.Lock()
		m.frames++
		now := larder.MillisOf(time.Now())
		r := larder.Readings{Cabinet: m.h.cabinet.ID, Boot: 1, Seq: m.frames, Door: m.door, At: now, Arrived: now}
		for _, g := range m.mass {
			r.Mass = append(r.Mass, larder.Gram(math.Round(g+m.rng.NormFloat64())))
		}
		for _, lane := range mute {
			r.Mass[lane] = larder.NoMass
		}
		up, epoch := m.up, m.epoch
		m.mu.Unlock()
		if up {
			m.h.floor.Readings(epoch, r)
		}
	}
	synctest.Wait()
}

// scale is what is kept of a lane's scale.
func (h *house) scale(lane int) (m run.ScaleMemory, s health.State) {
	h.t.Helper()
	must(h.t, h.db.View(h.t.Context(), func(tx larder.Tx) error {
		all, err := store.Scales{}.ScaleMemories(h.t.Context(), tx, h.org, h.cabinet.ID)
		m = all[lane]
		return err
	}))
	if m.State != "" {
		must(h.t, json.Unmarshal([]byte(m.State), &s))
	}
	return m, s
}

// TestScales (BY6, W6) guards that a lane whose scale fails charges nothing, from the moment on that its
// readings say so and beyond the end of the process, while the lanes beside it do; that idle readings cost
// a write or two an hour; and that a person's work gives the lane back once it has proven itself.
func TestScales(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.provider.prompt = func(number string) { h.provider.collect(t, number) }
		good := h.buy("k1", 352)
		h.want(good, session.Ended, session.Charged, payment.Captured)
		h.process.db.writes.Store(0)
		h.machine.idle(60, 0)
		if n := h.process.db.writes.Load(); n < 2 || n > 6 { // in an hour and a half
			t.Errorf("60 idle frames are %d transactions that write", n)
		}
		if m, s := h.scale(0); m.Status != health.Quarantined || s.MayCharge() || m.Version > 6 || s.Residual.N != 1 {
			t.Errorf("the lane that says nothing: %+v", m)
		}
		if m, _ := h.scale(3); m.Status != health.Healthy || m.Version == 0 {
			t.Errorf("the lane beside it, behind the other door: %+v", m)
		}
		if got := h.seen.unwell[health.Quarantined]; got != 1 || len(h.seen.scales) == 0 {
			t.Errorf("%d lanes are told to be in quarantine, news %v", got, h.seen.scales)
		}
		h.machine.idle(2, 0)
		before := larder.MillisOf(time.Now())
		h.end()
		if m, _ := h.scale(0); m.At != before {
			t.Errorf("what was gathered when the process ended is not written: %d, want %d", m.At, before)
		}
		h.begin()
		bad := h.buy("k2", 352)
		h.want(bad, session.Review, session.None, payment.Authorized)
		if rec := h.recording(bad); !rec.Lanes[0].Quarantined || rec.Lanes[1].Quarantined {
			t.Errorf("judged with lanes %+v", rec.Lanes)
		}
		h.sameAgain()
		_, err := h.cases.Decide(t.Context(), h.support, h.casesOf(bad)[0].ID, care.Decision{Key: "d" + bad.String()})
		must(t, err)
		pass(time.Minute)
		h.machine.idle(3, 0)
		h.serve(t)
		h.machine.idle(10)
		still := h.buy("k3", 352)
		h.want(still, session.Review, session.None, payment.Authorized)
		_, err = h.cases.Decide(t.Context(), h.support, h.casesOf(still)[0].ID, care.Decision{Key: "d" + still.String()})
		must(t, err)
		h.machine.idle(30)
		h.want(h.buy("k4", 352), session.Ended, session.Charged, payment.Captured)
		if m, s := h.scale(0); !s.MayCharge() || s.Missing != 0 {
			t.Errorf("what the scale missed before it was served counts: %+v", m)
		}
	})
}

// serve notes that lane 0 was calibrated, and who may do so.
func (h *house) serve(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	if _, err := h.scales.Serve(ctx, h.alice, h.lanes[0].ID, run.Calibrated, ""); larder.CodeOf(err) != larder.CodeForbidden {
		t.Errorf("a customer serves a scale: %v", err)
	}
	if _, err := h.scales.List(ctx, h.alice, 10); larder.CodeOf(err) != larder.CodeForbidden {
		t.Errorf("a customer sees scales: %v", err)
	}
	served, err := h.scales.Serve(ctx, h.support, h.lanes[0].ID, run.Calibrated, "擦净")
	must(t, err)
	if served.Status != health.Quarantined || len(served.Findings) == 0 || served.Serial != "SN-1" {
		t.Errorf("after the service: %+v", served)
	}
	unwell, err := h.scales.List(ctx, h.support, 10)
	must(t, err)
	if len(unwell) != 1 || unwell[0].ID != h.lanes[0].ID || unwell[0].Status != health.Quarantined {
		t.Errorf("the list is %+v", unwell)
	}
	if n := h.number(`SELECT COUNT(*) FROM audit WHERE action = 'scale.calibrated'`); n != 1 {
		t.Errorf("%d audit rows", n)
	}
}

// TestScales_doubt (BY6, BY10) guards that a lane teaches nothing while its scale is in doubt, from the
// moment on that its readings say so, and charges all the same; and that a restock is told to the scale once.
func TestScales_doubt(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.provider.prompt = func(number string) { h.provider.collect(t, number) }
		h.machine.idle(11, 0)
		if m, _ := h.scale(0); m.Version != 0 {
			t.Fatalf("it is written before its time: %+v", m)
		}
		id := h.buy("k1", 352)
		h.want(id, session.Ended, session.Charged, payment.Captured)
		if m, _ := h.learned(); m.Version != 0 {
			t.Errorf("a scale in doubt has taught: %+v", m)
		}
		m, s := h.scale(0) // the session saw that the status had changed
		if m.Status != health.Calibrate || m.Restocked == 0 || m.Restocked != m.Restock || !s.Residual.Restocked {
			t.Errorf("after the session: %+v", m)
		}
		must(t, h.db.Update(t.Context(), func(tx larder.Tx) error {
			return stock.New(store.Stocks{}).FillTx(t.Context(), tx, h.org, h.lanes[0].ID, h.goods[0].ID, 5, 2)
		}))
		h.machine.idle(21)
		if m, s = h.scale(0); m.Restocked != m.Restock || s.Residual.N != 0 || s.Residual.EarlierN != 1 {
			t.Errorf("after a restock: %+v, %+v", m, s.Residual)
		}
		h.buy("k2", 352)
		h.machine.idle(21)
		if _, s = h.scale(0); s.Residual.EarlierN != 1 {
			t.Errorf("the restock was told twice: %+v", s.Residual)
		}
	})
}

// TestScales_lost (BY6, W6) guards that a memory which nobody can read leaves the lane in quarantine until
// it has proven itself.
func TestScales_lost(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.provider.prompt = func(number string) { h.provider.collect(t, number) }
		must(t, h.db.Update(t.Context(), func(tx larder.Tx) error {
			_, err := store.Scales{}.SaveScaleMemory(t.Context(), tx, run.ScaleMemory{
				Lane: h.lanes[0].ID, Org: h.org, Number: 1, Status: health.Quarantined, State: "{",
				At: larder.MillisOf(tx.Now()), Restocked: larder.MillisOf(tx.Now()),
			})
			return err
		}))
		h.want(h.buy("k1", 352), session.Review, session.None, payment.Authorized)
		pass(31 * time.Minute)
		if m, s := h.scale(0); m.Version != 2 || m.Status != health.Quarantined || s.MayCharge() {
			t.Errorf("after a visit: %+v", m)
		}
	})
}
