package stock

import (
	"context"

	"larder"
)

// Kind is why a lane's stock moved.
type Kind string

// The kinds of movement.
const (
	Restock    Kind = "restock"
	Purchase   Kind = "purchase"
	Swap       Kind = "swap"
	Correction Kind = "correction"
)

// Move is one movement of one lane. Ref is the id of the session, restock or case behind it.
type Move struct {
	Lane   larder.LaneID
	Org    larder.OrgID
	Kind   Kind
	Ref    int64
	Change int // pieces; below zero when goods leave
}

// Entry is a movement as booked. Before may be below zero: the ledger was wrong then, and recon
// says so; goods that a scale saw leave are never refused.
type Entry struct {
	Move
	Product       larder.ProductID
	Before, After int
	At            larder.Millis
}

// Store keeps stocks and entries, inside the caller's transaction.
type Store interface {
	// ChangeStock moves a lane's quantity and returns what it holds and how many afterwards.
	ChangeStock(ctx context.Context, tx larder.Tx, org larder.OrgID, lane larder.LaneID, change int) (larder.ProductID, int, error)
	// AddEntry writes the movement; an error of code conflict if (lane, kind, ref) is booked already.
	AddEntry(ctx context.Context, tx larder.Tx, e Entry) error
	// SetProduct says what an empty or new lane holds from now on.
	SetProduct(ctx context.Context, tx larder.Tx, org larder.OrgID, lane larder.LaneID, product larder.ProductID) error
	// Quantities returns the pieces by the ledger of a door's lanes.
	Quantities(ctx context.Context, tx larder.Tx, door larder.DoorID) (map[larder.LaneID]int, error)
}

// Service books movements.
type Service struct{ store Store }

// New returns the room over its store.
func New(store Store) *Service { return &Service{store: store} }

// MoveTx books one movement: stock and entry in one step. The error is of code conflict if it is
// booked already, not_found for a lane that holds no product.
func (s *Service) MoveTx(ctx context.Context, tx larder.Tx, m Move) error {
	product, after, err := s.store.ChangeStock(ctx, tx, m.Org, m.Lane, m.Change)
	if err != nil {
		return err
	}
	return s.store.AddEntry(ctx, tx, Entry{
		Move: m, Product: product, Before: after - m.Change, After: after, At: larder.MillisOf(tx.Now()),
	})
}

// FillTx puts the first goods into a lane: says which product it holds and books count pieces.
func (s *Service) FillTx(ctx context.Context, tx larder.Tx, org larder.OrgID, lane larder.LaneID, product larder.ProductID, count int, ref int64) error {
	if err := s.store.SetProduct(ctx, tx, org, lane, product); err != nil {
		return err
	}
	return s.MoveTx(ctx, tx, Move{Lane: lane, Org: org, Kind: Restock, Ref: ref, Change: count})
}

// QuantitiesTx returns the pieces by the ledger of a door's lanes; a lane that never held anything
// is not in the map.
func (s *Service) QuantitiesTx(ctx context.Context, tx larder.Tx, door larder.DoorID) (map[larder.LaneID]int, error) {
	return s.store.Quantities(ctx, tx, door)
}
