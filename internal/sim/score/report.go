package score

import (
	"cmp"
	"maps"
	"slices"
)

// Report is what was found.
type Report struct {
	Models []Model `json:"models"`
	Bad    int     `json:"bad_lines"`
	Cost   *Cost   `json:"cost,omitempty"` // of the recognizer; nil if it was not run
}

// Model is what was found on the sessions of one model.
type Model struct {
	Name    string  `json:"model"`
	Methods []Sheet `json:"methods"`
}

// Sheet is what one method achieved.
type Sheet struct {
	Method    string  `json:"method"`
	All       Tally   `json:"all"`
	After     After   `json:"decided_after_ms"`
	Scenarios []Group `json:"scenarios"` // the most frequent first
	Faults    []Group `json:"faults"`
	Reasons   []Group `json:"reasons"`  // of reviews
	Charged   []Bin   `json:"charged"`  // confidence of what was decided without a person
	Reviewed  []Bin   `json:"reviewed"` // confidence of suggestions
}

// After says how long after the close it was decided, in milliseconds.
type After struct {
	P50 int64 `json:"p50"`
	P90 int64 `json:"p90"`
	P99 int64 `json:"p99"`
}

// Group is the sessions that have something in common.
type Group struct {
	Name string `json:"name"`
	Tally
}

// report puts a sheet into order.
func (s *sheet) report(method string) Sheet {
	slices.Sort(s.after)
	at := func(q float64) int64 {
		if len(s.after) == 0 {
			return 0
		}
		return s.after[int(q*float64(len(s.after)-1))]
	}
	return Sheet{
		Method: method, All: s.all, After: After{at(0.5), at(0.9), at(0.99)},
		Scenarios: groups(s.scenarios), Faults: groups(s.faults), Reasons: groups(s.reasons),
		Charged: filled(s.charged[:]), Reviewed: filled(s.reviewed[:]),
	}
}

func groups(of map[string]*Tally) []Group {
	out := []Group{}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		out = append(out, Group{Name: name, Tally: *of[name]})
	}
	slices.SortStableFunc(out, func(a, b Group) int { return cmp.Compare(b.Sessions, a.Sessions) })
	return out
}

func filled(of []Bin) []Bin {
	return slices.DeleteFunc(slices.Clone(of), func(b Bin) bool { return b.Sessions == 0 })
}
