package accuracy

import (
	"cmp"
	"slices"

	"larder/internal/sim/scenario"
	"larder/internal/sim/score"
)

// Failure is a session that was charged wrongly or given to a person.
type Failure struct {
	Model scenario.Model
	score.Failure
}

// shown is how many failures the page shows.
const shown = 10

// gallery picks failures for the page: wrong charges first, those of the highest confidence before
// others, swaps after all others; then reviews, one for each reason before a second one of any.
func gallery(all []Failure) []Failure {
	rank := func(f Failure) int {
		switch {
		case f.What == "wrong" && f.Scenario != string(scenario.Swap):
			return 0
		case f.What != "wrong":
			return 1
		}
		return 2
	}
	slices.SortStableFunc(all, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Verdict.Confidence, a.Verdict.Confidence))
	})
	var out, later []Failure
	wrong := 0
	seen := map[string]bool{}
	for _, f := range all {
		switch {
		case rank(f) == 0 && wrong < shown/2:
			wrong++
			out = append(out, f)
		case rank(f) == 1 && !seen[why(f)]:
			seen[why(f)] = true
			out = append(out, f)
		default:
			later = append(later, f)
		}
	}
	out = append(out, later...)
	return out[:min(shown, len(out))]
}

// why is what kept a session from being charged.
func why(f Failure) string {
	if len(f.Verdict.Reasons) == 0 {
		return ""
	}
	return f.Verdict.Reasons[0]
}
