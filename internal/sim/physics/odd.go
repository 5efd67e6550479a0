package physics

import (
	"fmt"

	"larder"
)

// lean is the share of an object's weight that rests on a lane beside its own.
type lean struct {
	onto int     // index
	mass float64 // grams
}

// Lean makes an object of a lane tip over at a moment, so that a share of its weight (0 to 1) rests on
// the lane beside it, until a hand takes the object. What leans already stays as it is.
func (c *Cabinet) Lean(at Moment, lane, onto, id int, share float64) error {
	l, err := c.reach(lane)
	if err != nil {
		return err
	}
	k := l.find(id)
	if k < 0 {
		return fmt.Errorf("lean item %d of lane %d: %w", id, lane, ErrNotHere)
	}
	beside := c.neighbors(lane - 1)
	if _, twice := c.leaning[id]; twice {
		return nil
	}
	if onto < 1 || onto-1 != beside[0] && onto-1 != beside[1] || !(share >= 0 && share <= 1) {
		return fmt.Errorf("lean item %d of lane %d onto lane %d with %v of its weight: %w", id, lane, onto, share, ErrNoLane)
	}
	mass := share * float64(l.items[k].Mass)
	c.leaning[id] = lean{onto: onto - 1, mass: mass}
	c.plan(change{at: at, lane: lane - 1, load: -mass, seat: c.seat()})
	c.plan(change{at: at, lane: onto - 1, load: mass, seat: c.seat()})
	c.strike(at, onto-1, mass, ringTakeMin, ringTakeMax)
	c.busy = max(c.busy, at)
	return nil
}

// upright takes the weight of an object that is lifted at a moment from the lane it leans on, and
// returns how many grams its own lane does not lose.
func (c *Cabinet) upright(at Moment, id int) float64 {
	l, ok := c.leaning[id]
	if !ok {
		return 0
	}
	delete(c.leaning, id)
	c.plan(change{at: at, lane: l.onto, load: -l.mass, seat: c.seat()})
	return l.mass
}

// wedge is a force with which a shut door presses on the goods of a lane.
type wedge struct {
	lane  int // index
	force float64
}

// Wedge lets the next close press on a lane's goods with a force in grams, until the door opens.
func (c *Cabinet) Wedge(lane int, force larder.Gram) error {
	l, err := c.reach(lane)
	if err != nil {
		return err
	}
	if !force.Known() {
		return fmt.Errorf("wedge lane %d with %v g: not a force", lane, float64(force))
	}
	c.wedged = append(c.wedged, wedge{lane: l.number - 1, force: float64(force)})
	return nil
}

// jam lets the wedges press from a moment on.
func (c *Cabinet) jam(at Moment) {
	for _, w := range c.wedged {
		c.plan(change{at: at, lane: w.lane, load: w.force})
	}
}

// unwedge ends what the latest close has jammed.
func (c *Cabinet) unwedge(at Moment) {
	for _, w := range c.wedged {
		c.plan(change{at: at, lane: w.lane, load: -w.force})
	}
	c.wedged = nil
}
