package weigh

import (
	"slices"

	"larder"
	"larder/internal/core/weigh/joint"
)

// Basket is what may be out of the cabinet, and how likely that is.
type Basket struct {
	Lines  []Line  `json:"lines"`  // in order of lanes
	Weight float64 `json:"weight"` // probability, 0..1
}

// Belief is what the scales of one session leave open: baskets, the likeliest first, whose weights
// add up to at most 1. Doubts and Alerts are what no weight expresses: a lane that cannot be seen, a
// sensor that contradicts itself, a loss that fits no count.
type Belief struct {
	Baskets []Basket `json:"baskets"`
	Losses  []Line   `json:"losses"` // what each lane lost by itself, within the policy's tolerance
	Plain   bool     `json:"plain"`  // the likeliest story is a purchase and nothing else
	Alerts  []string `json:"alerts"` // sorted
	Doubts  []string `json:"doubts"` // sorted; the reasons of a review
}

// belief returns the baskets and what speaks against all of them.
func (r *Recognizer) belief(o *outcome) Belief {
	b := Belief{Baskets: make([]Basket, 0, len(o.chosen.baskets)), Losses: []Line{}, Alerts: append([]string{}, o.alerts...), Doubts: append([]string{}, o.reasons...)}
	for _, k := range o.chosen.baskets {
		b.Baskets = append(b.Baskets, Basket{Lines: r.held(k.out), Weight: k.weight * o.hidden})
	}
	if !o.chosen.blank() {
		_, story := o.chosen.best()
		b.Plain = plain(story) && len(o.alerts) == 0
	}
	for i, c := range o.counts {
		l := r.lanes[i]
		if c.class == blind || !l.sells() {
			continue
		}
		n := c.n
		if n == 0 && c.loss > r.policy.tolerance(0, l.unit, 0) {
			n = 1
		}
		if n = min(n, l.stock+1); n > 0 {
			b.Losses = append(b.Losses, Line{Lane: i, Count: n})
		}
	}
	return b
}

// held returns what is out, at most stock+1 a lane.
func (r *Recognizer) held(out []joint.Line) []Line {
	lines := make([]Line, 0, len(out))
	for _, l := range out {
		if n := min(l.Count, r.lanes[l.Lane].stock+1); n > 0 {
			lines = append(lines, Line{Lane: l.Lane, Count: n})
		}
	}
	return lines
}

// price is what a piece of a lane costs.
func (r *Recognizer) price(lane int) larder.Fen { return r.lanes[lane].price }

// view is one way to look at a session: the stories of its steps, and the baskets that they make.
type view struct {
	steps   []joint.Step
	stories []joint.Story
	baskets []bundle
}

// bundle is the stories that end with one basket.
type bundle struct {
	out    []joint.Line
	weight float64
	lead   int // the likeliest of its stories
}

// see explains steps.
func (r *Recognizer) see(steps []joint.Step) view {
	v := view{steps: steps, stories: r.search.Explain(r.mates, steps)}
	for k, s := range v.stories {
		i := slices.IndexFunc(v.baskets, func(b bundle) bool { return slices.Equal(b.out, s.Out) })
		if i < 0 {
			i = len(v.baskets)
			v.baskets = append(v.baskets, bundle{out: s.Out, lead: k})
		}
		v.baskets[i].weight += s.Weight
	}
	slices.SortStableFunc(v.baskets, func(a, b bundle) int {
		switch {
		case a.weight > b.weight:
			return -1
		case a.weight < b.weight:
			return 1
		}
		return 0
	})
	return v
}

// blank reports whether nothing explains the steps: there are too many.
func (v view) blank() bool { return len(v.baskets) == 0 }

// best returns the likeliest basket and its likeliest story.
func (v view) best() (bundle, joint.Story) {
	b := v.baskets[0]
	return b, v.stories[b.lead]
}

// plain reports whether a story is a purchase and nothing else.
func plain(s joint.Story) bool {
	return !slices.ContainsFunc(s.Moves, func(m joint.Move) bool { return m.Act != joint.Take && m.Act != joint.Seat })
}

// has reports whether a story holds one of the acts.
func has(s joint.Story, acts ...joint.Act) bool {
	return slices.ContainsFunc(s.Moves, func(m joint.Move) bool { return slices.Contains(acts, m.Act) })
}

// placed reports whether one of the likeliest baskets has pieces in lanes that are not theirs.
func (v view) placed() bool {
	return slices.ContainsFunc(v.baskets[:min(len(v.baskets), 3)], func(b bundle) bool {
		return has(v.stories[b.lead], joint.Misplace, joint.Handover)
	})
}
