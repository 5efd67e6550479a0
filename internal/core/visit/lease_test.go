package visit_test

import (
	"testing"

	"larder"
	"larder/internal/core/session"
	"larder/internal/edge/store"
)

// TestStore_Lease guards I7 on the rows: a door has one holder, its fence only grows whatever the
// generator of ids says (a restored backup, a slow clock), and a holder of before changes nothing.
func TestStore_Lease(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	now := larder.MillisOf(r.clock.Now())
	lease := func(of larder.SessionID, fence int64, expires larder.Millis) session.Lease {
		return session.Lease{
			Door: r.doors[0].ID, Org: r.org, Session: of, Purpose: session.Purchase, Fence: fence, Expires: expires,
		}
	}
	take := func(l session.Lease) (fence int64) {
		t.Helper()
		must(t, r.db.Update(t.Context(), func(tx larder.Tx) (err error) {
			fence, err = store.Sessions{}.TakeLease(t.Context(), tx, l)
			return err
		}))
		return fence
	}
	did := func(fn func(tx larder.Tx) (bool, error)) (did bool) {
		t.Helper()
		must(t, r.db.Update(t.Context(), func(tx larder.Tx) (err error) { did, err = fn(tx); return err }))
		return did
	}
	end := func(l session.Lease) bool {
		return did(func(tx larder.Tx) (bool, error) { return store.Sessions{}.EndLease(t.Context(), tx, l) })
	}
	hold := func(l session.Lease) bool {
		return did(func(tx larder.Tx) (bool, error) { return store.Sessions{}.HoldLease(t.Context(), tx, l) })
	}

	first := take(lease(1, 1000, now+1000))
	if first != 1000 {
		t.Errorf("the first holder has fence %d, want 1000", first)
	}
	if fence := take(lease(2, 2000, now+1000)); fence != 0 {
		t.Errorf("a held door was given away, fence %d", fence)
	}
	if !hold(lease(1, first, 0)) {
		t.Error("the holder may not keep the door")
	}
	r.clock.add(24 * 3600 * 1e9)
	if fence := take(lease(2, 2000, 0)); fence != 0 {
		t.Errorf("a door that stands open was given away, fence %d", fence)
	}
	if !end(lease(1, first, 0)) {
		t.Error("the holder may not end its lease")
	}
	second := take(lease(2, 5, 0)) // the generator went back
	if second <= first {
		t.Errorf("fence %d follows %d", second, first)
	}
	for name, stale := range map[string]session.Lease{
		"the holder of before":                lease(1, first, 0),
		"the holder of before, newer fence":   lease(1, second, 0),
		"the holder under a fence of before":  lease(2, first, 0),
		"the holder under a fence of nowhere": lease(2, second+1, 0),
	} {
		if hold(stale) || end(stale) {
			t.Errorf("%s: changed the lease", name)
		}
	}
	if !end(lease(2, second, 0)) {
		t.Error("the second holder lost its lease")
	}
}
