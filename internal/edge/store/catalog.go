package store

import (
	"context"

	"larder"
	"larder/internal/core/catalog"
	"larder/internal/edge/store/sqlc"
)

// Catalog keeps the rows of room catalog.
type Catalog struct{}

var _ catalog.Store = Catalog{}

// AddProduct implements [catalog.Store].
func (Catalog) AddProduct(ctx context.Context, tx larder.Tx, p catalog.Product) error {
	return sqlc.New(From(tx)).AddProduct(ctx, sqlc.AddProductParams{
		ID: p.ID, OrgID: p.Org, Name: p.Name, NameEn: p.NameEn,
		UnitMassMg: p.UnitMass.Milligrams(), UnitSdMg: p.UnitSD.Milligrams(),
	})
}

// Products implements [catalog.Store].
func (Catalog) Products(ctx context.Context, tx larder.Tx, org larder.OrgID) ([]catalog.Product, error) {
	rows, err := sqlc.New(From(tx)).ProductsOfOrg(ctx, org)
	if err != nil {
		return nil, Translate(err)
	}
	products := make([]catalog.Product, len(rows))
	for i, row := range rows {
		products[i] = productOf(row)
	}
	return products, nil
}

// AddSlot implements [catalog.Store].
func (Catalog) AddSlot(
	ctx context.Context, tx larder.Tx, org larder.OrgID, cabinet larder.CabinetID, version int64, slot catalog.NewSlot,
) (bool, error) {
	n, err := sqlc.New(From(tx)).AddPlanogramLane(ctx, sqlc.AddPlanogramLaneParams{
		Version: version, Price: int64(slot.Price), Par: int64(slot.Par),
		Lane: slot.Lane, Cabinet: cabinet, Org: org, Product: slot.Product,
	})
	return n == 1, err
}

// Slots implements [catalog.Store].
func (Catalog) Slots(ctx context.Context, tx larder.Tx, door larder.DoorID, version int64) ([]catalog.Slot, error) {
	rows, err := sqlc.New(From(tx)).SlotsOfDoor(ctx, sqlc.SlotsOfDoorParams{ID: door, Version: version})
	if err != nil {
		return nil, Translate(err)
	}
	slots := make([]catalog.Slot, len(rows))
	for i, row := range rows {
		slots[i] = catalog.Slot{
			Lane: row.Lane.ID, Number: int(row.Lane.Number), Shelf: int(row.Lane.Shelf),
			Noise: larder.Milligrams(row.Lane.NoiseMg), Product: productOf(row.Product),
			Price: row.PlanogramLane.PriceFen, Par: int(row.PlanogramLane.Par),
		}
	}
	return slots, nil
}

func productOf(row sqlc.Product) catalog.Product {
	return catalog.Product{
		ID: row.ID, Org: row.OrgID, Name: row.Name, NameEn: row.NameEn,
		UnitMass: larder.Milligrams(row.UnitMassMg), UnitSD: larder.Milligrams(row.UnitSdMg),
	}
}
