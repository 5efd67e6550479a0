package store

import (
	"context"

	"larder"
	"larder/internal/core/order"
	"larder/internal/edge/store/sqlc"
)

// Orders keeps the rows of room order.
type Orders struct{}

var _ order.Store = Orders{}

// AddOrder implements [order.Store].
func (Orders) AddOrder(ctx context.Context, tx larder.Tx, o order.Order) error {
	return sqlc.New(From(tx)).AddOrder(ctx, sqlc.AddOrderParams{
		ID: o.ID, OrgID: o.Org, SessionID: o.Session, CustomerID: o.Customer, State: string(o.State),
		TotalFen: o.Total, CreatedAt: o.Created, SettledAt: o.Settled,
	})
}

func orderOf(r sqlc.Order) order.Order {
	return order.Order{
		ID: r.ID, Org: r.OrgID, Session: r.SessionID, Customer: r.CustomerID, State: order.State(r.State),
		Total: r.TotalFen, Created: r.CreatedAt, Settled: r.SettledAt,
	}
}

// Lines implements [order.Store].
func (Orders) Lines(ctx context.Context, tx larder.Tx, id larder.OrderID) ([]order.Line, error) {
	rows, err := sqlc.New(From(tx)).OrderLines(ctx, id)
	return each(rows, func(r sqlc.OrderLinesRow) order.Line {
		return order.Line{
			Lane: r.LaneID, Product: r.ProductID, Name: r.Name, NameEn: r.NameEn, Quantity: int(r.Quantity), Price: r.PriceFen,
		}
	}), err
}

// EndOrder implements [order.Store].
func (Orders) EndOrder(ctx context.Context, tx larder.Tx, o order.Order) (bool, error) {
	n, err := sqlc.New(From(tx)).EndOrder(ctx, sqlc.EndOrderParams{
		ID: o.ID, State: string(o.State), TotalFen: o.Total, SettledAt: o.Settled,
	})
	return n == 1, err
}

// AddLine implements [order.Store].
func (Orders) AddLine(ctx context.Context, tx larder.Tx, o order.Order, l order.Line) error {
	return sqlc.New(From(tx)).AddOrderLine(ctx, sqlc.AddOrderLineParams{
		OrderID: o.ID, LaneID: l.Lane, OrgID: o.Org, ProductID: l.Product, Name: l.Name, NameEn: l.NameEn,
		Quantity: int64(l.Quantity), PriceFen: l.Price, AmountFen: l.Amount(),
	})
}
