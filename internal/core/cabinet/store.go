package cabinet

import (
	"context"

	"larder"
)

// Store keeps what this room owns. Every method works inside tx; a missing row is an error of code
// not_found, a broken unique key one of code conflict.
type Store interface {
	// AddCabinet keeps a new cabinet with its sealed key; conflict if the serial number is taken.
	AddCabinet(ctx context.Context, tx larder.Tx, c Cabinet, sealed []byte, at larder.Millis) error
	// AddDoor keeps a door of a cabinet that was just added.
	AddDoor(ctx context.Context, tx larder.Tx, d Door) error
	// AddLane keeps a lane of the door d.
	AddLane(ctx context.Context, tx larder.Tx, d Door, l Lane) error

	// BySerial finds an active cabinet of any organization, and its sealed key.
	BySerial(ctx context.Context, tx larder.Tx, serial string) (Cabinet, []byte, error)
	// Active finds an active cabinet of any organization.
	Active(ctx context.Context, tx larder.Tx, id larder.CabinetID) (Cabinet, error)
	// ByToken finds the door of a token and its cabinet, which is active.
	ByToken(ctx context.Context, tx larder.Tx, token string) (Cabinet, Door, error)
	// Layout returns a cabinet of org with its doors and lanes.
	Layout(ctx context.Context, tx larder.Tx, org larder.OrgID, id larder.CabinetID) (Layout, error)
	// OfOrg returns all cabinets of org, by id, and all their doors, by cabinet and number.
	OfOrg(ctx context.Context, tx larder.Tx, org larder.OrgID) ([]Cabinet, []Door, error)
	// AdvancePlanogram adds one to the planogram version of an active cabinet of org and returns it.
	AdvancePlanogram(ctx context.Context, tx larder.Tx, org larder.OrgID, id larder.CabinetID) (int64, error)

	// Epoch returns the epoch of a cabinet's latest connection, 0 if there never was one.
	Epoch(ctx context.Context, tx larder.Tx, id larder.CabinetID) (int64, error)
	// PutConnection makes a connection the current one unless one of the same or a higher epoch is.
	PutConnection(ctx context.Context, tx larder.Tx, c Connection) (put bool, err error)
	// AddEvent keeps a durable event unless one of its cabinet, boot and seq is kept.
	AddEvent(ctx context.Context, tx larder.Tx, org larder.OrgID, ev larder.DoorEvent) (fresh bool, err error)
	// DurableSeq returns the highest n such that the events 1..n of a boot are all kept.
	DurableSeq(ctx context.Context, tx larder.Tx, id larder.CabinetID, boot uint64) (uint64, error)
}

// Connection is the connection of a cabinet that counts.
type Connection struct {
	Cabinet larder.CabinetID
	Org     larder.OrgID
	Epoch   int64
	Boot    uint64
	At      larder.Millis
}

// Sealer encrypts and authenticates under the platform's master key.
type Sealer interface {
	// Seal returns plain so that only Open reads it.
	Seal(plain []byte) (sealed []byte, err error)
	// Open returns what was sealed; an error if a byte of it has changed.
	Open(sealed []byte) (plain []byte, err error)
}

// Auditor writes the audit row of a privileged action into the caller's transaction.
type Auditor interface {
	RecordTx(ctx context.Context, tx larder.Tx, actor larder.Actor, rec larder.AuditRecord) error
}
