package store

import (
	"context"
	"fmt"

	"larder"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/edge/store/sqlc"
)

// Visits keeps the rows of room visit, and finds doors for it.
type Visits struct{}

var (
	_ visit.Store = Visits{}
	_ visit.Doors = Visits{}
)

// PlaceTx implements [visit.Doors].
func (Visits) PlaceTx(ctx context.Context, tx larder.Tx, token string) (visit.Place, error) {
	r, err := sqlc.New(From(tx)).Place(ctx, token)
	return visit.Place{
		Org: r.OrgID, Cabinet: r.CabinetID, Door: r.ID, Number: int(r.Number), Serial: r.Serial, Name: r.Name,
		Planogram: r.PlanogramVersion,
	}, Translate(err)
}

// Request implements [visit.Store].
func (Visits) Request(ctx context.Context, tx larder.Tx, actor larder.Actor, key string) (visit.Request, bool, error) {
	r, err := sqlc.New(From(tx)).Request(ctx, sqlc.RequestParams{ActorKind: string(actor.Kind), ActorID: actor.ID(), Key: key})
	if err = Translate(err); err != nil {
		return visit.Request{}, false, orNone(err)
	}
	found := visit.Request{Ref: r.RefID}
	if copy(found.Hash[:], r.Hash) != len(found.Hash) {
		return visit.Request{}, false, fmt.Errorf("store: request.hash has %d bytes", len(r.Hash))
	}
	return found, true, nil
}

// AddRequest implements [visit.Store].
func (Visits) AddRequest(ctx context.Context, tx larder.Tx, actor larder.Actor, key string, r visit.Request) error {
	return sqlc.New(From(tx)).AddRequest(ctx, sqlc.AddRequestParams{
		ActorKind: string(actor.Kind), ActorID: actor.ID(), Key: key, OrgID: actor.Org,
		Hash: r.Hash[:], RefID: r.Ref, At: larder.MillisOf(tx.Now()),
	})
}

// AddCommand implements [visit.Store].
func (Visits) AddCommand(ctx context.Context, tx larder.Tx, s session.Session) error {
	return sqlc.New(From(tx)).AddCommand(ctx, sqlc.AddCommandParams{
		ID: s.Command, OrgID: s.Org, CabinetID: s.Cabinet, SessionID: s.ID, CreatedAt: larder.MillisOf(tx.Now()),
	})
}

// EndCommand implements [visit.Store].
func (Visits) EndCommand(ctx context.Context, tx larder.Tx, id larder.CommandID, state visit.CommandState, reason string) error {
	_, err := sqlc.New(From(tx)).EndCommand(ctx, sqlc.EndCommandParams{
		ID: id, State: string(state), Reason: reason, EndedAt: larder.MillisOf(tx.Now()),
	})
	return err
}

// AddTrace implements [visit.Store].
func (Visits) AddTrace(ctx context.Context, tx larder.Tx, org larder.OrgID, t visit.Trace) (bool, error) {
	n, err := sqlc.New(From(tx)).AddTrace(ctx, sqlc.AddTraceParams{
		SessionID: t.Session, OrgID: org, RuleVersion: t.Rules, Readings: t.Readings, Verdict: t.Verdict, At: t.At,
	})
	return n == 1, err
}

// Trace reads the evidence of a session as it was stored; an error of code not_found if there is none.
func (Visits) Trace(ctx context.Context, tx larder.Tx, id larder.SessionID) (visit.Trace, error) {
	r, err := sqlc.New(From(tx)).Trace(ctx, id)
	return traceOf(sqlc.TracesAfterRow(r)), Translate(err)
}

// TracesAfter reads the evidence of at most limit sessions that were judged at a moment or later and whose
// ids are above after, in the order of the ids.
func (Visits) TracesAfter(ctx context.Context, tx larder.Tx, after larder.SessionID, since larder.Millis, limit int) ([]visit.Trace, error) {
	rows, err := sqlc.New(From(tx)).TracesAfter(ctx, sqlc.TracesAfterParams{SessionID: after, At: since, Limit: int32(limit)}) //nolint:gosec // a page
	return each(rows, traceOf), err
}

