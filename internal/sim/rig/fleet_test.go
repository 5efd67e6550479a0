package rig_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"larder"
	"larder/internal/sim/demo"
	"larder/internal/sim/rig"
)

// heaviest is what a scale carries.
const heaviest = larder.Gram(32_000)

// TestFleet guards that a seed is a fleet, of the size that was asked for, each serial number once and
// no lane too heavy.
func TestFleet(t *testing.T) {
	t.Parallel()
	const n, pieces = 12, 50
	plan, err := rig.Fleet(n, pieces, 1)
	if err != nil {
		t.Fatal(err)
	}
	again, err := rig.Fleet(n, pieces, 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plan, again, cmpopts.IgnoreUnexported(demo.CabinetPlan{})); diff != "" {
		t.Errorf("the same seed, another fleet:\n%s", diff)
	}
	serials := make(map[string]bool)
	for _, c := range plan.Cabinets {
		serials[c.Serial] = true
		for k, lane := range c.Lanes {
			if load := plan.Products[lane.Product].UnitMass * larder.Gram(lane.Count); lane.Count != pieces || load > heaviest {
				t.Errorf("%s lane %d: %d pieces, %v g", c.Serial, k+1, lane.Count, float64(load))
			}
			if lane.Noise <= 0 {
				t.Errorf("%s lane %d: noise %v g", c.Serial, k+1, float64(lane.Noise))
			}
		}
	}
	if len(plan.Cabinets) != n || len(serials) != n {
		t.Errorf("%d cabinets with %d serial numbers, want %d", len(plan.Cabinets), len(serials), n)
	}
}
