package store

import (
	"context"

	"larder"
	"larder/internal/core/weigh/health"
	"larder/internal/edge/store/sqlc"
	"larder/internal/run"
)

// Lessons keeps what was learned of lanes.
type Lessons struct{}

var _ run.LessonStore = Lessons{}

// LaneMemories implements [run.LessonStore].
func (Lessons) LaneMemories(ctx context.Context, tx larder.Tx, door larder.DoorID) ([]run.LaneMemory, error) {
	rows, err := sqlc.New(From(tx)).LearningOfDoor(ctx, door)
	return each(rows, func(r sqlc.LearningOfDoorRow) run.LaneMemory {
		return run.LaneMemory{
			Lane: r.LaneID, Product: r.ProductID, State: r.State, Version: r.Version, Restocked: larder.Millis(r.RestockedAt),
			Scale: run.ScaleMemory{
				Lane: r.LaneID, Org: r.OrgID, Number: int(r.Number), Status: health.Status(r.ScaleStatus), State: r.ScaleState,
				At: r.ScaleAt, Restocked: r.ScaleRestockedAt, Version: r.ScaleVersion, Restock: larder.Millis(r.RestockedAt),
			},
		}
	}), Translate(err)
}

// SaveLaneMemory implements [run.LessonStore].
func (Lessons) SaveLaneMemory(ctx context.Context, tx larder.Tx, org larder.OrgID, m run.LaneMemory) (bool, error) {
	q, at := sqlc.New(From(tx)), larder.MillisOf(tx.Now())
	if m.Version == 0 {
		n, err := q.AddLearning(ctx, sqlc.AddLearningParams{LaneID: m.Lane, OrgID: org, ProductID: m.Product, State: m.State, At: at})
		return n == 1, Translate(err)
	}
	n, err := q.SetLearning(ctx, sqlc.SetLearningParams{
		LaneID: m.Lane, OrgID: org, ProductID: m.Product, State: m.State, At: at, Version: m.Version,
	})
	return n == 1, Translate(err)
}
