package weigh

import (
	"slices"

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
	Alerts  []string `json:"alerts"` // sorted
	Doubts  []string `json:"doubts"` // sorted; the reasons of a review
}

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
