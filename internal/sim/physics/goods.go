package physics

import (
	"fmt"

	"larder"
)

// Goods is what one lane holds: pieces of one product.
type Goods struct {
	Unit  larder.Gram // the catalog's unit mass; 0 to have it drawn by the table
	CV    float64     // spread of single pieces, relative; 0 to have it drawn
	Count int         // pieces in the lane at the start
}

// Item is one object. Its identity stays with it wherever it is put.
type Item struct {
	ID   int         // from 1, unique in its cabinet
	Home int         // the lane that holds its product, from 1; 0 for a foreign object
	Mass larder.Gram // true mass
	Odd  bool        // an outlier of its batch
}

// Foreign reports whether the object is none of the cabinet's goods.
func (i Item) Foreign() bool { return i.Home == 0 }

func (g Goods) check(lane int) error {
	switch {
	case !g.Unit.Known() || g.Unit < 0:
		return fmt.Errorf("lane %d: unit mass %v g is not a mass", lane, float64(g.Unit))
	case !(g.CV >= 0 && g.CV < 1): // also refuses NaN
		return fmt.Errorf("lane %d: spread %v is outside 0..1", lane, g.CV)
	case g.Count < 0:
		return fmt.Errorf("lane %d: %d pieces", lane, g.Count)
	}
	return nil
}

// drawGoods returns goods for a lane about which nothing is said.
func drawGoods(d dice) Goods {
	return Goods{Unit: drawUnit(d), Count: d.between(drawnMin, drawnMax)}
}

func drawUnit(d dice) larder.Gram {
	u := d.Float64()
	for _, b := range unitBands {
		if u -= b.share; u < 0 {
			if b.log {
				return larder.Gram(d.logUniform(b.from, b.to))
			}
			return larder.Gram(d.uniform(b.from, b.to))
		}
	}
	last := unitBands[len(unitBands)-1]
	return larder.Gram(d.uniform(last.from, last.to))
}

// stock fills a lane: it settles what its batch weighs on average, and makes its pieces.
func (c *Cabinet) stock(l *lane, g Goods) {
	if g.Unit == 0 {
		g.Unit = drawUnit(c.hands)
	}
	if g.CV == 0 && c.faults.Spread {
		g.CV = c.hands.lognormal(cvMedian, cvSpread, cvMin, or(c.faults.SpreadMax, cvMax))
	}
	l.goods, l.batch = g, float64(g.Unit)
	if c.faults.Spread {
		// the catalog's mean comes from a few pieces: the product's own mean lies beside it
		l.batch *= 1 + c.hands.normal(g.CV)/sqrtCatalogItems
	}
	if c.hands.chance(c.faults.BatchShifts) {
		l.batch *= 1 + c.hands.normal(batchSpread)
		l.defects.BatchShifted = true
		c.tally.BatchShifts++
	}
	l.items = make([]Item, 0, g.Count)
	for range g.Count {
		it := c.produce(l)
		l.items = append(l.items, it)
		l.load += float64(it.Mass)
	}
	l.booked = g.Count
	if c.hands.chance(c.faults.LedgerOff) {
		l.booked = max(l.booked+int(c.hands.sign()), 0)
		l.defects.LedgerOff = true
		c.tally.LedgerOff++
	}
}

// produce makes one piece of the lane's batch.
func (c *Cabinet) produce(l *lane) Item {
	c.lastItem++
	mass, odd := l.batch, false
	if c.faults.Spread {
		mass *= 1 + c.hands.normal(l.goods.CV)
	}
	if c.hands.chance(c.faults.Outliers) {
		mass *= 1 + c.hands.uniform(outlierMin, outlierMax)
		odd = true
		c.tally.Outliers++
	}
	return Item{ID: c.lastItem, Home: l.number, Mass: larder.Gram(max(mass, 0)), Odd: odd}
}
