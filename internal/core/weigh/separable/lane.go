package separable

import (
	"fmt"
	"math"

	"larder"
)

// Limits and what stands in for what is not known of a lane.
const (
	MaxLanes  = 400
	maxMass   = 32_000 // grams; no lane carries more
	maxStock  = 100_000
	usualCV   = 0.015 // spread of a product's pieces; the measured median is 1.3 %
	usualSD   = 1.0   // grams; noise of a frame of a cheap cell, median 0.9
	gainError = 0.004 // of the unit mass: gain of the scale, and one batch against the next
)

// catalogPieces is how many pieces a catalog's unit mass is the mean of, unless it is said how well
// the unit mass is known.
const catalogPieces = 10

// StockUnknown is the stock of a lane whose ledger is not known.
const StockUnknown = math.MinInt

// Lane is one scale and the product that lies on it, or is to lie on it.
type Lane struct {
	Name     Name        // as the caller calls it
	Product  string      // lanes of one product are not mistaken for each other; "" if each is its own
	UnitMass larder.Gram // mean mass of a piece; 0 or [larder.NoMass] if the lane holds no product
	UnitSD   larder.Gram // spread of pieces, 1 sd; NoMass if unknown (1.5 % is assumed then)
	Unsure   larder.Gram // what is not known of UnitMass, 1 sd; NoMass for a catalog's mean of ten pieces
	Noise    larder.Gram // of a frame at rest, 1 sd; NoMass if unknown (1 g is assumed then)
	Price    larder.Fen  // of a piece
	Stock    int         // pieces in the lane when it is full, or now; or [StockUnknown]
}

// lane is a Lane made ready for arithmetic, in grams.
type lane struct {
	Lane
	unit, sd, unsure, noise float64
	assumed                 []string // keys that were not known
}

// sells reports whether there is something to tell apart.
func (l lane) sells() bool { return l.unit > 0 }

// ready checks one lane and fills in what is not known; the error names the key.
func (in Lane) ready() (lane, error) {
	out := lane{Lane: in}
	for _, f := range []struct {
		key string
		in  larder.Gram
		out *float64
	}{
		{keyUnit, in.UnitMass, &out.unit}, {keySD, in.UnitSD, &out.sd},
		{keyUnsure, in.Unsure, &out.unsure}, {keyNoise, in.Noise, &out.noise},
	} {
		x := float64(f.in)
		if math.IsNaN(x) {
			x = -1 // unknown
		} else if x < 0 || x > maxMass {
			return lane{}, fmt.Errorf("%s is %v g, want 0..%d", f.key, x, maxMass)
		}
		*f.out = x
	}
	switch {
	case in.Price < 0:
		return lane{}, fmt.Errorf("%s is %d, want at least 0", keyPrice, int64(in.Price))
	case in.Stock != StockUnknown && (in.Stock < 0 || in.Stock > maxStock):
		return lane{}, fmt.Errorf("%s is %d, want 0..%d", keyStock, in.Stock, maxStock)
	}
	out.unit = max(out.unit, 0)
	if out.noise < 0 {
		out.noise = usualSD
		out.assumed = append(out.assumed, keyNoise)
	}
	if out.sd < 0 {
		out.sd = float64(usualCV * out.unit)
		out.assumed = append(out.assumed, keySD)
	}
	if out.unsure < 0 {
		out.unsure = math.Hypot(float64(gainError*out.unit), out.sd/math.Sqrt(catalogPieces))
	}
	return out, nil
}
