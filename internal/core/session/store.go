package session

import (
	"context"

	"larder"
)

// Store keeps sessions and leases. Every method works inside the caller's transaction.
type Store interface {
	// AddSession writes a new row.
	AddSession(ctx context.Context, tx larder.Tx, s Session) error

	// Session reads one row; an error of code not_found if there is none.
	Session(ctx context.Context, tx larder.Tx, id larder.SessionID) (Session, error)

	// SaveSession writes what changes in a session's life where the row still has version; false if
	// it has moved on.
	SaveSession(ctx context.Context, tx larder.Tx, s Session, version int64) (bool, error)

	// LiveOfCustomer returns a session of the customer that occupies a door or waits to, 0 if none.
	LiveOfCustomer(ctx context.Context, tx larder.Tx, customer larder.CustomerID) (larder.SessionID, error)

	// Live returns sessions that are not ended, with ids above after, at most limit.
	Live(ctx context.Context, tx larder.Tx, after larder.SessionID, limit int) ([]Session, error)

	// TakeLease gives the door to a session if nobody has it or the holder's time is over, with a
	// fence above every earlier one and at least fence; it returns that fence, or 0 if somebody has it.
	TakeLease(ctx context.Context, tx larder.Tx, l Lease) (int64, error)

	// Holder returns the session that has the door's lease at the moment now, 0 if nobody has.
	Holder(ctx context.Context, tx larder.Tx, door larder.DoorID, now larder.Millis) (larder.SessionID, error)

	// HoldLease sets the expiry to l.Expires, 0 for none, where session and fence still hold the lease; false if they do not.
	HoldLease(ctx context.Context, tx larder.Tx, l Lease) (bool, error)

	// EndLease frees the door where session and fence still hold the lease; false if they do not.
	EndLease(ctx context.Context, tx larder.Tx, l Lease) (bool, error)
}

// Lease is who may use a door now.
type Lease struct {
	Door    larder.DoorID
	Org     larder.OrgID
	Session larder.SessionID
	Purpose Purpose
	Fence   int64
	Expires larder.Millis // 0: only closing or a person ends it
}
