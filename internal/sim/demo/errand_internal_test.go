package demo

import (
	"slices"
	"testing"
)

// BY15: what Once takes follows from the seed, and something always leaves.
func TestDrawErrand(t *testing.T) {
	t.Parallel()
	plan, err := Fleet(1)
	if err != nil {
		t.Fatal(err)
	}
	returned, cabinets := 0, map[int]bool{}
	for seed := range uint64(500) {
		e := drawErrand(seed, plan)
		if !slices.Equal(e.gestures, drawErrand(seed, plan).gestures) {
			t.Fatalf("seed %d: drawn twice, it differs", seed)
		}
		cabinets[e.cabinet] = true
		taken := e.taken()
		if len(taken) < 1 || len(taken) > 4 {
			t.Errorf("seed %d: %d lanes", seed, len(taken))
		}
		for lane, n := range taken {
			if n < 1 || n > 3 || lane < 1 || lane > len(plan.Cabinets[e.cabinet].Lanes) {
				t.Errorf("seed %d: %d pieces from lane %d", seed, n, lane)
			}
		}
		for _, s := range e.gestures {
			if s.what == putBack {
				returned++
			}
			if s.what == takeOut && s.count > plan.Cabinets[e.cabinet].Lanes[s.lane-1].Count {
				t.Errorf("seed %d: lane %d has no %d pieces", seed, s.lane, s.count)
			}
		}
	}
	if returned < 150 || returned > 350 || len(cabinets) != 5 {
		t.Errorf("%d of 500 put something back, at %d cabinets", returned, len(cabinets))
	}
}
