package store

import (
	"context"

	"larder"
	"larder/internal/edge/store/sqlc"
	"larder/internal/run"
)

// Effects keeps the rows of the to-do list.
type Effects struct{}

var (
	_ run.Store  = Effects{}
	_ run.Stalls = Effects{}
)

// AddEffect implements [run.Store].
func (Effects) AddEffect(ctx context.Context, tx larder.Tx, e run.Effect) (bool, error) {
	n, err := sqlc.New(From(tx)).AddEffect(ctx, sqlc.AddEffectParams{
		ID: e.ID, OrgID: e.Org, Kind: e.Kind, Key: e.Key, DueAt: e.Due, Fence: e.Fence, CreatedAt: e.Created,
	})
	return n == 1, err
}

// SetTimer implements [run.Store].
func (Effects) SetTimer(ctx context.Context, tx larder.Tx, e run.Effect) (run.Effect, error) {
	r, err := sqlc.New(From(tx)).SetTimer(ctx, sqlc.SetTimerParams{
		ID: e.ID, OrgID: e.Org, Kind: e.Kind, Key: e.Key, DueAt: e.Due, CreatedAt: e.Created,
	})
	e.ID, e.Attempt = r.ID, r.Attempt
	return e, Translate(err)
}

// StopTimer implements [run.Store].
func (Effects) StopTimer(ctx context.Context, tx larder.Tx, org larder.OrgID, kind string, key int64) error {
	_, err := sqlc.New(From(tx)).StopTimer(ctx, sqlc.StopTimerParams{
		OrgID: org, Kind: kind, Key: key, EndedAt: larder.MillisOf(tx.Now()),
	})
	return err
}

// DueEffects implements [run.Store].
func (Effects) DueEffects(ctx context.Context, tx larder.Tx, now larder.Millis, perKind int) ([]run.Effect, error) {
	rows, err := sqlc.New(From(tx)).DueEffects(ctx, sqlc.DueEffectsParams{Now: now, PerKind: int64(perKind)})
	return each(rows, func(r sqlc.DueEffectsRow) run.Effect {
		return run.Effect{ID: r.ID, Org: r.OrgID, Kind: r.Kind, Key: r.Key, Attempt: r.Attempt, Due: r.DueAt, Created: r.CreatedAt}
	}), err
}

// NextEffects implements [run.Store].
func (Effects) NextEffects(ctx context.Context, tx larder.Tx, now larder.Millis, limit int) ([]run.Effect, error) {
	rows, err := sqlc.New(From(tx)).NextEffects(ctx, sqlc.NextEffectsParams{DueAt: now, Limit: int32(limit)}) //nolint:gosec // thousands
	return each(rows, func(r sqlc.NextEffectsRow) run.Effect {
		return run.Effect{ID: r.ID, Org: r.OrgID, Kind: r.Kind, Key: r.Key, Attempt: r.Attempt, Due: r.DueAt, Created: r.CreatedAt}
	}), err
}

// ClaimEffect implements [run.Store].
func (Effects) ClaimEffect(ctx context.Context, tx larder.Tx, e run.Effect, due larder.Millis) (bool, error) {
	n, err := sqlc.New(From(tx)).ClaimEffect(ctx, sqlc.ClaimEffectParams{ID: e.ID, Attempt: e.Attempt, DueAt: due, Fence: e.Fence})
	return n == 1, err
}

// PostponeEffect implements [run.Store].
func (Effects) PostponeEffect(ctx context.Context, tx larder.Tx, e run.Effect, due larder.Millis, why string) (bool, error) {
	n, err := sqlc.New(From(tx)).PostponeEffect(ctx, sqlc.PostponeEffectParams{ID: e.ID, Attempt: e.Attempt, DueAt: due, LastError: why})
	return n == 1, err
}

// EndEffect implements [run.Store].
func (Effects) EndEffect(ctx context.Context, tx larder.Tx, e run.Effect, state run.EndState, why string) (bool, error) {
	n, err := sqlc.New(From(tx)).EndEffect(ctx, sqlc.EndEffectParams{
		ID: e.ID, Attempt: e.Attempt, State: string(state), LastError: why, EndedAt: larder.MillisOf(tx.Now()),
	})
	return n == 1, err
}

// FreeEffects implements [run.Store].
func (Effects) FreeEffects(ctx context.Context, tx larder.Tx, mine int64) error {
	_, err := sqlc.New(From(tx)).FreeEffects(ctx, sqlc.FreeEffectsParams{Now: larder.MillisOf(tx.Now()), Mine: mine})
	return err
}

// StalledSessions implements [run.Stalls].
func (Effects) StalledSessions(ctx context.Context, tx larder.Tx, late larder.Millis, limit int) ([]run.Stalled, error) {
	rows, err := sqlc.New(From(tx)).StalledSessions(ctx, sqlc.StalledSessionsParams{
		Late: int64(late), Now: larder.MillisOf(tx.Now()), Most: int64(limit),
	})
	return each(rows, func(r sqlc.StalledSessionsRow) run.Stalled {
		return run.Stalled{Session: r.ID, Timed: r.Timed == 1}
	}), err
}

// StalledPayments implements [run.Stalls].
func (Effects) StalledPayments(ctx context.Context, tx larder.Tx, limit int) ([]larder.PaymentID, error) {
	return sqlc.New(From(tx)).StalledPayments(ctx, int64(limit))
}

// StalledCases implements [run.Stalls].
func (Effects) StalledCases(ctx context.Context, tx larder.Tx, soon larder.Millis, limit int) ([]run.StalledCase, error) {
	rows, err := sqlc.New(From(tx)).StalledCases(ctx, sqlc.StalledCasesParams{Soon: int64(soon), Most: int64(limit)})
	return each(rows, func(r sqlc.StalledCasesRow) run.StalledCase {
		return run.StalledCase{Org: r.OrgID, Case: r.ID}
	}), err
}
