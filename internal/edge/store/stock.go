package store

import (
	"context"

	"larder"
	"larder/internal/core/stock"
	"larder/internal/edge/store/sqlc"
)

// Stocks keeps the rows of room stock.
type Stocks struct{}

var _ stock.Store = Stocks{}

// ChangeStock implements [stock.Store].
func (Stocks) ChangeStock(ctx context.Context, tx larder.Tx, org larder.OrgID, lane larder.LaneID, change int) (larder.ProductID, int, error) {
	r, err := sqlc.New(From(tx)).ChangeStock(ctx, sqlc.ChangeStockParams{LaneID: lane, OrgID: org, Quantity: int64(change)})
	return r.ProductID, int(r.Quantity), Translate(err)
}

// AddEntry implements [stock.Store].
func (Stocks) AddEntry(ctx context.Context, tx larder.Tx, e stock.Entry) error {
	return sqlc.New(From(tx)).AddLaneEntry(ctx, sqlc.AddLaneEntryParams{
		LaneID: e.Lane, Kind: string(e.Kind), RefID: e.Ref, OrgID: e.Org, ProductID: e.Product,
		BeforeQty: int64(e.Before), ChangeQty: int64(e.Change), AfterQty: int64(e.After), At: e.At,
	})
}

// SetProduct implements [stock.Store].
func (Stocks) SetProduct(ctx context.Context, tx larder.Tx, org larder.OrgID, lane larder.LaneID, product larder.ProductID) error {
	return sqlc.New(From(tx)).SetLaneProduct(ctx, sqlc.SetLaneProductParams{LaneID: lane, OrgID: org, ProductID: product})
}

// Quantities implements [stock.Store].
func (Stocks) Quantities(ctx context.Context, tx larder.Tx, door larder.DoorID) (map[larder.LaneID]int, error) {
	rows, err := sqlc.New(From(tx)).StockOfDoor(ctx, door)
	if err != nil {
		return nil, err
	}
	held := make(map[larder.LaneID]int, len(rows))
	for _, r := range rows {
		held[r.LaneID] = int(r.Quantity)
	}
	return held, nil
}
