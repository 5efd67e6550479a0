package command

import (
	"context"
	"encoding/json"
	"fmt"

	"larder/internal/core/visit"
	"larder/internal/run"
)

// replays is `larder weigh replay`.
type replays struct {
	Sessions []string `arg:"" optional:"" name:"session" help:"Which sessions; all that the database holds if none is named."`
	Database database `embed:""`
	Days     int      `name:"days" help:"Without a session: only those judged within so many days."`
	JSON     bool     `name:"json" help:"One JSON object a session."`
}

// Help says what is proven, and what the exit status means.
func (*replays) Help() string {
	return `It takes sessions as they are stored, tells a new recognizer what that of then was told, in the same order, asks it when it was asked then, and compares the two verdicts byte for byte. Where they differ it says in what, and by which versions of the rules: an older version's decision stays what it was.

  larder weigh replay 7412345678901234 --db larder.db
  larder weigh replay --days 30 --db postgres://larder@db/larder --json

The exit status is 0 if every verdict is the same and 1 otherwise. It may run beside the platform.`
}

// replayed is what came of one session.
type replayed struct {
	Session     string           `json:"session_id"`
	Same        bool             `json:"same"`
	Judged      bool             `json:"judged"` // false where a session went another way, and its readings alone were kept
	RulesThen   string           `json:"rules_then"`
	RulesNow    string           `json:"rules_now"`
	Policy      string           `json:"policy"`
	Lanes       int              `json:"lanes"`
	Readings    int              `json:"readings"`
	Bytes       int              `json:"bytes"` // of the trace
	Verdict     string           `json:"verdict"`
	Differences []run.Difference `json:"differences,omitempty"`
	Error       string           `json:"error,omitempty"` // why it could not be judged again
}

// Run judges again.
func (c *replays) Run(ctx context.Context, w World) error {
	tell := w.tellReplayed
	if c.JSON {
		tell = func(r replayed) error { return json.NewEncoder(w.Out).Encode(r) }
	}
	all, differ := 0, 0
	one := func(_ int, r replayed) error {
		all++
		if !r.Same {
			differ++
		}
		return tell(r)
	}
	if err := storedTraces(ctx, c.Database.DB, func(read traces) error {
		for _, id := range c.Sessions {
			t, err := read.one(ctx, id)
			if err == nil {
				err = one(0, replay(t))
			}
			if err != nil {
				return err
			}
		}
		if len(c.Sessions) == 0 {
			return read.since(ctx, c.Days, func(page []visit.Trace) error { return inOrder(page, replay, one) })
		}
		return nil
	}); err != nil {
		return err
	}
	if !c.JSON && len(c.Sessions) != 1 {
		fmt.Fprintf(w.Out, "%d sessions, %d not the same\n", all, differ)
	}
	if differ > 0 {
		return errFound
	}
	return nil
}

// replay judges one session again. What cannot be is told as a difference, and the others go on.
func replay(t visit.Trace) replayed {
	r := replayed{Session: t.Session.String(), RulesThen: t.Rules, RulesNow: run.RuleVersion, Bytes: len(t.Readings), Judged: t.Verdict != ""}
	again, err := run.Rejudge(t)
	if rec := again.Recording; rec != nil {
		r.Policy, r.Lanes, r.Readings = rec.Policy, len(rec.Lanes), len(rec.Readings)
	}
	var ev struct {
		Verdict string `json:"verdict"`
	}
	if err == nil && r.Judged {
		err = json.Unmarshal([]byte(t.Verdict), &ev)
	}
	if err == nil {
		r.Verdict = ev.Verdict
		r.Differences, err = again.Differences()
	}
	if err != nil {
		r.Error = err.Error()
		return r
	}
	r.Same = again.Same()
	return r
}

// tellReplayed tells a person.
func (w World) tellReplayed(r replayed) error {
	switch {
	case r.Error != "":
		fmt.Fprintf(w.Out, "session %s  not judged again: %s\n", r.Session, r.Error)
	case !r.Judged:
		fmt.Fprintf(w.Out, "session %s  was never judged; its %d readings of %d lanes are whole\n", r.Session, r.Readings, r.Lanes)
	case r.Same:
		fmt.Fprintf(w.Out, "session %s  the same, byte for byte: %s by rules %s, policy %s, from %d readings of %d lanes in %d bytes\n",
			r.Session, r.Verdict, r.RulesNow, r.Policy, r.Readings, r.Lanes, r.Bytes)
	default:
		fmt.Fprintf(w.Out, "session %s  differs: judged by rules %s, now by %s\n", r.Session, r.RulesThen, r.RulesNow)
		for _, d := range r.Differences {
			fmt.Fprintf(w.Out, "  %-32s %s, now %s\n", d.What, d.Then, d.Now)
		}
	}
	return nil
}
