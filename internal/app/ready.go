package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"larder"
	"larder/internal/edge/obs"
	"larder/internal/edge/store"
)

// maxLate is how long an effect may be overdue before this process is no longer fit to take more: by
// then thirty sweeps have passed it by.
const maxLate = 30 * time.Second

// checks are what being ready means.
func (a *App) checks() []obs.Check {
	return []obs.Check{
		{Name: "database", Probe: a.checkDatabase},
		{Name: "schema", Probe: func(context.Context) error {
			if a.schema.Database < a.schema.Binary {
				return fmt.Errorf("schema version %d instead of %d", a.schema.Database, a.schema.Binary)
			}
			return nil
		}},
		{Name: "gateway", Probe: func(context.Context) error {
			if !a.listening.Load() {
				return errors.New("the gateway does not accept cabinets")
			}
			return nil
		}},
		{Name: "effects", Probe: a.checkEffects},
	}
}

func (a *App) checkDatabase(ctx context.Context) error {
	return a.db.View(ctx, func(tx larder.Tx) error {
		var one int
		return store.From(tx).QueryRowContext(ctx, `SELECT 1`).Scan(&one)
	})
}

// checkEffects looks at the effect that is the most overdue of those that this process can do. What a
// newer process has left is not late here: a program that was put back would never be ready again.
func (a *App) checkEffects(ctx context.Context) error {
	return a.db.View(ctx, func(tx larder.Tx) error {
		now := larder.MillisOf(tx.Now())
		due, err := store.Effects{}.DueEffects(ctx, tx, now, 1)
		if err != nil {
			return err
		}
		for _, e := range due { // one of each kind, the most overdue first
			if late := time.Duration(now-e.Due) * time.Millisecond; late > maxLate && a.engine.Handles(e.Kind) {
				return fmt.Errorf("an effect of kind %s is %s late", e.Kind, late)
			}
		}
		return nil
	})
}
