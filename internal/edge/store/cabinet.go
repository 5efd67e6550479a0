package store

import (
	"context"

	"larder"
	"larder/internal/core/cabinet"
	"larder/internal/edge/store/sqlc"
)

// Cabinets keeps the rows of room cabinet.
type Cabinets struct{}

var _ cabinet.Store = Cabinets{}

// AddCabinet implements [cabinet.Store].
func (Cabinets) AddCabinet(ctx context.Context, tx larder.Tx, c cabinet.Cabinet, sealed []byte, at larder.Millis) error {
	return sqlc.New(From(tx)).AddCabinet(ctx, sqlc.AddCabinetParams{
		ID: c.ID, OrgID: c.Org, Serial: c.Serial, Model: c.Model, Name: c.Name, Place: c.Place,
		SealedKey: sealed, State: string(c.State), CreatedAt: at,
	})
}

// AddDoor implements [cabinet.Store].
func (Cabinets) AddDoor(ctx context.Context, tx larder.Tx, d cabinet.Door) error {
	return sqlc.New(From(tx)).AddDoor(ctx, sqlc.AddDoorParams{
		ID: d.ID, OrgID: d.Org, CabinetID: d.Cabinet, Number: int64(d.Number), Token: d.Token,
	})
}

// AddLane implements [cabinet.Store].
func (Cabinets) AddLane(ctx context.Context, tx larder.Tx, d cabinet.Door, l cabinet.Lane) error {
	return sqlc.New(From(tx)).AddLane(ctx, sqlc.AddLaneParams{
		ID: l.ID, OrgID: d.Org, CabinetID: d.Cabinet, DoorID: d.ID,
		Number: int64(l.Number), Shelf: int64(l.Shelf), NoiseMg: l.Noise.Milligrams(),
	})
}

// BySerial implements [cabinet.Store].
func (Cabinets) BySerial(ctx context.Context, tx larder.Tx, serial string) (cabinet.Cabinet, []byte, error) {
	row, err := sqlc.New(From(tx)).CabinetBySerial(ctx, serial)
	return cabinetOf(row), row.SealedKey, Translate(err)
}

// Active implements [cabinet.Store].
func (Cabinets) Active(ctx context.Context, tx larder.Tx, id larder.CabinetID) (cabinet.Cabinet, error) {
	row, err := sqlc.New(From(tx)).ActiveCabinet(ctx, id)
	return cabinetOf(row), Translate(err)
}

// ByToken implements [cabinet.Store].
func (Cabinets) ByToken(ctx context.Context, tx larder.Tx, token string) (cabinet.Cabinet, cabinet.Door, error) {
	row, err := sqlc.New(From(tx)).DoorByToken(ctx, token)
	return cabinetOf(row.Cabinet), doorOf(row.Door), Translate(err)
}

// Layout implements [cabinet.Store].
func (Cabinets) Layout(ctx context.Context, tx larder.Tx, org larder.OrgID, id larder.CabinetID) (cabinet.Layout, error) {
	q := sqlc.New(From(tx))
	row, err := q.CabinetOfOrg(ctx, sqlc.CabinetOfOrgParams{ID: id, OrgID: org})
	if err != nil {
		return cabinet.Layout{}, Translate(err)
	}
	doors, err := q.DoorsOfCabinet(ctx, sqlc.DoorsOfCabinetParams{CabinetID: id, OrgID: org})
	if err != nil {
		return cabinet.Layout{}, Translate(err)
	}
	lanes, err := q.LanesOfCabinet(ctx, sqlc.LanesOfCabinetParams{CabinetID: id, OrgID: org})
	if err != nil {
		return cabinet.Layout{}, Translate(err)
	}
	layout := cabinet.Layout{Cabinet: cabinetOf(row), Doors: doorsOf(doors), Lanes: make([]cabinet.Lane, len(lanes))}
	for i, l := range lanes {
		layout.Lanes[i] = cabinet.Lane{
			ID: l.ID, Door: l.DoorID, Number: int(l.Number), Shelf: int(l.Shelf), Noise: larder.Milligrams(l.NoiseMg),
		}
	}
	return layout, nil
}

