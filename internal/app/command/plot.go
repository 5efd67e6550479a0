package command

import (
	"context"
	"fmt"
	"os"

	"larder/internal/core/weigh/plot"
	"larder/internal/core/weigh/study"
)

// plots is `larder weigh plot`.
type plots struct {
	Recorded recorded `embed:""`
	Out      string   `name:"out" short:"o" placeholder:"FILE" help:"Where the picture goes; by default to standard output."`
	Notes    []string `name:"note" sep:"none" placeholder:"TEXT" help:"A line below the title, such as the truth; may be given again."`
}

// Help has the examples.
func (*plots) Help() string {
	return `It draws one session as an SVG: the lanes on which something happened large, the others small; readings, the levels at rest, the steps with their pieces, the time that the door was open, the verdict. The picture needs nothing else, and follows a page's light or dark.

  larder weigh plot --session 7412345678901234 --db larder.db -o session.svg
  larder weigh plot --id 17 sessions.jsonl > 17.svg

Without --id it is the first session of FILE.`
}

// check judges the policy.
func (c *plots) check(World) error { return c.Recorded.judged() }

// Run draws.
func (c *plots) Run(ctx context.Context, w World) error {
	return c.Recorded.each(ctx, w, func(s study.Session) (bool, error) {
		picture := plot.SVG(s, plot.Options{Notes: c.Notes})
		if c.Out == "" {
			_, err := w.Out.Write(picture)
			return false, err
		}
		if err := os.WriteFile(c.Out, picture, 0o600); err != nil {
			return false, fmt.Errorf("picture: %w", err)
		}
		return false, nil
	})
}
