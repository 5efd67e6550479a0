package score

import (
	"slices"

	"larder/internal/core/weigh"
)

// swapped is the scenario in which weight cannot see anything (docs/weighing.md section 4).
const swapped = "swap"

// Tally counts sessions.
type Tally struct {
	Sessions  int `json:"sessions"`
	Right     int `json:"right"`           // without a person and as the truth has it
	Wrong     int `json:"wrong"`           // without a person and different from the truth in any lane, swaps aside
	Swapped   int `json:"wrong_swaps"`     // the same, for an object of equal weight in place of an item
	Over      int `json:"over_charged"`    // charged more money than the truth costs, swaps included
	Review    int `json:"review"`          // left to a person
	Suggested int `json:"suggested_right"` // of these, the suggestion is the truth
}

// Bin is the sessions whose stated confidence lies between From and the next bin's.
type Bin struct {
	From     float64 `json:"from"`
	Sessions int     `json:"sessions"`
	Expected float64 `json:"expected_wrong"` // the sum of what the confidence leaves open
	Wrong    int     `json:"wrong"`          // swaps aside
	Swapped  int     `json:"wrong_swaps"`
}

// bins are where the bins of confidence begin.
var bins = [...]float64{0, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999}

// outcome is one session judged by one method.
type outcome struct {
	kind       weigh.VerdictKind
	right      bool
	over       bool
	confidence float64
	after      int64 // milliseconds from the close to the verdict
	reasons    []string
}

// judge compares a verdict with the truth.
func (s *subject) judge(v Verdict) outcome {
	return outcome{
		kind:       v.Kind,
		right:      slices.Equal(v.Counts, s.counts),
		over:       v.Kind != weigh.Review && s.amount(v.Counts) > s.amount(s.counts),
		confidence: v.Confidence,
		after:      int64(v.Decided - *s.truth.Closed),
		reasons:    v.Reasons,
	}
}

// failed reports whether somebody who works on a recognizer wants to see the session.
func (o outcome) failed() bool { return o.kind == weigh.Review || !o.right }

func (t *Tally) add(o outcome, scenario string) {
	t.Sessions++
	switch {
	case o.kind == weigh.Review:
		t.Review++
		if o.right {
			t.Suggested++
		}
	case o.right:
		t.Right++
	case scenario == swapped:
		t.Swapped++
	default:
		t.Wrong++
	}
	if o.over {
		t.Over++
	}
}

func (b *Bin) add(o outcome, scenario string) {
	b.Sessions++
	b.Expected += 1 - o.confidence
	switch {
	case o.right:
	case scenario == swapped:
		b.Swapped++
	default:
		b.Wrong++
	}
}

// sheet is everything that is counted of one method on one model.
type sheet struct {
	all       Tally
	scenarios map[string]*Tally
	faults    map[string]*Tally
	reasons   map[string]*Tally
	charged   [len(bins)]Bin // decided without a person
	reviewed  [len(bins)]Bin // of suggestions
	after     []int64
}

func newSheet() *sheet {
	s := &sheet{scenarios: map[string]*Tally{}, faults: map[string]*Tally{}, reasons: map[string]*Tally{}}
	for i, from := range bins {
		s.charged[i].From, s.reviewed[i].From = from, from
	}
	return s
}

// noFault stands where a session had none.
const noFault = "none"

func (s *sheet) add(o outcome, t truth) {
	s.all.add(o, t.Scenario)
	group(s.scenarios, t.Scenario).add(o, t.Scenario)
	faults := t.Faults
	if len(faults) == 0 {
		faults = []string{noFault}
	}
	for _, f := range faults {
		group(s.faults, f).add(o, t.Scenario)
	}
	for _, r := range o.reasons {
		group(s.reasons, r).add(o, t.Scenario)
	}
	of := &s.charged
	if o.kind == weigh.Review {
		of = &s.reviewed
	}
	k := len(bins) - 1
	for k > 0 && !(o.confidence >= bins[k]) {
		k--
	}
	of[k].add(o, t.Scenario)
	s.after = append(s.after, o.after)
}

func group(of map[string]*Tally, name string) *Tally {
	t, ok := of[name]
	if !ok {
		t = &Tally{}
		of[name] = t
	}
	return t
}
