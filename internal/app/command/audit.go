package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"larder/internal/app"
	"larder/internal/edge/store/invariant"
	"larder/internal/edge/store/postgres"
	"larder/internal/edge/store/sqlite"
)

// audits is `larder audit`.
type audits struct {
	Database database `embed:""`
	Pages    bool     `name:"integrity" help:"Read every page of the file first, as for a backup before it is restored."`
	JSON     bool     `name:"json" help:"One JSON object."`
}

// Help says what the exit status means.
func (*audits) Help() string {
	return `It reads a database that may be in use and checks that orders, payments, ledger, stock and sessions agree. The exit status is 0 if they do and 1 if an invariant is broken.

  larder audit --db /var/lib/larder/larder.db --json
  larder audit --db backup/larder-20261123T030000Z.db --integrity`
}

// Run audits.
func (c *audits) Run(ctx context.Context, w World) (err error) {
	if c.Pages {
		if postgres.IsURL(c.Database.DB) {
			return errors.New("--integrity is for a file: a server has pg_amcheck")
		}
		if err := sqlite.CheckFile(ctx, c.Database.DB); err != nil {
			return err
		}
	}
	schema, err := app.Schema(ctx, c.Database.DB)
	if err != nil {
		return err
	}
	if err := schema.Check(); err != nil {
		return err
	}
	db, err := app.OpenViews(ctx, c.Database.DB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	report, err := invariant.Run(ctx, db)
	if err != nil {
		return err
	}
	if err := c.print(w, report); err != nil {
		return err
	}
	if !report.Clean {
		return errFound
	}
	return nil
}

func (c *audits) print(w World, report invariant.Report) error {
	if c.JSON {
		return json.NewEncoder(w.Out).Encode(report)
	}
	for _, r := range report.Results {
		word := "ok  "
		if r.Broken > 0 {
			word = "FAIL"
		}
		fmt.Fprintf(w.Out, "%s  %-3s %-24s %8d rows  %s\n", word, r.Invariant, r.Check, r.Rows, r.Says)
		for _, v := range r.Violations {
			fmt.Fprintf(w.Out, "      %s %d: %s\n", r.Table, v.ID, v.Detail)
		}
		if rest := r.Broken - int64(len(r.Violations)); rest > 0 {
			fmt.Fprintf(w.Out, "      and %d more\n", rest)
		}
	}
	return nil
}
