package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"larder/internal/core/visit"
	"larder/internal/core/weigh/trace"
)

// exports is `larder weigh export`.
type exports struct {
	Sessions []string `arg:"" optional:"" name:"session" help:"Which sessions; all that the database holds if none is named."`
	Database database `embed:""`
	Days     int      `name:"days" help:"Without a session: only those judged within so many days."`
}

// Help has the examples.
func (*exports) Help() string {
	return `It writes sessions that a database holds as lines that larder weigh reads, for another version, a test or a laboratory. Nobody's name or money is in them: lanes, readings and the times of the door.

  larder weigh export --days 30 --db larder.db > sessions.jsonl
  larder weigh export 7412345678901234 | larder weigh --explain

The exit status is 1 if a trace cannot be read; the others are written.`
}

// Run exports.
func (c *exports) Run(ctx context.Context, w World) (err error) {
	out := bufio.NewWriterSize(w.Out, 256<<10)
	defer func() { err = errors.Join(err, out.Flush()) }()
	damaged, line := 0, []byte(nil)
	one := func(t visit.Trace) error {
		r, err := trace.Decode(t.Readings)
		if err != nil {
			damaged++
			fmt.Fprintf(w.Err, "larder: session %s: %v\n", t.Session, err)
			return nil
		}
		line = append(r.AppendLine(line[:0]), '\n')
		_, err = out.Write(line)
		return err
	}
	if err := storedTraces(ctx, c.Database.DB, func(read traces) error {
		return read.chosen(ctx, c.Sessions, c.Days, one)
	}); err != nil {
		return err
	}
	if damaged > 0 {
		return errFound
	}
	return nil
}
