package trace

import (
	"larder"
	"larder/internal/core/weigh"
)

// lanes codes what is known of the lanes; shelf and stock as the differences from the lane before.
type lanes struct {
	names              names
	shelf, stock       number
	price              decimal
	unit, sd, noise    parameter
	quarantined        flag
	barred             flag
	bars               bool  // the form has a place for quarantine
	shelves, inventory int64 // of the lane before
}

func (c *lanes) carry(s *stream, l weigh.RecordedLane) (weigh.RecordedLane, error) {
	var err error
	if l.Name, err = c.names.carry(s, l.Name); err != nil {
		return l, err
	}
	c.shelves += s.int(&c.shelf, int64(l.Shelf)-c.shelves)
	c.inventory += s.int(&c.stock, int64(l.Stock)-c.inventory)
	l.Shelf, l.Stock = int(c.shelves), int(c.inventory)
	l.Price = larder.Fen(c.price.carry(s, int64(l.Price)))
	l.UnitMass = c.unit.carry(s, l.UnitMass)
	l.UnitSD = c.sd.carry(s, l.UnitSD)
	l.Noise = c.noise.carry(s, l.Noise)
	l.Quarantined = s.flag(&c.quarantined, l.Quarantined)
	if c.bars {
		l.Quarantined = s.flag(&c.barred, l.Quarantined)
	}
	return l, nil
}

// decimal codes numbers that people write: many end in zeros.
type decimal struct {
	zeros  [4]flag
	digits number
}

func (c *decimal) carry(s *stream, n int64) int64 {
	zeros := uint64(0)
	for ; zeros < 3 && n != 0 && n%10 == 0; zeros++ {
		n /= 10
	}
	zeros = s.tree(c.zeros[:], zeros, 2)
	n = s.int(&c.digits, n)
	for range zeros {
		n *= 10
	}
	return n
}

// parameter codes one mass that a lane has: whole milligrams as a decimal, or an exception.
type parameter struct {
	exceptions
	mg decimal
	at int
}

func (c *parameter) carry(s *stream, g larder.Gram) larder.Gram {
	mg, ok := milligrams(g)
	c.at = b2i(s.flag(&c.odd[c.at], !ok))
	if c.at == 1 {
		return c.exception(s, g)
	}
	return grams(c.mg.carry(s, mg))
}
