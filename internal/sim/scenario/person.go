package scenario

import (
	"slices"

	"larder"
	"larder/internal/sim/physics"
)

// person is a customer at an open door. What they do is planned at once: physics applies it when the
// scales are read.
type person struct {
	dice
	cabinet *physics.Cabinet
	now     physics.Moment // when the latest hand went
	leave   physics.Moment // from then to the close; 0 for the usual
	touched map[int]bool   // lanes where something was moved
	odd     bool           // an outlier was moved
	err     error          // of a script that asked for what a hand cannot do
}

// visit plays a scenario from the opening on and returns when the door closes.
func (p *person) visit(play func(*person), opened physics.Moment) (closed physics.Moment, err error) {
	p.now = opened + p.moments(arriveMin, arriveMax)
	play(p)
	if p.leave == 0 {
		p.leave = p.moments(leaveMin, leaveMax)
	}
	return max(p.now, p.cabinet.Busy()) + p.leave, p.err
}

// lane draws a lane with at least n items, other than those given; 0 if there is none.
func (p *person) lane(n int, but ...int) int {
	var fit []int
	for lane := 1; lane <= p.cabinet.Lanes(); lane++ {
		if len(p.cabinet.Contents(lane)) >= n && !slices.Contains(but, lane) {
			fit = append(fit, lane)
		}
	}
	if len(fit) == 0 {
		return 0
	}
	return fit[p.IntN(len(fit))]
}

// note keeps the outcome of an action on a lane.
func (p *person) note(done physics.Moment, err error, lane int, items ...physics.Item) {
	p.touched[lane] = true
	p.now = max(p.now, done)
	if p.err == nil {
		p.err = err
	}
	for _, it := range items {
		p.odd = p.odd || it.Odd
	}
}

// take takes n items of a lane.
func (p *person) take(lane, n int) []physics.Item {
	items, done, err := p.cabinet.Take(p.now, lane, n)
	p.note(done, err, lane, items...)
	return items
}

// put sets items into a lane, one after the other.
func (p *person) put(lane int, items ...physics.Item) {
	for _, it := range items {
		done, err := p.cabinet.PutBack(p.now, lane, it)
		p.note(done, err, lane, it)
	}
}

// wait lets time pass between two actions.
func (p *person) wait() { p.now += p.pause() }

// perhaps takes one item beside what the scenario is about.
func (p *person) perhaps() {
	if p.chance(alsoTakes) {
		p.wait()
		p.take(p.lane(1), 1)
	}
}

// beside draws a lane next to another one on its shelf of perRow lanes.
func (p *person) beside(lane, perRow int) int {
	switch (lane - 1) % perRow {
	case 0:
		return lane + 1
	case perRow - 1:
		return lane - 1
	}
	return lane + 2*p.IntN(2) - 1
}

func (p *person) grams(from, to float64) larder.Gram { return larder.Gram(p.logUniform(from, to)) }
