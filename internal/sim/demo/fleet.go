package demo

import (
	"fmt"
	"math/rand/v2"

	"larder"
	"larder/internal/sim/physics"
)

// Plan is what shall be registered before the demo's cabinets call: pure data, the same for the
// same seed.
type Plan struct {
	Products []Product
	Cabinets []CabinetPlan // five
}

// CabinetPlan is one cabinet with one door.
type CabinetPlan struct {
	Serial  string // the factory's number
	Model   string // names the link's driver
	Name    string // Chinese, as on the customer's bill: at most 20 characters
	NameEn  string
	Place   string // Chinese
	PlaceEn string
	Lanes   []LanePlan // in the order of the lanes' numbers, from the top shelf down, left to right

	seed uint64 // of the machine's body
}

// LanePlan is one lane and what stands in it at the start.
type LanePlan struct {
	Shelf   int         // from 1, from the bottom up
	Product int         // index into Plan.Products
	Price   larder.Fen  // of a piece, in this cabinet
	Count   int         // pieces in the lane, and in its ledger
	Par     int         // fill-to quantity
	Noise   larder.Gram // of a frame at rest, one standard deviation, as the factory measured it
}

const (
	shelves   = 5
	perShelf  = 4
	modelName = "native"
)

// sites are where the five cabinets stand. A good address costs a surcharge on every piece, in fen.
var sites = []struct {
	name, english, place, placeEnglish string
	surcharge                          larder.Fen
}{
	{"一号柜", "Cabinet 1", "星河大厦 一层大堂", "Galaxy Tower, lobby", 0},
	{"二号柜", "Cabinet 2", "星河大厦 十八层茶水间", "Galaxy Tower, 18th-floor pantry", 0},
	{"三号柜", "Cabinet 3", "南山图书馆 阅览区", "Nanshan Library, reading room", 0},
	{"四号柜", "Cabinet 4", "滨海健身中心", "Seaside Gym", 50},
	{"五号柜", "Cabinet 5", "高铁东站 候车厅", "East Railway Station, waiting hall", 100},
}

// Fleet returns what shall be registered. Different seeds stand other goods in other lanes, on other
// scales.
func Fleet(seed uint64) (Plan, error) {
	var plan Plan
	first := make([]int, len(assortment)) // index of each row's first product
	for i, row := range assortment {
		first[i] = len(plan.Products)
		plan.Products = append(plan.Products, row...)
	}
	rng := rand.New(rand.NewPCG(seed, 0x6c617264)) // any constant: it keeps this stream apart from Once's
	for i, site := range sites {
		c := CabinetPlan{
			Serial: fmt.Sprintf("LD-2611-%04d", i+1), Model: modelName,
			Name: site.name, NameEn: site.english, Place: site.place, PlaceEn: site.placeEnglish,
			seed: rng.Uint64(),
		}
		for shelf := range shelves {
			for _, k := range rng.Perm(len(assortment[shelf]))[:perShelf] {
				par := 8 + rng.IntN(5)
				c.Lanes = append(c.Lanes, LanePlan{
					Shelf: shelves - shelf, Product: first[shelf] + k,
					Price: assortment[shelf][k].Price + site.surcharge,
					Count: par - rng.IntN(4), Par: par,
				})
			}
		}
		body, err := c.body(plan.Products)
		if err != nil {
			return Plan{}, fmt.Errorf("demo cabinet %s: %w", c.Serial, err)
		}
		for lane := range c.Lanes {
			c.Lanes[lane].Noise = body.RatedNoise(lane + 1)
		}
		plan.Cabinets = append(plan.Cabinets, c)
	}
	return plan, nil
}

// body builds the machine's body with the goods of the plan: noise, hands, ringing and slam are on,
// rare faults are off.
func (c CabinetPlan) body(products []Product) (*physics.Cabinet, error) {
	goods := make([]physics.Goods, len(c.Lanes))
	for i, lane := range c.Lanes {
		p := products[lane.Product]
		goods[i] = physics.Goods{Unit: p.UnitMass, CV: float64(p.UnitSD / p.UnitMass), Count: lane.Count}
	}
	return physics.New(physics.Config{
		Shelves: shelves, PerRow: perShelf, Goods: goods, Faults: physics.Ordinary(),
	}, rand.New(rand.NewPCG(c.seed, 1)))
}
