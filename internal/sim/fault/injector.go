package fault

import "math/rand/v2"

// eager is the chance at each opportunity while a row has not fired yet, so that a short run plays
// everything, too.
const eager = 0.25

// Injector decides when rows are played and counts those that fired. It is not safe for concurrent use.
type Injector struct {
	chance  *rand.Rand
	rate    map[ID]float64 // of the rows that are enabled
	fired   map[ID]int
	resting bool
}

// NewInjector returns one that plays the rows of ids.
func NewInjector(ids []ID, chance *rand.Rand) *Injector {
	in := &Injector{chance: chance, rate: make(map[ID]float64), fired: make(map[ID]int)}
	for _, id := range ids {
		for _, r := range catalog {
			if r.ID == id {
				in.rate[id], in.fired[id] = r.Rate, 0
			}
		}
	}
	return in
}

// Rest lets everything go right until it is called with false: the time to heal.
func (in *Injector) Rest(on bool) { in.resting = on }

// Enabled reports whether a row may be played at all.
func (in *Injector) Enabled(id ID) bool {
	_, enabled := in.rate[id]
	return enabled
}

// Resting reports whether nothing goes wrong now.
func (in *Injector) Resting() bool { return in.resting }

// Draw reports whether a row is to be played at this opportunity.
func (in *Injector) Draw(id ID) bool {
	rate, enabled := in.rate[id]
	if !enabled || in.resting {
		return false
	}
	if in.fired[id] == 0 {
		rate = max(rate, eager)
	}
	return in.chance.Float64() < rate
}

// Fired counts that a row has happened.
func (in *Injector) Fired(id ID) {
	if _, enabled := in.rate[id]; enabled {
		in.fired[id]++
	}
}

// Count is how often a row has happened.
func (in *Injector) Count(id ID) int { return in.fired[id] }

// Counts is how often each enabled row has happened.
func (in *Injector) Counts() map[ID]int {
	counts := make(map[ID]int, len(in.fired))
	for id, n := range in.fired {
		counts[id] = n
	}
	return counts
}

// Missing returns the enabled rows that never happened, in the catalog's order.
func (in *Injector) Missing() []ID {
	var ids []ID
	for _, r := range catalog {
		if n, enabled := in.fired[r.ID]; enabled && n == 0 {
			ids = append(ids, r.ID)
		}
	}
	return ids
}
