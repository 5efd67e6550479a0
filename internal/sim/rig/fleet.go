package rig

import (
	"fmt"
	"math/rand/v2"

	"larder/internal/sim/demo"
	"larder/internal/sim/physics"
)

const (
	shelves  = 5
	perShelf = 4
)

// Fleet plans n cabinets with the demo's goods, each lane filled with so many pieces (at most 50: a
// scale carries 32 kg). The plan is the same for the same seed.
func Fleet(n, pieces int, seed uint64) (demo.Plan, error) {
	var plan demo.Plan
	for round := uint64(0); len(plan.Cabinets) < n; round++ {
		some, err := demo.Fleet(seed + round)
		if err != nil {
			return demo.Plan{}, err
		}
		plan.Products = some.Products // the same in every round
		for _, c := range some.Cabinets[:min(len(some.Cabinets), n-len(plan.Cabinets))] {
			c.Serial = fmt.Sprintf("LD-RIG-%05d", len(plan.Cabinets)+1)
			for k := range c.Lanes {
				c.Lanes[k].Count, c.Lanes[k].Par = pieces, pieces
			}
			body, err := bodyOf(c, plan.Products, seed)
			if err != nil {
				return demo.Plan{}, fmt.Errorf("cabinet %s: %w", c.Serial, err)
			}
			for k := range c.Lanes {
				c.Lanes[k].Noise = body.RatedNoise(k + 1)
			}
			plan.Cabinets = append(plan.Cabinets, c)
		}
	}
	return plan, nil
}

// bodyOf builds the body of a planned cabinet, a sound one in use: noise, hands, ringing and slam are
// on, rare faults are off.
func bodyOf(c demo.CabinetPlan, products []demo.Product, seed uint64) (*physics.Cabinet, error) {
	goods := make([]physics.Goods, len(c.Lanes))
	for k, lane := range c.Lanes {
		p := products[lane.Product]
		goods[k] = physics.Goods{Unit: p.UnitMass, CV: float64(p.UnitSD / p.UnitMass), Count: lane.Count}
	}
	return physics.New(physics.Config{
		Shelves: shelves, PerRow: perShelf, Goods: goods, Faults: physics.Ordinary(),
	}, chance(seed, c.Serial, 1))
}

// chance is the generator of one of a machine's streams of chance.
func chance(seed uint64, serial string, stream uint64) *rand.Rand {
	name := uint64(14695981039346656037) // FNV-1a, so that every machine has streams of its own
	for _, b := range []byte(serial) {
		name = (name ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(seed^name, stream))
}