func traceOf(r sqlc.TracesAfterRow) visit.Trace {
	return visit.Trace{Session: r.SessionID, Rules: r.RuleVersion, Readings: r.Readings, Verdict: r.Verdict, At: r.At}
}

// Verdict implements [visit.Store].
func (Visits) Verdict(ctx context.Context, tx larder.Tx, id larder.SessionID) (string, error) {
	verdict, err := sqlc.New(From(tx)).TraceVerdict(ctx, id)
	return verdict, Translate(err)
}

// Purchase implements [visit.Store].
func (Visits) Purchase(ctx context.Context, tx larder.Tx, id larder.SessionID) (visit.Purchase, error) {
	return purchaseOf(sqlc.New(From(tx)).Purchase(ctx, id))
}

// PurchaseOfPayment implements [visit.Store].
func (Visits) PurchaseOfPayment(ctx context.Context, tx larder.Tx, id larder.PaymentID) (visit.Purchase, error) {
	r, err := sqlc.New(From(tx)).PurchaseOfPayment(ctx, id)
	return purchaseOf(sqlc.PurchaseRow(r), err)
}

// PurchaseByNumber implements [visit.Store].
func (Visits) PurchaseByNumber(ctx context.Context, tx larder.Tx, provider, number string) (visit.Purchase, error) {
	r, err := sqlc.New(From(tx)).PurchaseByNumber(ctx, sqlc.PurchaseByNumberParams{Provider: provider, Number: number})
	return purchaseOf(sqlc.PurchaseRow(r), err)
}

func purchaseOf(r sqlc.PurchaseRow, err error) (visit.Purchase, error) {
	paid, err := paymentOf(r.Payment, err)
	return visit.Purchase{Session: sessionOf(r.Session), Order: orderOf(r.Order), Payment: paid}, err
}

// DoorEvents implements [visit.Store].
func (Visits) DoorEvents(ctx context.Context, tx larder.Tx, cabinet larder.CabinetID, id larder.SessionID) ([]larder.DoorEvent, error) {
	rows, err := sqlc.New(From(tx)).DoorEventsOfSession(ctx, sqlc.DoorEventsOfSessionParams{SessionID: id, CabinetID: cabinet})
	return each(rows, doorEventOf), err
}

// NextOpening implements [visit.Store].
func (Visits) NextOpening(ctx context.Context, tx larder.Tx, after larder.DoorEvent) (*larder.DoorEvent, error) {
	row, err := sqlc.New(From(tx)).NextOpening(ctx, sqlc.NextOpeningParams{
		CabinetID: after.Cabinet, Boot: int64(after.Boot), Seq: int64(after.Seq), Door: int64(after.Door), SessionID: after.Session, //nolint:gosec // written from the same types
	})
	if err != nil {
		return nil, orNone(err)
	}
	next := doorEventOf(row)
	return &next, nil
}

func doorEventOf(r sqlc.DoorEvent) larder.DoorEvent {
	return larder.DoorEvent{
		Cabinet: r.CabinetID, Boot: uint64(r.Boot), Seq: uint64(r.Seq), Door: int(r.Door), //nolint:gosec // written from the same types
		Kind: larder.DoorEventKind(r.Kind), Session: r.SessionID, At: r.At, Arrived: r.ArrivedAt,
	}
}

// SessionsOf implements [visit.Store].
func (Visits) SessionsOf(ctx context.Context, tx larder.Tx, customer larder.CustomerID, limit int) ([]larder.SessionID, error) {
	return sqlc.New(From(tx)).SessionsOfCustomer(ctx, sqlc.SessionsOfCustomerParams{CustomerID: customer, Limit: int32(limit)}) //nolint:gosec // at most 100
}
