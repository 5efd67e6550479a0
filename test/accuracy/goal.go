package accuracy

import (
	"fmt"

	"larder/internal/sim/scenario"
	"larder/internal/sim/score"
)

// goal is a row of docs/weighing.md section 6.
type goal struct {
	what        string
	unit        string
	least       bool                             // the figure is to be at least that, otherwise at most
	first, then map[scenario.Model]float64       // what is asked of each model
	of          func(score.Sheet) (float64, int) // the figure, and its digits
}

// both asks the same of F1 and F2.
func both(x float64) map[scenario.Model]float64 {
	return map[scenario.Model]float64{scenario.F1: x, scenario.F2: x}
}

func each(f1, f2 float64) map[scenario.Model]float64 {
	return map[scenario.Model]float64{scenario.F1: f1, scenario.F2: f2}
}

// goals are the goals.
func goals() []goal {
	share := func(n func(score.Tally) int) func(score.Sheet) (float64, int) {
		return func(s score.Sheet) (float64, int) { return score.Percent(n(s.All), s.All.Sessions), 2 }
	}
	after := func(ms func(score.After) int64) func(score.Sheet) (float64, int) {
		return func(s score.Sheet) (float64, int) { return float64(ms(s.After)) / 1000, 1 }
	}
	return []goal{
		{"right and charged without a person", "%", true, each(95.5, 91), each(98, 95), share(func(t score.Tally) int { return t.Right })},
		{"charged wrongly, equal swaps aside", "%", false, each(0.3, 0.5), each(0.1, 0.3), share(func(t score.Tally) int { return t.Wrong })},
		{"charged too much", "%", false, both(0.15), both(0.05), share(func(t score.Tally) int { return t.Over })},
		{"sent to review", "%", false, each(4, 8), each(2, 4), share(func(t score.Tally) int { return t.Review })},
		{"suggestion right in review", "%", true, both(75), both(90), func(s score.Sheet) (float64, int) {
			return score.Percent(s.All.Suggested, s.All.Review), 1
		}},
		{"decided after the close: median", "s", false, both(3.5), both(2), after(func(a score.After) int64 { return a.P50 })},
		{"decided after the close: 90 %", "s", false, both(9), both(5), after(func(a score.After) int64 { return a.P90 })},
		{"decided after the close: 99 %", "s", false, both(100), nil, after(func(a score.After) int64 { return a.P99 })},
	}
}

// verdict says whether a figure reaches a goal.
func (g goal) verdict(model scenario.Model, got float64) string {
	meets := func(want map[scenario.Model]float64) bool {
		x, asked := want[model]
		return !asked || got == x || (got > x) == g.least
	}
	switch {
	case meets(g.first) && meets(g.then):
		return "both"
	case meets(g.first):
		return "first"
	}
	return "**no**"
}

// asked writes what is asked of a model.
func (g goal) asked(model scenario.Model, want map[scenario.Model]float64) string {
	x, ok := want[model]
	if !ok {
		return ""
	}
	sign := "≤"
	if g.least {
		sign = "≥"
	}
	return fmt.Sprintf("%s %g %s", sign, x, g.unit)
}
