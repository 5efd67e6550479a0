package app

import (
	"context"
	"fmt"

	"larder"
	"larder/internal/core/cabinet"
	"larder/internal/core/catalog"
	"larder/internal/core/stock"
	"larder/internal/edge/store"
	"larder/internal/sim/demo"
)

// Furnish enters a planned fleet for the organization of a code, as an operator would: products,
// cabinets, what stands in them at which price, and the first goods. It answers in the plan's order.
func (s *Setup) Furnish(ctx context.Context, code string, plan demo.Plan) ([]demo.Registered, error) {
	org, err := s.base.orgOf(ctx, code)
	if err != nil {
		return nil, err
	}
	products := make([]larder.ProductID, len(plan.Products))
	for i, p := range plan.Products {
		added, err := s.base.catalog.AddProduct(ctx, larder.System(org), catalog.Product{
			Name: p.Name, NameEn: p.NameEn, UnitMass: p.UnitMass, UnitSD: p.UnitSD,
		})
		if err != nil {
			return nil, err
		}
		products[i] = added.ID
	}
	registered := make([]demo.Registered, len(plan.Cabinets))
	for i, c := range plan.Cabinets {
		if registered[i], err = s.base.furnish(ctx, org, c, products); err != nil {
			return nil, err
		}
	}
	return registered, nil
}

// furnish registers one cabinet, publishes what stands in it and books its first goods.
func (b *base) furnish(ctx context.Context, org larder.OrgID, plan demo.CabinetPlan, products []larder.ProductID) (demo.Registered, error) {
	var door cabinet.NewDoor
	for _, l := range plan.Lanes {
		door.Lanes = append(door.Lanes, cabinet.NewLane{Shelf: l.Shelf, Noise: l.Noise})
	}
	made, err := b.enroll(ctx, org, cabinet.Registration{
		Serial: plan.Serial, Model: plan.Model, Name: plan.Name, Place: plan.Place, Doors: []cabinet.NewDoor{door},
	})
	if err != nil {
		return demo.Registered{}, err
	}
	r := demo.Registered{ID: made.Cabinet.ID, Key: made.Key, Token: made.Doors[0].Token}
	slots := make([]catalog.NewSlot, len(plan.Lanes))
	for i, l := range plan.Lanes {
		r.Lanes = append(r.Lanes, made.Lanes[i].ID)
		slots[i] = catalog.NewSlot{Lane: made.Lanes[i].ID, Product: products[l.Product], Price: l.Price, Par: l.Par}
	}
	version, err := b.catalog.Publish(ctx, larder.System(org), made.Cabinet.ID, slots)
	if err != nil {
		return r, err
	}
	goods := stock.New(store.Stocks{})
	return r, b.db.Update(ctx, func(tx larder.Tx) error {
		for i, l := range plan.Lanes {
			if err := goods.FillTx(ctx, tx, org, r.Lanes[i], products[l.Product], l.Count, version); err != nil {
				return fmt.Errorf("fill lane %d of %s: %w", i+1, plan.Serial, err)
			}
		}
		return nil
	})
}
