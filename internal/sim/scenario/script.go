package scenario

import (
	"larder"
	"larder/internal/sim/physics"
)

func (p *person) single() { p.take(p.lane(1), 1) }

// multi takes from one to four lanes, one to four at a time, two items at least.
func (p *person) multi() {
	grabs, taken := p.between(1, 4), 0
	var lanes []int
	for i := range grabs {
		if i > 0 {
			p.wait()
		}
		n := 1
		if p.chance(0.3) {
			n = p.between(2, 4)
		}
		lane := p.lane(n, lanes...)
		if lane == 0 {
			break
		}
		lanes = append(lanes, lane)
		taken += len(p.take(lane, n))
	}
	if taken == 1 {
		p.wait()
		p.take(p.lane(1), 1)
	}
}

func (p *person) putBack() {
	lane := p.lane(1)
	items := p.take(lane, 1)
	p.wait()
	p.put(lane, items...)
	p.perhaps()
}

func (p *person) nothing() { p.now += p.moments(lookMin, lookMax) }

func (p *person) hesitate() {
	lane := p.lane(1)
	done, err := p.cabinet.Hesitate(p.now, lane, 1)
	p.note(done, err, lane)
	p.perhaps()
}

// grabSlam grabs with both hands: the next one comes before the first has gone.
func (p *person) grabSlam() {
	at := p.now
	for range p.between(1, 4) {
		lane, n := p.lane(2), p.between(1, 2)
		items, done, err := p.cabinet.Take(at, lane, n)
		p.note(done, err, lane, items...)
		at += p.moments(grabMin, grabMax)
	}
	p.leave = p.moments(slamMin, slamMax)
}

func (p *person) misplace() {
	from := p.lane(1)
	items := p.take(from, 1)
	p.wait()
	p.put(p.lane(0, from), items...)
	p.perhaps()
}

func (p *person) press() {
	for i := range p.between(1, 3) {
		if i > 0 {
			p.wait()
		}
		lane := p.lane(0)
		done, err := p.cabinet.Touch(p.now, lane)
		p.note(done, err, lane)
	}
	p.perhaps()
}

func (p *person) foreign() {
	if p.chance(alsoTakes) {
		p.take(p.lane(1), 1)
		p.wait()
	}
	p.place(p.lane(0), p.grams(foreignMin, foreignMax))
}

func (p *person) place(lane int, mass larder.Gram) {
	_, done, err := p.cabinet.Place(p.now, lane, mass)
	p.note(done, err, lane)
}

func (p *person) swap() {
	lane := p.lane(1)
	for _, it := range p.take(lane, 1) {
		p.now += p.moments(swapMin, swapMax)
		p.place(lane, it.Mass*larder.Gram(1+swapMismatch*p.NormFloat64()))
	}
}

func (p *person) rearrange() {
	a := p.lane(1)
	b := p.lane(1, a)
	first := p.take(a, 1)
	p.wait()
	second := p.take(b, 1)
	p.wait()
	p.put(b, first...)
	p.wait()
	p.put(a, second...)
}

// lean takes one item, and either the one behind it tips over, or the customer brings theirs back and
// leaves it askew.
func (p *person) lean() {
	lane := p.lane(2)
	items := p.take(lane, 1)
	if p.chance(0.5) {
		p.wait()
		p.put(lane, items...)
	}
	contents := p.cabinet.Contents(lane)
	p.tip(lane, contents[len(contents)-1])
}

func (p *person) tip(lane int, it physics.Item) {
	at := p.now + p.moments(0, grabMin)
	onto := p.beside(lane, perRow)
	err := p.cabinet.Lean(at, lane, onto, it.ID, p.uniform(leanMin, leanMax))
	p.note(at, err, lane, it)
	p.touched[onto] = true
}

func (p *person) partial() {
	lane := p.lane(1)
	items := p.take(lane, 1)
	p.now += p.moments(lookMin, lookMax)
	for _, it := range items {
		it.Mass *= larder.Gram(1 - p.uniform(eatenMin, eatenMax))
		p.put(lane, it)
	}
	p.perhaps()
}

func (p *person) wedge() {
	p.single()
	lane := p.lane(1)
	p.note(p.now, p.cabinet.Wedge(lane, p.grams(wedgeMin, wedgeMax)), lane)
}
