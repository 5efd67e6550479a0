package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"larder/internal/app/config"
	"larder/internal/core/weigh"
	"larder/internal/core/weigh/study"
	"larder/internal/core/weigh/trace"
)

// recorded chooses sessions to look at: lines of a file, or one that a database holds.
type recorded struct {
	File    string `arg:"" optional:"" default:"-" help:"Sessions, one JSON object a line; - is standard input."`
	ID      string `name:"id" placeholder:"ID" help:"Only the session of this id in FILE."`
	Session string `name:"session" placeholder:"ID" help:"A session that --db holds, in place of FILE."`
	DB      string `name:"db" default:"larder.db" placeholder:"FILE|URL" help:"The database of --session."`
	Policy  string `name:"policy" default:"balanced" help:"The policy by which sessions of FILE are judged."`
}

// judged judges the policy.
func (c *recorded) judged() error {
	if _, err := policyOf(c.Policy); err != nil {
		return problemsOf([]config.Problem{{Key: "policy", Reason: err.Error()}})
	}
	return nil
}

// problemsOf is an error if there are any.
func problemsOf(problems []config.Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return &config.Invalid{Problems: problems}
}

// each takes the chosen sessions apart, in order. more is false once no further session is wanted.
func (c *recorded) each(ctx context.Context, w World, do func(study.Session) (more bool, err error)) error {
	if c.Session != "" {
		s, err := c.stored(ctx, w)
		if err == nil {
			_, err = do(s)
		}
		return err
	}
	policy, err := policyOf(c.Policy)
	if err != nil {
		return err
	}
	in := w.In
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("sessions: %w", err)
		}
		defer func() { _ = f.Close() }() // it was only read
		in = io.Reader(f)
	}
	return c.lines(in, policy, do)
}

// lines judges the lines of a file.
func (c *recorded) lines(in io.Reader, policy weigh.Policy, do func(study.Session) (bool, error)) error {
	found := 0
	lines := scanner(in)
	for number := 1; lines.Scan(); number++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		r, err := weigh.ReadRecording(lines.Bytes())
		if err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		if c.ID != "" && study.Unquoted(r.ID) != c.ID {
			continue
		}
		found++
		v, rec, err := r.Judge(policy)
		if err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		r.Policy = c.Policy
		if more, err := do(study.Of(r, v, rec)); !more || err != nil {
			return err
		}
	}
	switch err := lines.Err(); {
	case err != nil:
		return fmt.Errorf("sessions: %w", err)
	case found == 0 && c.ID != "":
		return fmt.Errorf("there is no session %s", c.ID)
	case found == 0:
		return errors.New("there is no session")
	}
	return nil
}

// stored takes a session apart as it was judged then: told the same, and asked at the same moment. Where
// the rules of now say something else, it says so.
func (c *recorded) stored(ctx context.Context, w World) (s study.Session, err error) {
	err = storedTraces(ctx, c.DB, func(read traces) error {
		t, err := read.one(ctx, c.Session)
		if err != nil {
			return err
		}
		r, err := trace.Decode(t.Readings)
		if err != nil {
			return err
		}
		policy, err := policyOf(r.Policy)
		if err != nil {
			return err
		}
		rec, err := r.Told(policy)
		if err != nil {
			return err
		}
		var v weigh.Verdict
		if r.Decided != 0 {
			v, _, _ = rec.Decide(r.Decided)
		}
		s = study.Of(r, v, rec)
		if again := replay(t); again.Judged && !again.Same {
			fmt.Fprintf(w.Err, "larder: this is what rules %s make of it; the bill was made by rules %s and differs: larder weigh replay %s\n",
				again.RulesNow, again.RulesThen, c.Session)
		}
		return nil
	})
	return s, err
}
