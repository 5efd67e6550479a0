package command

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"larder/internal/app/config"
	"larder/internal/sim/score"
)

// scores is `larder weigh score`.
type scores struct {
	Files    []string `arg:"" optional:"" help:"Sessions with truth; standard input without any."`
	Verdicts string   `name:"verdicts" placeholder:"FILE" help:"Score these verdicts, one a session in the same order, instead of the recognizer's."`
	Failures string   `name:"failures" placeholder:"FILE" help:"Write sessions that were charged wrongly or given to a person: id, truth, verdict, scenario, faults."`
	Workers  int      `name:"workers" default:"0" help:"How many sessions are judged at once; 0 is one for each processor."`
	JSON     bool     `name:"json" help:"One JSON object."`
}

// Help says what is counted.
func (*scores) Help() string {
	return `It reads what "larder sim sessions" writes, judges each session by the recognizer and by two baselines (the rule that Larder replaces; medians with rounding), and says for each model: right and charged without a person, wrong (swaps for an equal weight aside), charged too much, given to a person and the suggestion right then, how long after the close it was decided; by scenario, by fault and by reason; and whether the stated confidence is true.

  larder sim sessions --model F1 --n 5000 --seed 1 | larder weigh score --failures failures.jsonl
  larder weigh score --verdicts verdicts.jsonl f1.jsonl f2.jsonl

Seeds below 10000 are for tuning, those from there on for testing. The exit status is 1 if a line could not be scored.`
}

// check judges the flags.
func (c *scores) check(World) error {
	if c.Workers < 0 {
		return &config.Invalid{Problems: []config.Problem{{Key: "workers", Reason: "is at least 0"}}}
	}
	return nil
}

// Run scores.
func (c *scores) Run(ctx context.Context, w World) (err error) {
	cfg := score.Config{Methods: score.Methods(), Workers: c.Workers, Tell: w.Err}
	if c.Workers == 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	in, shut, err := openAll(c.Files, w.In)
	if err != nil {
		return err
	}
	defer shut()
	if c.Verdicts != "" {
		verdicts, err := os.Open(c.Verdicts)
		if err != nil {
			return fmt.Errorf("verdicts: %w", err)
		}
		defer func() { _ = verdicts.Close() }() // it was only read
		cfg.Verdicts = verdicts
		cfg.Methods[0].Name = "verdicts"
	}
	if c.Failures != "" {
		file, err := os.Create(c.Failures)
		if err != nil {
			return fmt.Errorf("failures: %w", err)
		}
		out := bufio.NewWriter(file)
		defer func() { err = errors.Join(err, out.Flush(), file.Close()) }()
		cfg.Fail = out
	}
	report, err := score.Run(ctx, in, cfg)
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(w.Out).Encode(report)
	} else {
		err = report.Print(w.Out)
	}
	if err == nil && report.Bad > 0 {
		return errFound
	}
	return err
}

// openAll returns the files one after the other, or otherwise where there are none. shut closes them.
func openAll(names []string, otherwise io.Reader) (in io.Reader, shut func(), err error) {
	if len(names) == 0 {
		return otherwise, func() {}, nil
	}
	var files []*os.File
	shut = func() {
		for _, f := range files {
			_ = f.Close() // it was only read
		}
	}
	var readers []io.Reader
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			shut()
			return nil, nil, fmt.Errorf("sessions: %w", err)
		}
		files, readers = append(files, f), append(readers, f)
	}
	return io.MultiReader(readers...), shut, nil
}
