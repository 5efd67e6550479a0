package store

import (
	"context"

	"larder"
	"larder/internal/core/session"
	"larder/internal/edge/store/sqlc"
)

// Sessions keeps the rows of room session.
type Sessions struct{}

var _ session.Store = Sessions{}

// AddSession implements [session.Store].
func (Sessions) AddSession(ctx context.Context, tx larder.Tx, s session.Session) error {
	return sqlc.New(From(tx)).AddSession(ctx, sqlc.AddSessionParams{
		ID: s.ID, OrgID: s.Org, CabinetID: s.Cabinet, DoorID: s.Door, Door: int64(s.Number), Purpose: string(s.Purpose),
		CustomerID: s.Customer, PlanogramVersion: s.Planogram, State: string(s.State), Outcome: string(s.Outcome),
		DoorState: string(s.DoorState), Fence: s.Fence, CommandID: s.Command, CommandExpires: s.Expires,
		Unlocked: flag(s.Unlocked), Queries: int64(s.Queries), Deadline: s.Deadline, CreatedAt: s.Created,
		OpenedAt: s.Opened, ClosedAt: s.Closed, EndedAt: s.EndedAt, Version: s.Version,
	})
}

// Session implements [session.Store].
func (Sessions) Session(ctx context.Context, tx larder.Tx, id larder.SessionID) (session.Session, error) {
	row, err := sqlc.New(From(tx)).Session(ctx, id)
	return sessionOf(row), Translate(err)
}

// SaveSession implements [session.Store].
func (Sessions) SaveSession(ctx context.Context, tx larder.Tx, s session.Session, version int64) (bool, error) {
	n, err := sqlc.New(From(tx)).SaveSession(ctx, sqlc.SaveSessionParams{
		ID: s.ID, Version: version, State: string(s.State), Outcome: string(s.Outcome), DoorState: string(s.DoorState),
		CommandID: s.Command, CommandExpires: s.Expires, Unlocked: flag(s.Unlocked), Queries: int64(s.Queries),
		Deadline: s.Deadline, OpenedAt: s.Opened, ClosedAt: s.Closed, EndedAt: s.EndedAt,
	})
	return n == 1, err
}

// LiveOfCustomer implements [session.Store].
func (Sessions) LiveOfCustomer(ctx context.Context, tx larder.Tx, customer larder.CustomerID) (larder.SessionID, error) {
	id, err := sqlc.New(From(tx)).LiveSessionOfCustomer(ctx, customer)
	return id, orNone(err)
}

// Live implements [session.Store].
func (Sessions) Live(ctx context.Context, tx larder.Tx, after larder.SessionID, limit int) ([]session.Session, error) {
	rows, err := sqlc.New(From(tx)).LiveSessions(ctx, sqlc.LiveSessionsParams{ID: after, Limit: int32(limit)}) //nolint:gosec // callers page by hundreds
	return each(rows, sessionOf), err
}

// TakeLease implements [session.Store].
func (Sessions) TakeLease(ctx context.Context, tx larder.Tx, l session.Lease) (int64, error) {
	fence, err := sqlc.New(From(tx)).TakeLease(ctx, sqlc.TakeLeaseParams{
		DoorID: l.Door, OrgID: l.Org, SessionID: l.Session, Purpose: string(l.Purpose), Fence: l.Fence,
		ExpiresAt: l.Expires, Now: larder.MillisOf(tx.Now()),
	})
	return fence, orNone(err)
}

// Holder implements [session.Store].
func (Sessions) Holder(ctx context.Context, tx larder.Tx, door larder.DoorID, now larder.Millis) (larder.SessionID, error) {
	id, err := sqlc.New(From(tx)).Holder(ctx, sqlc.HolderParams{DoorID: door, Now: now})
	return id, orNone(err)
}

// HoldLease implements [session.Store].
func (Sessions) HoldLease(ctx context.Context, tx larder.Tx, l session.Lease) (bool, error) {
	n, err := sqlc.New(From(tx)).HoldLease(ctx, sqlc.HoldLeaseParams{
		DoorID: l.Door, SessionID: l.Session, Fence: l.Fence, ExpiresAt: l.Expires,
	})
	return n == 1, err
}

// EndLease implements [session.Store].
func (Sessions) EndLease(ctx context.Context, tx larder.Tx, l session.Lease) (bool, error) {
	n, err := sqlc.New(From(tx)).EndLease(ctx, sqlc.EndLeaseParams{DoorID: l.Door, SessionID: l.Session, Fence: l.Fence})
	return n == 1, err
}

func sessionOf(r sqlc.Session) session.Session {
	return session.Session{
		ID: r.ID, Org: r.OrgID, Cabinet: r.CabinetID, Door: r.DoorID, Number: int(r.Door),
		Purpose: session.Purpose(r.Purpose), Customer: r.CustomerID, Planogram: r.PlanogramVersion,
		State: session.State(r.State), Outcome: session.Outcome(r.Outcome), DoorState: larder.DoorState(r.DoorState),
		Unlocked: r.Unlocked == 1, Fence: r.Fence, Command: r.CommandID, Expires: r.CommandExpires,
		Queries: int(r.Queries), Deadline: r.Deadline, Created: r.CreatedAt, Opened: r.OpenedAt,
		Closed: r.ClosedAt, EndedAt: r.EndedAt, Version: r.Version,
	}
}