// OfOrg implements [cabinet.Store].
func (Cabinets) OfOrg(ctx context.Context, tx larder.Tx, org larder.OrgID) ([]cabinet.Cabinet, []cabinet.Door, error) {
	q := sqlc.New(From(tx))
	rows, err := q.CabinetsOfOrg(ctx, org)
	if err != nil {
		return nil, nil, Translate(err)
	}
	doors, err := q.DoorsOfOrg(ctx, org)
	if err != nil {
		return nil, nil, Translate(err)
	}
	cabinets := make([]cabinet.Cabinet, len(rows))
	for i, row := range rows {
		cabinets[i] = cabinetOf(row)
	}
	return cabinets, doorsOf(doors), nil
}

// AdvancePlanogram implements [cabinet.Store].
func (Cabinets) AdvancePlanogram(ctx context.Context, tx larder.Tx, org larder.OrgID, id larder.CabinetID) (int64, error) {
	version, err := sqlc.New(From(tx)).AdvancePlanogram(ctx, sqlc.AdvancePlanogramParams{ID: id, OrgID: org})
	return version, Translate(err)
}

// Epoch implements [cabinet.Store].
func (Cabinets) Epoch(ctx context.Context, tx larder.Tx, id larder.CabinetID) (int64, error) {
	epoch, err := sqlc.New(From(tx)).ConnectionEpoch(ctx, id)
	return epoch, Translate(err)
}

// PutConnection implements [cabinet.Store].
func (Cabinets) PutConnection(ctx context.Context, tx larder.Tx, c cabinet.Connection) (bool, error) {
	n, err := sqlc.New(From(tx)).PutConnection(ctx, sqlc.PutConnectionParams{
		CabinetID: c.Cabinet, OrgID: c.Org, Epoch: c.Epoch, Boot: signed(c.Boot), ConnectedAt: c.At,
	})
	return n == 1, err
}

// AddEvent implements [cabinet.Store].
func (Cabinets) AddEvent(ctx context.Context, tx larder.Tx, org larder.OrgID, ev larder.DoorEvent) (bool, error) {
	n, err := sqlc.New(From(tx)).AddDoorEvent(ctx, sqlc.AddDoorEventParams{
		CabinetID: ev.Cabinet, Boot: signed(ev.Boot), Seq: signed(ev.Seq), OrgID: org, Door: int64(ev.Door),
		Kind: string(ev.Kind), SessionID: ev.Session, At: ev.At, ArrivedAt: ev.Arrived,
	})
	return n == 1, err
}

// DurableSeq implements [cabinet.Store]. Hardly any boot has a gap, and counting is much cheaper than
// looking for one.
func (Cabinets) DurableSeq(ctx context.Context, tx larder.Tx, id larder.CabinetID, boot uint64) (uint64, error) {
	q := sqlc.New(From(tx))
	extent, err := q.DoorEventExtent(ctx, sqlc.DoorEventExtentParams{CabinetID: id, Boot: signed(boot)})
	if err != nil {
		return 0, Translate(err)
	}
	if extent.Events == extent.Highest {
		return unsigned(extent.Highest), nil
	}
	if extent.Lowest > 1 {
		return 0, nil
	}
	seq, err := q.DoorEventBeforeGap(ctx, sqlc.DoorEventBeforeGapParams{CabinetID: id, Boot: signed(boot)})
	return unsigned(seq), Translate(err)
}

// signed turns a cabinet's number into a column's; rooms refuse what does not fit.
func signed(n uint64) int64 { return int64(n) } //nolint:gosec // see above

// unsigned is the inverse of signed.
func unsigned(n int64) uint64 { return uint64(n) } //nolint:gosec // see above

func cabinetOf(row sqlc.Cabinet) cabinet.Cabinet {
	return cabinet.Cabinet{
		ID: row.ID, Org: row.OrgID, Serial: row.Serial, Model: row.Model, Name: row.Name, Place: row.Place,
		Planogram: row.PlanogramVersion, State: cabinet.State(row.State),
	}
}

func doorOf(row sqlc.Door) cabinet.Door {
	return cabinet.Door{ID: row.ID, Org: row.OrgID, Cabinet: row.CabinetID, Number: int(row.Number), Token: row.Token}
}

func doorsOf(rows []sqlc.Door) []cabinet.Door {
	doors := make([]cabinet.Door, len(rows))
	for i, row := range rows {
		doors[i] = doorOf(row)
	}
	return doors
}
