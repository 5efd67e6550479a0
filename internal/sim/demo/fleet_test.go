package demo_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"larder"
	"larder/internal/sim/demo"
)

// BY15: what shall be registered is data, and the same for the same seed.
func TestFleet(t *testing.T) {
	t.Parallel()
	fleet := func(t *testing.T, seed uint64) demo.Plan {
		t.Helper()
		plan, err := demo.Fleet(seed)
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
	same := cmpopts.IgnoreUnexported(demo.CabinetPlan{})
	t.Run("is the same for the same seed and another for another", func(t *testing.T) {
		t.Parallel()
		if d := cmp.Diff(fleet(t, 7), fleet(t, 7), same); d != "" {
			t.Error(d)
		}
		if cmp.Equal(fleet(t, 7), fleet(t, 8), same) {
			t.Error("seeds 7 and 8 stand the same goods in the same lanes")
		}
	})
	t.Run("has five cabinets of five shelves with four lanes", func(t *testing.T) {
		t.Parallel()
		plan := fleet(t, 1)
		if len(plan.Cabinets) != 5 {
			t.Fatalf("%d cabinets", len(plan.Cabinets))
		}
		for _, c := range plan.Cabinets {
			shelves, kinds := map[int]int{}, map[int]bool{}
			for _, l := range c.Lanes {
				shelves[l.Shelf]++
				kinds[l.Product] = true
				if l.Count < 1 || l.Count > l.Par || l.Price <= 0 || !l.Noise.Known() || l.Noise <= 0 {
					t.Errorf("%s: lane %+v", c.Serial, l)
				}
			}
			if d := cmp.Diff(map[int]int{1: 4, 2: 4, 3: 4, 4: 4, 5: 4}, shelves); d != "" || len(kinds) != 20 {
				t.Errorf("%s: %d kinds; shelves: %s", c.Serial, len(kinds), d)
			}
			if c.Lanes[0].Shelf != 5 {
				t.Errorf("%s: lane 1 is on shelf %d, want the top one", c.Serial, c.Lanes[0].Shelf)
			}
			if len([]rune(c.Name)) > 20 {
				t.Errorf("%s: the name %q is too long for a customer's bill", c.Serial, c.Name)
			}
		}
	})
	t.Run("sells pieces of 40 to 600 g", func(t *testing.T) {
		t.Parallel()
		for _, p := range fleet(t, 1).Products {
			if p.UnitMass < 40 || p.UnitMass > 600 || p.UnitSD <= 0 || p.UnitSD > p.UnitMass*0.04 {
				t.Errorf("%s weighs %v g ± %v g", p.NameEn, p.UnitMass, p.UnitSD)
			}
			if p.Name == "" || p.NameEn == "" || p.Picture == "" || p.Price <= larder.Fen(0) {
				t.Errorf("incomplete: %+v", p)
			}
		}
	})
}
