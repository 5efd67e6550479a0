package catalog

import (
	"context"

	"larder"
)

// Store keeps what this room owns. Every method works inside tx. Nothing here changes or deletes a
// planogram, or a product that one may show: versions and products are only added. The room relies on
// it when it remembers the slots of a version.
type Store interface {
	// AddProduct keeps a new product; masses are rounded to milligrams.
	AddProduct(ctx context.Context, tx larder.Tx, p Product) error
	// Products returns the products of org by id.
	Products(ctx context.Context, tx larder.Tx, org larder.OrgID) ([]Product, error)
	// AddSlot keeps one slot of a version. It is not added, and no error, if the lane is not of that
	// cabinet or the cabinet or the product not of org.
	AddSlot(ctx context.Context, tx larder.Tx, org larder.OrgID, cabinet larder.CabinetID, version int64, slot NewSlot) (added bool, err error)
	// Slots returns the slots of a door's lanes in a version, by lane number; none for an unknown one.
	Slots(ctx context.Context, tx larder.Tx, door larder.DoorID, version int64) ([]Slot, error)
}

// Cabinets keeps which version of a cabinet's planogram counts.
type Cabinets interface {
	// AdvancePlanogramTx adds one to the version of a cabinet of org and returns it; an error of code
	// not_found for a cabinet that org does not have.
	AdvancePlanogramTx(ctx context.Context, tx larder.Tx, org larder.OrgID, cabinet larder.CabinetID) (version int64, err error)
}

// Auditor writes the audit row of a privileged action into the caller's transaction.
type Auditor interface {
	RecordTx(ctx context.Context, tx larder.Tx, actor larder.Actor, rec larder.AuditRecord) error
}
