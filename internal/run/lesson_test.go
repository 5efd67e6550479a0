package run_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/stock"
	"larder/internal/core/visit"
	"larder/internal/core/weigh/learn"
	"larder/internal/edge/store"
	"larder/internal/run"
)

// buy lets Alice take what weighs mass from lane 0 and waits for the bill.
func (h *house) buy(key string, mass float64) larder.SessionID {
	h.t.Helper()
	id := h.start(h.alice, key)
	h.provider.confirm(h.t, h.paid(id))
	pass(time.Second)
	h.machine.shop(map[int]float64{0: mass})
	pass(2 * time.Minute)
	return id
}

// learned is what is kept of lane 0.
func (h *house) learned() (m run.LaneMemory, s learn.State) {
	h.t.Helper()
	must(h.t, h.db.View(h.t.Context(), func(tx larder.Tx) error {
		all, err := store.Lessons{}.LaneMemories(h.t.Context(), tx, h.doors[0].ID)
		m = all[0]
		return err
	}))
	if m.State != "" {
		must(h.t, json.Unmarshal([]byte(m.State), &s))
	}
	return m, s
}

// unitMass is what a session's lane 0 was judged by.
func (h *house) unitMass(id larder.SessionID) larder.Gram {
	h.t.Helper()
	var ev visit.Evidence
	must(h.t, json.Unmarshal([]byte(h.trace(id).Verdict), &ev))
	return ev.Lanes[0].UnitMass
}

// TestLessons (BY10) guards that lanes learn from visits that are beyond doubt and are judged by what
// they learned, that others teach nothing, and that another batch begins with the catalog's word.
func TestLessons(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.provider.prompt = func(number string) { h.provider.collect(t, number) }
		if m, _ := h.learned(); m.Version != 0 || m.Restocked == 0 || m.Lane != h.lanes[0].ID {
			t.Errorf("before anything was learned: %+v", m)
		}
		first := h.buy("k1", 361)
		h.want(first, session.Ended, session.Charged, payment.Captured)
		if got := h.unitMass(first); got != 350 {
			t.Errorf("the first visit is judged by %v g", got)
		}
		for i := range 5 {
			h.buy(fmt.Sprintf("k2.%d", i), 361+float64(i%2))
		}
		m, s := h.learned()
		if m.Version != 6 || m.Product != h.goods[0].ID || s.Learned().Pieces != 6 || s.Learned().UnitMass < 358 {
			t.Errorf("after six visits: %+v, %+v", m, s.Learned())
		}
		if a := s.Accounts(); len(a) != 6 || a[0].Session != first {
			t.Errorf("what was learned from which: %+v", a)
		}
		if len(s.Noises) == 0 {
			t.Error("nothing was learned of the noise")
		}
		last := h.buy("k3", 361)
		if got := h.unitMass(last); got != larder.Milligrams(s.Learned().UnitMass.Milligrams()) {
			t.Errorf("judged by %v g, learned %v g", got, s.Learned().UnitMass)
		}

		m, _ = h.learned()
		h.buy("k4", 2*361) // no single piece
		odd := h.buy("k5", 361*1.5)
		h.want(odd, session.Review, session.None, payment.Authorized)
		if again, _ := h.learned(); again.Version != m.Version {
			t.Errorf("two pieces, or a session in review, taught something: version %d after %d", again.Version, m.Version)
		}
		h.sameAgain()
	})
}

// TestLessons_restock (BY10) guards that what was learned of one batch is not believed of the next.
func TestLessons_restock(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.provider.prompt = func(number string) { h.provider.collect(t, number) }
		h.buy("k1", 361)
		h.buy("k2", 361)
		must(t, h.db.Update(t.Context(), func(tx larder.Tx) error {
			return stock.New(store.Stocks{}).FillTx(t.Context(), tx, h.org, h.lanes[0].ID, h.goods[0].ID, 5, 2)
		}))
		if id := h.buy("k3", 350); h.unitMass(id) != 350 {
			t.Errorf("the new batch is judged by %v g", h.unitMass(id))
		}
		if _, s := h.learned(); len(s.Pieces) != 1 || len(s.Noises) == 0 {
			t.Errorf("after the restock: %+v", s)
		}
	})
}

// TestLessons_lost (BY10, O4) guards that a memory which nobody can read costs no session: the catalog's
// word counts, and learning begins anew.
func TestLessons_lost(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.provider.prompt = func(number string) { h.provider.collect(t, number) }
		h.buy("k1", 352)
		must(t, h.db.Update(t.Context(), func(tx larder.Tx) error {
			_, err := store.From(tx).ExecContext(t.Context(), `UPDATE lane_learning SET state = '{'`)
			return err
		}))
		id := h.buy("k2", 352)
		h.want(id, session.Ended, session.Charged, payment.Captured)
		if m, s := h.learned(); h.unitMass(id) != 350 || m.Version != 2 || len(s.Pieces) != 1 {
			t.Errorf("judged by %v g, then %+v", h.unitMass(id), m)
		}
	})
}
