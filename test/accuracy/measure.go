package accuracy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"larder/internal/core/weigh"
	"larder/internal/sim/scenario"
	"larder/internal/sim/score"
)

// Config says what is measured.
type Config struct {
	Seed     uint64 // scenario.FirstTest at least
	Sessions int    // of each model
	Part     int    // sessions of each model on which parts are taken away
	Workers  int
	Tell     io.Writer // progress
}

// Check refuses seeds for tuning, and numbers that say nothing.
func (c Config) Check() error {
	switch {
	case c.Seed < scenario.FirstTest:
		return fmt.Errorf("seed %d is for tuning, those for testing begin at %d", c.Seed, scenario.FirstTest)
	case c.Sessions < 1 || c.Part < 1 || c.Part > c.Sessions || c.Workers < 1:
		return fmt.Errorf("%d sessions, %d of them for parts, %d workers", c.Sessions, c.Part, c.Workers)
	}
	return nil
}

// Result is what was measured.
type Result struct {
	Config
	Models   []score.Model // F1, F2
	Parts    []score.Model // the same, with [Parts] as methods
	Cost     *score.Cost   // on the first sessions of F1
	Failures []Failure     // ten, the worst first
	Batch    Batch
}

// Batch is what `larder weigh` took.
type Batch struct {
	Sessions int
	Bytes    int
	Wall     time.Duration
}

var models = []scenario.Model{scenario.F1, scenario.F2}

// Measure makes the sessions up and scores them.
func Measure(ctx context.Context, c Config) (Result, error) {
	r := Result{Config: c}
	if err := c.Check(); err != nil {
		return r, err
	}
	var failures []Failure
	for _, m := range models {
		fmt.Fprintf(c.Tell, "%s: %d sessions\n", m, c.Sessions)
		var fail bytes.Buffer
		report, err := c.score(ctx, m, c.Sessions, score.Methods(), &fail)
		if err != nil {
			return r, err
		}
		r.Models = append(r.Models, report.Models...)
		if r.Cost == nil {
			r.Cost = report.Cost
		}
		of, err := readFailures(&fail, m)
		if err != nil {
			return r, err
		}
		failures = append(failures, of...)
		fmt.Fprintf(c.Tell, "%s: what its parts are worth, on %d sessions\n", m, c.Part)
		if report, err = c.score(ctx, m, c.Part, Parts(), nil); err != nil {
			return r, err
		}
		r.Parts = append(r.Parts, report.Models...)
	}
	r.Failures = gallery(failures)
	var err error
	r.Batch, err = timeBatch(c.Seed, min(c.Sessions, 5_000))
	return r, err
}

// score makes n sessions of a model up and scores them.
func (c Config) score(ctx context.Context, m scenario.Model, n int, methods []score.Method, fail io.Writer) (score.Report, error) {
	sessions, pipe := io.Pipe()
	made := make(chan error, 1)
	go func() {
		err := write(pipe, m, c.Seed, n)
		made <- err
		_ = pipe.CloseWithError(err) // which reports nothing
	}()
	report, err := score.Run(ctx, sessions, score.Config{Methods: methods, Workers: c.Workers, Fail: fail, Tell: c.Tell})
	_ = sessions.Close() // the writer ends if the reader has
	if err := errors.Join(err, <-made); err != nil {
		return report, err
	}
	if report.Bad > 0 {
		return report, fmt.Errorf("%s: %d sessions could not be scored", m, report.Bad)
	}
	return report, nil
}

// write makes the first n sessions of a model and seed.
func write(out io.Writer, m scenario.Model, seed uint64, n int) error {
	var line []byte
	for i := range uint64(n) { //nolint:gosec // Check has refused a negative number
		s, err := scenario.Generate(m, seed, i)
		if err != nil {
			return err
		}
		line = append(s.AppendJSON(line[:0]), '\n')
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// timeBatch runs what `larder weigh` runs, from memory to nowhere.
func timeBatch(seed uint64, n int) (Batch, error) {
	var in bytes.Buffer
	if err := write(&in, scenario.F1, seed, n); err != nil {
		return Batch{}, err
	}
	b := Batch{Sessions: n, Bytes: in.Len()}
	began := time.Now()
	bad, err := weigh.Batch(&in, io.Discard)
	b.Wall = time.Since(began)
	if err == nil && bad > 0 {
		err = fmt.Errorf("larder weigh refuses %d sessions", bad)
	}
	return b, err
}

func readFailures(in io.Reader, m scenario.Model) ([]Failure, error) {
	var out []Failure
	for d := json.NewDecoder(in); ; {
		f := Failure{Model: m}
		if err := d.Decode(&f.Failure); errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
}
