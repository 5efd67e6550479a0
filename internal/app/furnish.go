package app

import (
	"context"

	"larder"
	"larder/internal/app/installation"
	"larder/internal/sim/demo"
)

// Furnish enters a planned fleet for the organization of a code, as an operator would: products,
// cabinets, what stands in them at which price, and the first goods. It answers in the plan's order.
func (s *Setup) Furnish(ctx context.Context, code string, plan demo.Plan) ([]demo.Registered, error) {
	f := Written(plan)
	err := s.base.db.View(ctx, func(tx larder.Tx) error {
		org, err := orgOfTx(ctx, tx, code)
		f.Org = installation.Org{Code: org.Code, Name: org.Name}
		return err
	})
	if err != nil {
		return nil, err
	}
	loaded, err := s.Load(ctx, &f)
	if err != nil {
		return nil, err
	}
	registered := make([]demo.Registered, len(loaded.Cabinets))
	for i, c := range loaded.Cabinets {
		registered[i] = demo.Registered{ID: c.Cabinet.ID, Key: c.Key, Token: c.Doors[0].Token}
		for _, lane := range c.Lanes {
			registered[i].Lanes = append(registered[i].Lanes, lane.ID)
		}
	}
	return registered, nil
}

// Written is a planned fleet as an operator would write it down, for an organization that the caller
// names.
func Written(plan demo.Plan) installation.File {
	var f installation.File
	for _, p := range plan.Products {
		f.Products = append(f.Products, installation.Product{Name: p.Name, NameEn: p.NameEn, UnitMass: p.UnitMass, UnitSD: p.UnitSD})
	}
	for _, c := range plan.Cabinets {
		f.Cabinets = append(f.Cabinets, planned(c, plan.Products))
	}
	return f
}

// planned is a planned cabinet; it has one door.
func planned(c demo.CabinetPlan, products []demo.Product) installation.Cabinet {
	door := installation.Door{}
	for _, l := range c.Lanes {
		door.Lanes = append(door.Lanes, installation.Lane{
			Shelf: l.Shelf, Noise: l.Noise, Product: products[l.Product].NameEn, Price: l.Price, Par: l.Par, Count: l.Count,
		})
	}
	return installation.Cabinet{Serial: c.Serial, Model: c.Model, Name: c.Name, Place: c.Place, Doors: []installation.Door{door}}
}
