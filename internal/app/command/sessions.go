package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"larder/internal/app/config"
	"larder/internal/sim/scenario"
)

// simSessions is `larder sim sessions`.
type simSessions struct {
	Model string `name:"model" default:"F1" enum:"F1,F2" help:"Which world: F1, or F2 which is harder (docs/weighing.md section 2)."`
	N     int    `name:"n" default:"1000" help:"How many sessions."`
	Seed  uint64 `name:"seed" default:"1" help:"Below 10000 for tuning a recognizer, from there on for testing one."`
	From  uint64 `name:"from" default:"0" help:"Number of the first one: a session depends on model, seed and its number alone."`
}

// Help says what comes out.
func (*simSessions) Help() string {
	return `It writes sessions as "larder weigh" reads them, each with the key "truth": what left the cabinet, what the customer did, and which rare faults had something to do with it. The recognizer passes it over.

  larder sim sessions --model F1 --n 5000 --seed 1 | larder weigh > verdicts.jsonl
  larder sim sessions --model F2 --n 5000 --seed 1 | larder weigh score

Seeds below 10000 are for tuning; what is published is measured on seeds from 10000 on, at which nobody has looked.`
}

// check judges the flags.
func (c *simSessions) check(World) error {
	if c.N < 0 {
		return &config.Invalid{Problems: []config.Problem{{Key: "n", Reason: "is at least 0"}}}
	}
	return nil
}

// Run writes the sessions.
func (c *simSessions) Run(ctx context.Context, w World) (err error) {
	out := bufio.NewWriterSize(w.Out, 256<<10)
	defer func() { err = errors.Join(err, out.Flush()) }()
	var line []byte
	for i := range uint64(c.N) { //nolint:gosec // check has refused a negative number
		if err := ctx.Err(); err != nil {
			return err
		}
		s, err := scenario.Generate(scenario.Model(c.Model), c.Seed, c.From+i)
		if err != nil {
			return err
		}
		line = append(s.AppendJSON(line[:0]), '\n')
		if _, err := out.Write(line); err != nil {
			return fmt.Errorf("write session %d: %w", c.From+i, err)
		}
	}
	return nil
}
