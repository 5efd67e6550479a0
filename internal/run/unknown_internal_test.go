package run

import (
	"testing"
	"time"

	"larder"
)

// TestUnknowns guards R1: what is remembered of sessions that do not exist lasts for a while, can be
// taken back, and is bounded however many a cabinet makes up.
func TestUnknowns(t *testing.T) {
	t.Parallel()
	var u unknowns
	now := time.Unix(1_800_000_000, 0)
	of := func(i int) watched { return watched{1, larder.SessionID(i)} }
	for i := range 10 * maxUnknown {
		u.add(of(i), now)
	}
	if n := len(u.young) + len(u.old); n > 2*maxUnknown || !u.has(of(10*maxUnknown-1), now) {
		t.Errorf("%d are remembered", n)
	}
	u = unknowns{}
	u.add(of(1), now)
	u.add(of(2), now.Add(unknownFor/2))
	u.forget(of(2))
	if !u.has(of(1), now.Add(unknownFor-1)) || u.has(of(2), now.Add(unknownFor-1)) {
		t.Errorf("too early: %+v", u)
	}
	if u.has(of(1), now.Add(3*unknownFor)) {
		t.Errorf("for ever: %+v", u)
	}
}
