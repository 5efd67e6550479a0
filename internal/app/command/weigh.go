package command

import (
	"context"
	"errors"
	"fmt"
	"os"

	"larder/internal/core/weigh"
)

// weighs is `larder weigh`: with nothing behind it, verdicts.
type weighs struct {
	Verdicts  verdicts  `cmd:"" default:"withargs" hidden:"" help:"Weigh recorded sessions, or a shelf's trace."`
	Score     scores    `cmd:"" help:"Compare the recognizer and two baselines with the truth of sessions that were made up."`
	Replay    replays   `cmd:"" help:"Judge stored sessions again, and prove that the same verdict follows."`
	Compare   compares  `cmd:"" help:"Say which sessions two policies, or two versions, bill differently."`
	Export    exports   `cmd:"" help:"Write stored sessions as lines that larder weigh reads."`
	Explain   explains  `cmd:"" help:"Tell sessions in words."`
	Plot      plots     `cmd:"" help:"Draw a session."`
	Separable separates `cmd:"" help:"Say what the lanes of a cabinet can tell apart, before it is filled."`
}

// Help has the examples.
func (*weighs) Help() string {
	return `Without flags it reads sessions on standard input and writes verdicts on standard output, one JSON object a line, in the same order. It is the recognizer that the platform runs. A malformed line is answered with {"id","error"}, the others go on, and the exit status is 1.

  larder weigh < sessions.jsonl > verdicts.jsonl

With --plates it finds what was taken from a shelf without a door: one JSON object a take.

  larder weigh --plates trace.csv.gz --catalogue catalogue.csv

With --explain it tells each session in words instead; ` + "`larder weigh explain`" + ` does the same for sessions of a database.`
}

// verdicts is `larder weigh` alone.
type verdicts struct {
	Plates    string `name:"plates" placeholder:"FILE" help:"Trace of a shelf: CSV, gzipped or not, t_ms and then a column of grams for each plate."`
	Catalogue string `name:"catalogue" placeholder:"FILE" help:"What lies on the plates: CSV with plate, product_id, unit_mass_g."`
	Explain   bool   `name:"explain" help:"Tell each session in words, for people."`
	Lang      string `name:"lang" default:"en" placeholder:"en|zh" help:"Language of --explain: en or zh."`
}

// check judges the language.
func (c *verdicts) check(World) error { return languageCheck(c.Lang) }

// Run weighs.
func (c *verdicts) Run(ctx context.Context, w World) error {
	if c.Explain {
		return (&explains{Recorded: recorded{File: "-", Policy: "balanced"}, Lang: c.Lang}).Run(ctx, w)
	}
	if c.Plates != "" || c.Catalogue != "" {
		return c.plates(w)
	}
	bad, err := weigh.BatchOver(w.In, w.Out, spread)
	if err == nil && bad > 0 {
		fmt.Fprintf(w.Err, "larder: %d malformed lines\n", bad)
		return errFound
	}
	return err
}

func (c *verdicts) plates(w World) error {
	if c.Plates == "" || c.Catalogue == "" {
		return errors.New("--plates and --catalogue need each other")
	}
	trace, err := os.Open(c.Plates)
	if err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	defer func() { _ = trace.Close() }() // it was only read
	catalogue, err := os.Open(c.Catalogue)
	if err != nil {
		return fmt.Errorf("catalogue: %w", err)
	}
	defer func() { _ = catalogue.Close() }()
	return weigh.Plates(trace, catalogue, w.Out)
}
