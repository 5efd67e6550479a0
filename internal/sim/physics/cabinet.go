package physics

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"larder"
)

// What a hand cannot do. The errors returned wrap them and name the lane.
var (
	ErrNoLane    = errors.New("no such lane")
	ErrNotEnough = errors.New("not so many pieces in the lane")
	ErrNotOut    = errors.New("the item is not out of the cabinet")
	ErrNotHere   = errors.New("the item is not in the lane")
	ErrShut      = errors.New("the door is shut")
)

// Config describes a cabinet. Its zero value is F1's: 5 shelves of 4 lanes, goods drawn, no faults.
type Config struct {
	Shelves int // default 5
	PerRow  int // lanes a shelf; default 4
	// Goods are one a lane, in the order of the lanes' numbers, shelf by shelf; nil draws them all.
	Goods  []Goods
	Faults Faults
}

// Cabinet is one body. See the package's card for what it guarantees.
type Cabinet struct {
	faults Faults
	hands  dice // what happens: drawn by actions, never by readings
	noise  dice // what is read: drawn by readings only
	perRow int
	lanes  []*lane
	out    map[int]Item // items that are outside, by id
	taken  []int        // by lane index: pieces of its product that are outside
	before []int        // taken, as of the last opening

	open     bool
	opened   bool         // ever
	openedAt Moment       // the latest opening
	shutAt   Moment       // the latest close
	now      Moment       // everything due until here has been applied
	read     Moment       // the last frame's
	leaning  map[int]lean // by item
	wedged   []wedge      // for the next close, or since the latest one
	due      []change     // what hands and door do, in order of time
	busy     Moment
	loud     bool // the compressor runs
	zeroFrom Moment
	zeroTo   Moment
	lastItem int
	tally    Tally
	sum      []float64 // scratch of a frame
}

// change is what happens to the load at a moment.
type change struct {
	at   Moment
	lane int     // index, or everyLane
	load float64 // grams that come (or go)
	seat float64 // shift of the reading
	air  float64 // for everyLane: strength of the air from now on
}

const everyLane = -1

// New builds a cabinet whose chances all come from rng, which it does not keep.
func New(cfg Config, rng *rand.Rand) (*Cabinet, error) {
	if cfg.Shelves == 0 {
		cfg.Shelves = 5
	}
	if cfg.PerRow == 0 {
		cfg.PerRow = 4
	}
	n := cfg.Shelves * cfg.PerRow
	switch {
	case rng == nil:
		return nil, errors.New("a simulated cabinet needs a seeded generator")
	case cfg.Shelves < 0 || cfg.PerRow < 0 || n > 256:
		return nil, fmt.Errorf("a cabinet of %d shelves with %d lanes each", cfg.Shelves, cfg.PerRow)
	case cfg.Goods != nil && len(cfg.Goods) != n:
		return nil, fmt.Errorf("%d kinds of goods for %d lanes", len(cfg.Goods), n)
	}
	seed := dice{rng}
	c := &Cabinet{
		faults: cfg.Faults, hands: seed.fork(), noise: seed.fork(),
		perRow: cfg.PerRow, lanes: make([]*lane, n),
		out: make(map[int]Item), leaning: make(map[int]lean), taken: make([]int, n), before: make([]int, n),
		sum: make([]float64, n),
	}
	for i := range c.lanes {
		c.lanes[i] = c.newLane(i + 1)
		if cfg.Goods == nil {
			c.stock(c.lanes[i], drawGoods(c.hands))
			continue
		}
		if err := cfg.Goods[i].check(i + 1); err != nil {
			return nil, err
		}
		c.stock(c.lanes[i], cfg.Goods[i])
	}
	c.startCompressor()
	return c, nil
}

// Lanes returns how many lanes the cabinet has; they are numbered from 1, shelf by shelf.
func (c *Cabinet) Lanes() int { return len(c.lanes) }

// Unit returns the catalog's unit mass of a lane's product, or [larder.NoMass] for no lane.
func (c *Cabinet) Unit(lane int) larder.Gram {
	if l, err := c.lane(lane); err == nil {
		return l.goods.Unit
	}
	return larder.NoMass
}

// Spread returns the true spread of a lane's pieces, relative; 0 for no lane. A platform knows what
// some weighed pieces tell of it.
func (c *Cabinet) Spread(lane int) float64 {
	if l, err := c.lane(lane); err == nil {
		return l.goods.CV
	}
	return 0
}

// Booked returns how many pieces the books said were in the lane at the start: the truth, or one
// off where that fault is played.
func (c *Cabinet) Booked(lane int) int {
	if l, err := c.lane(lane); err == nil {
		return l.booked
	}
	return 0
}

// RatedNoise returns what the platform believes of the lane's frame noise (one standard deviation);
// it is off by 15 % (one standard deviation) of the truth.
func (c *Cabinet) RatedNoise(lane int) larder.Gram {
	if l, err := c.lane(lane); err == nil {
		return l.rated
	}
	return larder.NoMass
}

// Contents returns what lies in a lane, the foremost last; nil for no lane.
func (c *Cabinet) Contents(lane int) []Item {
	l, err := c.lane(lane)
	if err != nil {
		return nil
	}
	return slices.Clone(l.items)
}

// Taken returns the truth of the opening: for each lane whose product is now outside in another
// number than at the last opening, the difference. A product that is misplaced into another lane
// was not taken; one brought back from an earlier opening counts -1.
func (c *Cabinet) Taken() map[int]int {
	taken := make(map[int]int)
	for i, n := range c.taken {
		if d := n - c.before[i]; d != 0 {
			taken[i+1] = d
		}
	}
	return taken
}

// Outside returns, by lane index, how many pieces of the lane's product are outside now: what
// [Cabinet.Taken] counts, from the start on.
func (c *Cabinet) Outside() []int { return slices.Clone(c.taken) }

// IsOpen reports whether the door is open.
func (c *Cabinet) IsOpen() bool { return c.open }

// Busy returns when the last hand leaves. A door does not close before.
func (c *Cabinet) Busy() Moment { return c.busy }

// Loud reports whether the compressor runs.
func (c *Cabinet) Loud() bool { return c.loud }

// Tally returns which rare faults have fired so far.
func (c *Cabinet) Tally() Tally { return c.tally }

func (c *Cabinet) lane(number int) (*lane, error) {
	if number < 1 || number > len(c.lanes) {
		return nil, fmt.Errorf("lane %d of %d: %w", number, len(c.lanes), ErrNoLane)
	}
	return c.lanes[number-1], nil
}

// shelf returns the indexes [from, to) of the lanes on the shelf of a lane's index.
func (c *Cabinet) shelf(i int) (from, to int) {
	from = i / c.perRow * c.perRow
	return from, from + c.perRow
}

// neighbors returns the indexes of the lanes beside one, -1 where the shelf ends.
func (c *Cabinet) neighbors(i int) [2]int {
	from, to := c.shelf(i)
	beside := [2]int{i - 1, i + 1}
	if i == from {
		beside[0] = -1
	}
	if i == to-1 {
		beside[1] = -1
	}
	return beside
}
