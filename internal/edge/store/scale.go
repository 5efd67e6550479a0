package store

import (
	"context"

	"larder"
	"larder/internal/core/weigh/health"
	"larder/internal/edge/store/sqlc"
	"larder/internal/run"
)

// Scales keeps what is remembered of scales.
type Scales struct{}

var _ run.ScaleStore = Scales{}

// ScaleMemories implements [run.ScaleStore].
func (Scales) ScaleMemories(ctx context.Context, tx larder.Tx, org larder.OrgID, cabinet larder.CabinetID) ([]run.ScaleMemory, error) {
	rows, err := sqlc.New(From(tx)).ScalesOfCabinet(ctx, sqlc.ScalesOfCabinetParams{OrgID: org, CabinetID: cabinet})
	return each(rows, func(r sqlc.ScalesOfCabinetRow) run.ScaleMemory {
		return run.ScaleMemory{
			Lane: r.LaneID, Org: r.OrgID, Number: int(r.Number), Status: health.Status(r.Status), State: r.State, At: r.At,
			Restocked: r.RestockedAt, Version: r.Version, Restock: larder.Millis(r.RestockAt),
		}
	}), Translate(err)
}

// SaveScaleMemory implements [run.ScaleStore].
func (Scales) SaveScaleMemory(ctx context.Context, tx larder.Tx, m run.ScaleMemory) (bool, error) {
	q := sqlc.New(From(tx))
	if m.Version == 0 {
		n, err := q.AddScale(ctx, sqlc.AddScaleParams{
			LaneID: m.Lane, OrgID: m.Org, Status: string(m.Status), State: m.State, RestockedAt: m.Restocked, At: m.At,
		})
		return n == 1, Translate(err)
	}
	n, err := q.SetScale(ctx, sqlc.SetScaleParams{
		LaneID: m.Lane, OrgID: m.Org, Status: string(m.Status), State: m.State, RestockedAt: m.Restocked, At: m.At, Version: m.Version,
	})
	return n == 1, Translate(err)
}

// ScalePlace implements [run.ScaleStore].
func (Scales) ScalePlace(ctx context.Context, tx larder.Tx, org larder.OrgID, lane larder.LaneID) (run.ScalePlace, error) {
	r, err := sqlc.New(From(tx)).PlaceOfLane(ctx, sqlc.PlaceOfLaneParams{ID: lane, OrgID: org})
	return run.ScalePlace{Cabinet: r.CabinetID, Serial: r.Serial, Door: int(r.Door), Lane: int(r.Lane)}, Translate(err)
}

// UnwellScales implements [run.ScaleStore].
func (Scales) UnwellScales(ctx context.Context, tx larder.Tx, org larder.OrgID, limit int) ([]run.UnwellScale, error) {
	rows, err := sqlc.New(From(tx)).UnwellScales(ctx, sqlc.UnwellScalesParams{OrgID: org, Limit: int32(limit)}) //nolint:gosec // at most 200
	return each(rows, func(r sqlc.UnwellScalesRow) run.UnwellScale {
		return run.UnwellScale{
			ScaleMemory: run.ScaleMemory{Lane: r.LaneID, Org: org, Number: int(r.Lane), Status: health.Status(r.Status), State: r.State, At: r.At},
			ScalePlace:  run.ScalePlace{Cabinet: r.CabinetID, Serial: r.Serial, Door: int(r.Door), Lane: int(r.Lane)},
		}
	}), Translate(err)
}

// CountUnwellScales implements [run.ScaleStore].
func (Scales) CountUnwellScales(ctx context.Context, tx larder.Tx) (map[health.Status]int, error) {
	rows, err := sqlc.New(From(tx)).CountUnwellScales(ctx)
	out := make(map[health.Status]int, len(rows))
	for _, r := range rows {
		out[health.Status(r.Status)] = int(r.Lanes)
	}
	return out, Translate(err)
}
