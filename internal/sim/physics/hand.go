package physics

import (
	"fmt"
	"math"
	"slices"

	"larder"
)

// Take reaches into a lane at a moment and takes the n foremost objects. The hand presses or lifts
// first; the objects leave when it goes, at the moment returned. The truth counts them at once.
func (c *Cabinet) Take(at Moment, lane, n int) ([]Item, Moment, error) {
	l, err := c.reach(lane)
	if err != nil {
		return nil, at, err
	}
	if n < 1 || n > len(l.items) {
		return nil, at, fmt.Errorf("take %d of %d in lane %d: %w", n, len(l.items), lane, ErrNotEnough)
	}
	k := len(l.items) - n
	items := slices.Clone(l.items[k:])
	l.items = l.items[:k]
	return items, c.lift(at, l, items), nil
}

// Pick takes one object by its identity, wherever it stands in the lane: what was misplaced, what
// is foreign. Otherwise it is [Cabinet.Take].
func (c *Cabinet) Pick(at Moment, lane, id int) (Item, Moment, error) {
	l, err := c.reach(lane)
	if err != nil {
		return Item{}, at, err
	}
	k := l.find(id)
	if k < 0 {
		return Item{}, at, fmt.Errorf("pick item %d from lane %d: %w", id, lane, ErrNotHere)
	}
	item := l.items[k]
	l.items = slices.Delete(l.items, k, k+1)
	return item, c.lift(at, l, []Item{item}), nil
}

// PutBack sets an object that is outside into a lane, its own or another, at a moment: it lands at
// once and the hand stays on it until the moment returned. The object's mass may have become less
// since it was taken.
func (c *Cabinet) PutBack(at Moment, lane int, item Item) (Moment, error) {
	l, err := c.reach(lane)
	if err != nil {
		return at, err
	}
	known, ok := c.out[item.ID]
	if !ok {
		return at, fmt.Errorf("put item %d into lane %d: %w", item.ID, lane, ErrNotOut)
	}
	if item.Mass.Known() && item.Mass >= 0 && item.Mass < known.Mass {
		known.Mass = item.Mass
	}
	return c.land(at, l, known), nil
}

// Place leaves a foreign object in a lane and returns it; otherwise it is [Cabinet.PutBack].
func (c *Cabinet) Place(at Moment, lane int, mass larder.Gram) (Item, Moment, error) {
	l, err := c.reach(lane)
	if err != nil {
		return Item{}, at, err
	}
	if !mass.Known() || mass < 0 {
		return Item{}, at, fmt.Errorf("place %v g in lane %d: not a mass", float64(mass), lane)
	}
	c.lastItem++
	item := Item{ID: c.lastItem, Mass: mass}
	return item, c.land(at, l, item), nil
}

// Hesitate lifts the n foremost objects of a lane and sets them back 0.25 to 1.2 s later; it returns
// when the hand is gone.
func (c *Cabinet) Hesitate(at Moment, lane, n int) (Moment, error) {
	items, done, err := c.Take(at, lane, n)
	if err != nil {
		return at, err
	}
	done += c.hands.moments(hesitateMin, hesitateMax)
	l := c.lanes[lane-1]
	return c.land(done, l, items...), nil
}

// Touch presses on a lane without taking anything, and returns when the hand is gone.
func (c *Cabinet) Touch(at Moment, lane int) (Moment, error) {
	l, err := c.reach(lane)
	if err != nil {
		return at, err
	}
	end := c.grip(at, l)
	c.plan(change{at: end, lane: l.number - 1, seat: c.seat()})
	return end, nil
}

// reach returns the lane if a hand can get there.
func (c *Cabinet) reach(lane int) (*lane, error) {
	l, err := c.lane(lane)
	if err == nil && !c.open {
		err = fmt.Errorf("lane %d: %w", lane, ErrShut)
	}
	return l, err
}

