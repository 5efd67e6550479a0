package compare

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"larder"
	"larder/internal/core/weigh"
)

// Unjudged is the kind of a verdict that is an error.
const Unjudged weigh.VerdictKind = "error"

// Bill is what one judge makes of a session.
type Bill struct {
	Verdict weigh.VerdictKind `json:"verdict"` // or [Unjudged]
	Lines   []Line            `json:"lines"`   // in a review the suggestion; never nil
	Charged *larder.Fen       `json:"charged_fen,omitempty"`
	Error   string            `json:"error,omitempty"`
}

// Session is one that both judges have seen.
type Session struct {
	ID     Name `json:"id"`
	First  Bill `json:"first"`
	Second Bill `json:"second"`
}

// Move is how many sessions went from one kind of verdict to another, or stayed and are billed for
// something else.
type Move struct {
	First    weigh.VerdictKind `json:"first"`
	Second   weigh.VerdictKind `json:"second"`
	Sessions int               `json:"sessions"`
	More     larder.Fen        `json:"more_fen"` // what the second judge charges beyond the first, where it does
	Less     larder.Fen        `json:"less_fen"` // and what it charges less, where it does; at least 0
}

// Report adds up two judges' verdicts on the same sessions. Its zero value is ready.
type Report struct {
	Sessions    int        `json:"sessions"`
	Different   int        `json:"different"`   // billed differently
	Suggestions int        `json:"suggestions"` // reviewed by both, with another suggestion; not among Different
	Priced      bool       `json:"priced"`      // the prices of all sessions are known; without, the sums mean nothing
	First       larder.Fen `json:"first_fen"`   // what the first judge charges in all
	Second      larder.Fen `json:"second_fen"`
	Moves       []Move     `json:"moves"` // of the differing sessions; filled by Close
	moves       map[[2]weigh.VerdictKind]*Move
	unpriced    bool
}

// Add takes what both say of the next session, and its prices, nil if nobody knows them. It returns the
// session and whether it is billed differently. The error says that the verdicts are not of one session.
func (r *Report) Add(first, second Verdict, prices Prices) (Session, bool, error) {
	if first.ID != second.ID {
		return Session{}, false, fmt.Errorf("the first verdict is on session %s, the second on %s", first.ID, second.ID)
	}
	s := Session{ID: first.ID, First: bill(first), Second: bill(second)}
	r.Sessions++
	var more larder.Fen
	if prices == nil {
		r.unpriced = true
	} else {
		a, err := prices.Charged(first)
		if err != nil {
			return s, false, err
		}
		b, err := prices.Charged(second)
		if err != nil {
			return s, false, err
		}
		s.First.Charged, s.Second.Charged = &a, &b
		r.First, r.Second, more = r.First+a, r.Second+b, b-a
	}
	if s.same() {
		if s.First.Verdict == weigh.Review && !slices.Equal(s.First.Lines, s.Second.Lines) {
			r.Suggestions++
		}
		return s, false, nil
	}
	r.Different++
	r.move(s, more)
	return s, true, nil
}

// same reports whether both bill the same.
func (s Session) same() bool {
	if s.First.Verdict != s.Second.Verdict {
		return false
	}
	return s.First.Verdict != weigh.Charge || slices.Equal(s.First.Lines, s.Second.Lines)
}

func (r *Report) move(s Session, more larder.Fen) {
	if r.moves == nil {
		r.moves = make(map[[2]weigh.VerdictKind]*Move)
	}
	key := [2]weigh.VerdictKind{s.First.Verdict, s.Second.Verdict}
	m, ok := r.moves[key]
	if !ok {
		m = &Move{First: key[0], Second: key[1]}
		r.moves[key] = m
	}
	m.Sessions++
	m.More += max(more, 0)
	m.Less += max(-more, 0)
}

// Close fills Moves, the most frequent first, and Priced.
func (r *Report) Close() {
	r.Priced = r.Sessions > 0 && !r.unpriced
	r.Moves = make([]Move, 0, len(r.moves))
	for _, m := range slices.Collect(maps.Values(r.moves)) {
		r.Moves = append(r.Moves, *m)
	}
	slices.SortFunc(r.Moves, func(a, b Move) int {
		return cmp.Or(b.Sessions-a.Sessions, cmp.Compare(a.First, b.First), cmp.Compare(a.Second, b.Second))
	})
}

// bill puts a verdict's lines in the order of their lanes' names, so that baskets can be compared.
func bill(v Verdict) Bill {
	b := Bill{Verdict: v.Kind, Lines: slices.Clone(v.Lines), Error: v.Error}
	if v.Kind == "" {
		b.Verdict = Unjudged
	}
	if b.Lines == nil {
		b.Lines = []Line{}
	}
	slices.SortFunc(b.Lines, func(a, b Line) int { // shorter names first: 9 before 10
		return cmp.Or(len(a.Lane)-len(b.Lane), cmp.Compare(a.Lane, b.Lane), a.Count-b.Count)
	})
	return b
}
