package command

import (
	"context"
	"encoding/json"
	"fmt"

	"larder/internal/app"
	"larder/internal/edge/store"
)

// migrate is `larder migrate`.
type migrate struct {
	Up     migrateUp     `cmd:"" default:"withargs" help:"Bring the database to this version's schema; the default."`
	Status migrateStatus `cmd:"" help:"Say where the database stands, and change nothing."`
}

// database names what a command works on.
type database struct {
	DB string `name:"db" default:"larder.db" placeholder:"FILE|URL" help:"Database: a file, or postgres://USER@HOST/DATABASE."`
}

// migrateUp is `larder migrate up`.
type migrateUp struct {
	Database database `embed:""`
}

// Run migrates. The platform does the same when it starts.
func (c *migrateUp) Run(ctx context.Context, w World) error {
	schema, err := app.Migrate(ctx, c.Database.DB)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.Out, "%s has schema version %d\n", app.DatabaseName(c.Database.DB), schema.Database)
	return err
}

// migrateStatus is `larder migrate status`.
type migrateStatus struct {
	Database database `embed:""`
	JSON     bool     `name:"json" help:"One JSON object."`
}

// Run prints where the database stands; the exit status is 1 if this version could not work on it
// as it is.
func (c *migrateStatus) Run(ctx context.Context, w World) error {
	schema, err := app.Schema(ctx, c.Database.DB)
	if err != nil {
		return err
	}
	current := schema.Database >= schema.Binary && schema.Check() == nil
	if err := c.print(w, schema, current); err != nil {
		return err
	}
	if !current {
		return errFound
	}
	return nil
}

func (c *migrateStatus) print(w World, s store.Schema, current bool) error {
	if c.JSON {
		return json.NewEncoder(w.Out).Encode(map[string]any{
			"binary": s.Binary, "database": s.Database, "compatible_from": s.CompatibleFrom, "current": current,
		})
	}
	word := "current"
	switch {
	case s.Check() != nil:
		word = "too new for this program"
	case !current:
		word = "to be migrated: larder migrate"
	}
	_, err := fmt.Fprintf(w.Out, "%s: schema version %d, this program knows %d: %s\n", app.DatabaseName(c.Database.DB), s.Database, s.Binary, word)
	return err
}
