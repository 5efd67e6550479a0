package physics

// Faults says which rows of fault model F1 a cabinet plays. The ordinary rows are switches; the
// rare ones are rates, so that a test can make a rare thing certain. The zero value is a perfect
// cabinet: readings are the masses.
type Faults struct {
	Noise     bool // frame noise
	Quantize  bool // whole grams
	ZeroGain  bool // each lane's own zero and gain
	Creep     bool
	Drift     bool // random walk
	ColdAir   bool // the opening's change of temperature
	Seat      bool // each touch shifts the lane
	Hand      bool // force and duration of hands, brushed neighbors
	Ring      bool
	Crosstalk bool // static, between neighbors on a shelf
	Slam      bool // the door's blow, at close and, softer, at open
	Spread    bool // pieces of one product differ in mass

	Compressor   float64 // share of the openings from which on noise is doubled, until the next
	Uncalibrated float64 // share of the lanes with ten times the error of gain
	BadReadings  float64 // per reading of any lane: 0, 2^k-1, or far off
	GlitchyLanes float64 // share of the lanes whose readings are bad at 3 %
	ZeroSpans    float64 // share of the openings with 1 to 12 frames of zeros from every lane
	FrozenLanes  float64 // per lane and opening
	BatchShifts  float64 // share of the lanes filled from a batch of another mass
	Outliers     float64 // share of the items that are 25 % lighter to 15 % heavier
	LedgerOff    float64 // share of the lanes whose booked count is wrong by one
}

// Ordinary is a sound cabinet in use: noise, hands, ringing, slam and their like, and none of the
// rare rows.
func Ordinary() Faults {
	return Faults{
		Noise: true, Quantize: true, ZeroGain: true, Creep: true, Drift: true, ColdAir: true,
		Seat: true, Hand: true, Ring: true, Crosstalk: true, Slam: true, Spread: true,
		Compressor: 0.25,
	}
}

// F1 is the whole fault model with the table's rates.
func F1() Faults {
	f := Ordinary()
	f.Uncalibrated = 0.02
	f.BadReadings = 0.001
	f.GlitchyLanes = 0.02
	f.ZeroSpans = 0.02
	f.FrozenLanes = 0.0004
	f.BatchShifts = 0.02
	f.Outliers = 0.003
	f.LedgerOff = 0.02
	return f
}

// Tally counts which rare faults fired, so that a run in which an enabled fault never fired can
// fail.
type Tally struct {
	Compressor   int // openings
	Uncalibrated int // lanes
	BadReadings  int // readings, those of glitchy lanes included
	GlitchyLanes int // lanes
	ZeroFrames   int // frames
	FrozenLanes  int // lanes, per opening
	BatchShifts  int // lanes
	Outliers     int // items
	LedgerOff    int // lanes
}