// lift takes items, which have left the lane's list, out of the cabinet.
func (c *Cabinet) lift(at Moment, l *lane, items []Item) Moment {
	end := c.grip(at, l)
	mass := 0.0
	for _, it := range items {
		mass += float64(it.Mass) - c.upright(end, it.ID)
		c.out[it.ID] = it
		if !it.Foreign() {
			c.taken[it.Home-1]++
		}
	}
	c.plan(change{at: end, lane: l.number - 1, load: -mass, seat: c.seat()})
	c.strike(end, l.number-1, mass, ringTakeMin, ringTakeMax)
	return end
}

// land sets items into a lane.
func (c *Cabinet) land(at Moment, l *lane, items ...Item) Moment {
	mass := 0.0
	for _, it := range items {
		mass += float64(it.Mass)
		if _, wasOut := c.out[it.ID]; wasOut && !it.Foreign() {
			c.taken[it.Home-1]--
		}
		delete(c.out, it.ID)
		l.items = append(l.items, it)
	}
	c.plan(change{at: at, lane: l.number - 1, load: mass, seat: c.seat()})
	c.strike(at, l.number-1, mass, ringPlaceMin, ringPlaceMax)
	return c.grip(at, l)
}

// grip is a hand on a lane from a moment on; it may brush a neighbor. It returns when the hand goes.
func (c *Cabinet) grip(at Moment, l *lane) Moment {
	end := at
	if c.faults.Hand {
		d := c.hands
		span := d.lognormal(handMedian, handSpread, handMin, handMax)
		if d.chance(handSlowRate) {
			span = d.uniform(handSlowMin, handSlowMax)
		}
		force := d.lognormal(forceMedian, forceSpread, forceMin, forceMax)
		if d.chance(liftRate) {
			force = -force
		}
		end += Moment(span)
		if d.chance(c.faults.SteadyHands) {
			end = c.rest(at, l, math.Abs(force))
		} else {
			l.disturb(press(at, end, force))
		}
		if d.chance(brushRate) {
			c.brush(at, end, l.number-1, force)
		}
	}
	c.busy = max(c.busy, end)
	return end
}

// rest is a hand that lies on a lane from a moment on with a force that hardly changes. It returns
// when the hand goes.
func (c *Cabinet) rest(at Moment, l *lane, force float64) Moment {
	c.tally.SteadyHands++
	end := at + c.hands.moments(restMin, restMax)
	l.disturb(steady(at, end, force, max(1+c.hands.normal(restChange), 0)))
	return end
}

// brush lets a hand at lane index i also touch one of the lanes beside it.
func (c *Cabinet) brush(from, to Moment, i int, force float64) {
	beside := c.neighbors(i)
	j := beside[c.hands.IntN(2)]
	if j < 0 {
		j = max(beside[0], beside[1])
	}
	if j < 0 {
		return // a shelf with a single lane
	}
	share := c.hands.uniform(brushShareMin, brushShareMax)
	c.lanes[j].disturb(press(from, to, force*share))
	c.plan(change{at: to, lane: j, seat: c.seat()})
}

// strike makes the shelf ring where mass left or landed.
func (c *Cabinet) strike(at Moment, i int, mass, least, most float64) {
	if !c.faults.Ring {
		return
	}
	mass *= or(c.faults.RingFactor, 1)
	from, to := c.shelf(i)
	for j := from; j < to; j++ {
		share := c.hands.uniform(ringShelfMin, ringShelfMax)
		if j == i {
			share = c.hands.uniform(least, most)
		}
		c.lanes[j].disturb(c.hands.ring(at, mass*share))
	}
}

// seat draws how far one touch shifts a lane's reading.
func (c *Cabinet) seat() float64 {
	switch {
	case !c.faults.Seat:
		return 0
	case c.hands.chance(or(c.faults.SeatTail, seatOddRate)):
		return c.hands.sign() * c.hands.uniform(seatOddMin, seatOddMax)
	}
	return c.hands.normal(seatSpread)
}

// plan files a change of the load in order of time.
func (c *Cabinet) plan(ch change) {
	k := len(c.due)
	for k > 0 && c.due[k-1].at > ch.at {
		k--
	}
	c.due = slices.Insert(c.due, k, ch)
}
