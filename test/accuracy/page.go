package accuracy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"time"

	"larder/internal/sim/scenario"
	"larder/internal/sim/score"
)

// Origin says where and when a page was measured.
type Origin struct {
	Date    time.Time
	Machine string // processor
	Commit  string
	Command string
}

// page is a page that grows.
type page struct{ bytes.Buffer }

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// table writes a table's head; all columns but the first are figures.
func (p *page) table(columns ...string) {
	p.line("| %s |", strings.Join(columns, " | "))
	p.line("|---|%s", strings.Repeat("---:|", len(columns)-1))
}

// Page writes the result as Markdown. Draw returns the path of a failure's picture, relative to the page,
// and "" for none.
func Page(r Result, from Origin, draw func(Failure) (string, error)) ([]byte, error) {
	var p page
	p.line("# Accuracy\n")
	p.line("How good the recognizer is, on %d sessions of each model that were made up from a seed at which nobody has looked. Written by `%s`; words and goals are those of [weighing](weighing.md).\n", r.Sessions, from.Command)
	p.line("%s, commit %s, seed %d, %s on %s/%s, %d processors, %s.\n",
		from.Date.UTC().Format(time.DateOnly), from.Commit, r.Seed, from.Machine, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	p.line("## Goals\n")
	p.goals(r)
	p.line("\n## Beside the baselines\n")
	p.line("In %% of the sessions, swaps for an equal weight counted apart from what is wrong; the suggestion in %% of the reviews. The replaced rule takes the last reading before the opening and the one half a second after the close; medians with rounding never ask.\n")
	p.methods(r.Models)
	for _, part := range []struct {
		name   string
		groups func(score.Sheet) []score.Group
	}{
		{"scenario", func(s score.Sheet) []score.Group { return s.Scenarios }},
		{"fault", func(s score.Sheet) []score.Group { return s.Faults }},
		{"reason of a review", func(s score.Sheet) []score.Group { return s.Reasons }},
	} {
		p.line("\n## By %s\n", part.name)
		p.groups(r.Models, part.name, part.groups)
	}
	p.line("\n## Is the confidence true?\n")
	p.line("Sessions by the confidence that was stated, how many of them are wrong, and how many should be if it is true. The goal above 0.999 is an error of at most 0.3 %%, swaps aside.\n")
	p.calibration(r.Models)
	p.line("\n## What it costs\n")
	p.cost(r)
	p.line("\n## What its parts are worth\n")
	p.line("The first %d sessions of each model, with one thing taken away from what the recognizer is given, or with another policy.\n", r.Part)
	p.methods(r.Parts)
	p.line("\n## Ten that failed\n")
	p.line("Wrong charges first, then a review for each reason. `larder sim sessions --model … --seed … --from … --n 1` makes one again: its id says model, seed and number.\n")
	if err := p.failures(r.Failures, draw); err != nil {
		return nil, err
	}
	return p.Bytes(), nil
}

func (p *page) goals(r Result) {
	p.table("goal", "model", "measured", "first", "then", "reached")
	for _, g := range goals() {
		for _, m := range r.Models {
			model := scenario.Model(m.Name)
			got, digits := g.of(m.Methods[0])
			p.line("| %s | %s | %.*f %s | %s | %s | %s |", g.what, m.Name, digits, got, g.unit, g.asked(model, g.first), g.asked(model, g.then), g.verdict(model, got))
		}
	}
}

// figures are the columns of [cells].
var figures = []string{"sessions", "right", "wrong", "swaps", "too much", "review", "suggestion right"}

func cells(t score.Tally) string {
	out := fmt.Sprintf("%d", t.Sessions)
	for _, n := range []int{t.Right, t.Wrong, t.Swapped, t.Over, t.Review} {
		out += fmt.Sprintf(" | %.2f", score.Percent(n, t.Sessions))
	}
	if t.Review == 0 {
		return out + " | –"
	}
	return out + fmt.Sprintf(" | %.1f", score.Percent(t.Suggested, t.Review))
}

func (p *page) methods(models []score.Model) {
	p.table(append(append([]string{"", "model"}, figures...), "median s", "90 % s", "99 % s")...)
	for _, m := range models {
		for _, s := range m.Methods {
			p.line("| %s | %s | %s | %.1f | %.1f | %.1f |", s.Method, m.Name, cells(s.All),
				float64(s.After.P50)/1000, float64(s.After.P90)/1000, float64(s.After.P99)/1000)
		}
	}
}

func (p *page) groups(models []score.Model, name string, of func(score.Sheet) []score.Group) {
	p.table(append([]string{name, "model"}, figures...)...)
	for _, m := range models {
		for _, g := range of(m.Methods[0]) {
			p.line("| %s | %s | %s |", g.Name, m.Name, cells(g.Tally))
		}
	}
}

func (p *page) calibration(models []score.Model) {
	p.table("confidence from", "model", "sessions", "wrong if true", "wrong", "swaps")
	for _, part := range []struct {
		name string
		bins func(score.Sheet) []score.Bin
	}{
		{"charged", func(s score.Sheet) []score.Bin { return s.Charged }},
		{"suggested", func(s score.Sheet) []score.Bin { return s.Reviewed }},
	} {
		for _, m := range models {
			for _, b := range part.bins(m.Methods[0]) {
				p.line("| %s, %g | %s | %d | %.2f | %d | %d |", part.name, b.From, m.Name, b.Sessions, b.Expected, b.Wrong, b.Swapped)
			}
		}
	}
}

func (p *page) cost(r Result) {
	p.table("", "measured", "goal")
	if r.Cost != nil {
		p.line("| CPU of a session, mean of %d, garbage collection included | %.2f ms | ≤ 0.5 ms, then 0.3 ms |", r.Cost.Sessions, r.Cost.CPU)
		p.line("| allocated for a session | %.0f kB | ≤ 256 kB |", r.Cost.Allocated)
	}
	p.line("| `larder weigh` on %d sessions, %.0f MB of JSON | %.1f s | ≤ 3 s for 5,000 |", r.Batch.Sessions, float64(r.Batch.Bytes)/1e6, r.Batch.Wall.Seconds())
}

func (p *page) failures(all []Failure, draw func(Failure) (string, error)) error {
	p.table("session", "what", "scenario", "faults", "truth", "verdict", "confidence", "reasons", "after")
	for _, f := range all {
		p.line("| %s | %s | %s | %s | %s | %s | %.6g | %s | %.1f s |", text(f.ID), strings.ReplaceAll(f.What, "_", ", "), f.Scenario, list(f.Faults),
			basket(f.Truth), basket(f.Verdict.Lines), f.Verdict.Confidence, list(f.Verdict.Reasons), float64(f.AfterMS)/1000)
	}
	for _, f := range all {
		path, err := draw(f)
		if err != nil {
			return fmt.Errorf("picture of %s: %w", f.ID, err)
		}
		if path != "" {
			p.line("\n![%s, %s](%s)", text(f.ID), f.Scenario, path)
		}
	}
	return nil
}

func list(words []string) string {
	if len(words) == 0 {
		return "–"
	}
	return strings.Join(words, ", ")
}

// basket writes lines as count × lane.
func basket(lines []score.Line) string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = fmt.Sprintf("%d × %s", l.Count, text(l.Lane))
	}
	return list(out)
}

// text is a name without its quotes.
func text(name json.RawMessage) string { return strings.Trim(string(name), `"`) }
