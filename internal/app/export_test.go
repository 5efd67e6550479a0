package app

import (
	"context"

	"larder"
)

// Update lets tests write rows that no command writes.
func (s *Setup) Update(ctx context.Context, fn func(larder.Tx) error) error {
	return s.base.db.Update(ctx, fn)
}

// CheckEffects is what /readyz asks about effects.
func (a *App) CheckEffects(ctx context.Context) error { return a.checkEffects(ctx) }
