package weigh

import (
	"fmt"
	"math"

	"larder"
)

// Limits of what one recognizer accepts. They bound memory (8 bytes a cell) and time (about 50 ns a
// cell): a door that stands open for 100 minutes in front of 20 lanes still fits.
const (
	MaxLanes    = 400
	MaxReadings = 20_000
	maxCells    = 400_000 // readings times lanes

	// maxMass is the heaviest believable reading of a lane, in grams: fourteen bottles of 1.5 kg weigh
	// 21 kg, and a register of 15 bits full of ones says 32,767.
	maxMass = 32_000
	// maxMoment bounds moments to the year 33,658, so that no difference of two overflows.
	maxMoment = 1_000_000_000_000_000
)

// What stands in for what the platform does not know about a lane.
const (
	defaultNoise = 1.0   // grams a frame; the median of cheap cells is 0.9
	defaultCV    = 0.015 // spread of a product's pieces; the measured median is 1.3 %
)

// StockUnknown is the stock of a lane whose ledger is not known: any count is possible then.
const StockUnknown = math.MinInt

// Lane is what the platform knows about one lane as of the door's opening. Lanes are named by their
// position in the slice given to [New], from 0.
type Lane struct {
	Shelf    int         // lanes of one shelf share a frame: a step of one shows on the others
	UnitMass larder.Gram // mean mass of a piece; 0 or [larder.NoMass] if the lane holds no known product
	UnitSD   larder.Gram // spread of the pieces' masses, 1 sd; 0 or NoMass if unknown
	Price    larder.Fen  // of a piece
	Stock    int         // pieces by the ledger; below 0 counts as 0; or [StockUnknown]
	Noise    larder.Gram // 1 sd of a frame at rest; 0 or NoMass if unknown (a stuck lane is then not recognized)
	// Quarantined says that the lane's scale is not to be believed ([larder/internal/core/weigh/health]):
	// whatever it lost, a person decides (BY6).
	Quarantined bool
}

// Reading is one frame of weights: all lanes at one moment. A repeated frame has the same Seq and
// At; whether it is one of the fast frames of an open door follows from its neighbors in time.
type Reading struct {
	Seq     uint64
	At      larder.Millis // the cabinet's clock
	Arrived larder.Millis // the platform's clock
	Mass    []larder.Gram // one per lane, [larder.NoMass] where a lane gave none
}

// lane is a Lane made ready for arithmetic: unknowns are replaced.
type lane struct {
	shelf  int
	unit   float64 // grams; 0: no known product
	unitSD float64 // grams
	price  larder.Fen
	stock  int     // at least 0; math.MaxInt/2 if unknown
	noise  float64 // grams a frame
	learnt bool    // the noise was given, not assumed
	barred bool    // the scale is in quarantine
}

// sells reports whether something can be charged from the lane.
func (l lane) sells() bool { return l.unit > 0 }

// readLane checks one lane; its error does not name the lane.
func readLane(in Lane) (lane, error) {
	unit, err := optional("unit mass", in.UnitMass, maxMass)
	if err != nil {
		return lane{}, err
	}
	sd, err := optional("unit mass sd", in.UnitSD, maxMass)
	if err != nil {
		return lane{}, err
	}
	noise, err := optional("noise", in.Noise, maxMass)
	if err != nil {
		return lane{}, err
	}
	if in.Price < 0 {
		return lane{}, fmt.Errorf("price %d fen is below zero", int64(in.Price))
	}
	out := lane{shelf: in.Shelf, price: in.Price, unit: unit, unitSD: sd, noise: noise, learnt: noise > 0, stock: max(in.Stock, 0), barred: in.Quarantined}
	if in.Stock == StockUnknown {
		out.stock = math.MaxInt / 2
	}
	if sd == 0 {
		out.unitSD = defaultCV * unit
	}
	if noise == 0 {
		out.noise = defaultNoise
	}
	return out, nil
}

// optional reads a mass that may be unknown: 0 and NaN are, and give 0.
func optional(what string, g larder.Gram, limit float64) (float64, error) {
	x := float64(g)
	if math.IsNaN(x) {
		return 0, nil
	}
	if x < 0 || x > limit {
		return 0, fmt.Errorf("%s %v g is outside 0..%v g", what, x, limit)
	}
	return x, nil
}

// checkMoments refuses times that no clock shows.
func checkMoments(ms ...larder.Millis) error {
	for _, m := range ms {
		if m < -maxMoment || m > maxMoment {
			return fmt.Errorf("time %d ms is outside ±%d", int64(m), int64(maxMoment))
		}
	}
	return nil
}
