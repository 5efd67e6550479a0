package order

import (
	"context"
	"fmt"
	"slices"

	"larder"
	"larder/internal/core/catalog"
)

// State is where an order stands.
type State string

// The states of an order.
const (
	Open    State = "open"    // the visit is under way
	Settled State = "settled" // the bill stands, maybe empty
	Void    State = "void"    // the visit never came to an opening
)

// Order is the bill of one purchase session.
type Order struct {
	ID       larder.OrderID
	Org      larder.OrgID
	Session  larder.SessionID
	Customer larder.CustomerID
	State    State
	Total    larder.Fen
	Created  larder.Millis
	Settled  larder.Millis // 0 for not yet
}

// Line is one product of one lane on the bill.
type Line struct {
	Lane     larder.LaneID
	Product  larder.ProductID
	Name     string
	NameEn   string
	Quantity int        // at least 1
	Price    larder.Fen // of a piece, as of the opening
}

// Amount is what the line costs.
func (l Line) Amount() larder.Fen { return larder.Fen(l.Quantity) * l.Price }

// Total is what the lines cost together.
func Total(lines []Line) larder.Fen {
	var sum larder.Fen
	for _, l := range lines {
		sum += l.Amount()
	}
	return sum
}

// Price turns counts per lane into lines at the prices of slots, in the order of the slots. The
// error names a lane that the slots do not have, or a count below 1 or above 1,000.
func Price(slots []catalog.Slot, counts map[larder.LaneID]int) ([]Line, error) {
	lines := make([]Line, 0, len(counts))
	for _, slot := range slots {
		n, ok := counts[slot.Lane]
		if !ok {
			continue
		}
		if n < 1 || n > 1000 {
			return nil, larder.E(larder.CodeInvalid, "field", "count", "reason", "out_of_range", "lane_id", slot.Lane.String())
		}
		lines = append(lines, Line{
			Lane: slot.Lane, Product: slot.Product.ID, Name: slot.Product.Name, NameEn: slot.Product.NameEn,
			Quantity: n, Price: slot.Price,
		})
	}
	if len(lines) == len(counts) {
		return lines, nil
	}
	for lane := range counts {
		if !slices.ContainsFunc(lines, func(l Line) bool { return l.Lane == lane }) {
			return nil, larder.E(larder.CodeInvalid, "field", "lane_id", "reason", "not_behind_this_door", "lane_id", lane.String())
		}
	}
	return lines, nil
}

// Store keeps orders, inside the caller's transaction.
type Store interface {
	AddOrder(ctx context.Context, tx larder.Tx, o Order) error
	Lines(ctx context.Context, tx larder.Tx, id larder.OrderID) ([]Line, error)
	// EndOrder writes state, total and time where the order is still open; false if it is not.
	EndOrder(ctx context.Context, tx larder.Tx, o Order) (bool, error)
	AddLine(ctx context.Context, tx larder.Tx, o Order, l Line) error
}

// Service keeps bills. All methods work inside the caller's transaction.
type Service struct {
	store Store
	ids   larder.IDSource
}

// New returns the room over its store.
func New(store Store, ids larder.IDSource) *Service { return &Service{store: store, ids: ids} }

// CreateTx writes an open order for a session.
func (s *Service) CreateTx(ctx context.Context, tx larder.Tx, org larder.OrgID, session larder.SessionID, customer larder.CustomerID) (Order, error) {
	o := Order{
		ID: larder.NewID[larder.OrderID](s.ids), Org: org, Session: session, Customer: customer,
		State: Open, Created: larder.MillisOf(tx.Now()),
	}
	return o, s.store.AddOrder(ctx, tx, o)
}

// LinesTx reads the lines of an order. One that is not settled, or that nothing was charged on, has
// none, and is not asked for.
func (s *Service) LinesTx(ctx context.Context, tx larder.Tx, o Order) ([]Line, error) {
	if o.State != Settled {
		return nil, nil
	}
	return s.store.Lines(ctx, tx, o.ID)
}

// SettleTx makes lines the bill of an open order; none is an empty visit. The error is of code
// conflict if the order was settled or voided before.
func (s *Service) SettleTx(ctx context.Context, tx larder.Tx, o Order, lines []Line) (Order, error) {
	o.State, o.Total, o.Settled = Settled, Total(lines), larder.MillisOf(tx.Now())
	if err := s.endTx(ctx, tx, o); err != nil {
		return o, err
	}
	for _, l := range lines {
		if err := s.store.AddLine(ctx, tx, o, l); err != nil {
			return o, err
		}
	}
	return o, nil
}

// VoidTx ends an open order without a bill.
func (s *Service) VoidTx(ctx context.Context, tx larder.Tx, o Order) (Order, error) {
	o.State, o.Settled = Void, larder.MillisOf(tx.Now())
	return o, s.endTx(ctx, tx, o)
}

func (s *Service) endTx(ctx context.Context, tx larder.Tx, o Order) error {
	ended, err := s.store.EndOrder(ctx, tx, o)
	if err == nil && !ended {
		err = larder.Wrap(larder.CodeConflict, fmt.Errorf("order %s is no longer open", o.ID))
	}
	return err
}
