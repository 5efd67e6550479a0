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

	// What model F2 makes harder. Zero is F1's.
	RingFactor  float64 // how much harder goods ring where they leave or land; 0 is 1
	CreepFactor float64 // how much more follows a step late; 0 is 1
	SteadyHands float64 // share of the actions in which the hand rests with a steady force
	Walk        float64 // random walk of each lane while a session lasts, grams in a second
	SeatTail    float64 // share of the touches that shift a lane by 3 to 8 g; 0 is 3 %
	SpreadMax   float64 // largest spread of pieces that is drawn, relative; 0 is 4 %
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

// F2 is the harder model: ringing and creep three times as strong, steady hands in 30 % of the
// actions, a walk of 0.4 g/√s while the session lasts, pieces that differ by up to 8 %, a seat's
// tail of 8 %, 6 % of shifted batches, and every other rare row twice as often.
func F2() Faults {
	f := F1()
	for _, rate := range []*float64{
		&f.Uncalibrated, &f.BadReadings, &f.GlitchyLanes, &f.ZeroSpans, &f.FrozenLanes, &f.Outliers, &f.LedgerOff,
	} {
		*rate *= 2
	}
	f.BatchShifts = 0.06
	f.RingFactor, f.CreepFactor, f.SteadyHands = 3, 3, 0.3
	f.Walk, f.SeatTail, f.SpreadMax = 0.4, 0.08, 0.08
	return f
}

// or returns x, or what stands for it if it is zero.
func or(x, otherwise float64) float64 {
	if x == 0 {
		return otherwise
	}
	return x
}

// Defects are the rare faults that one lane has.
type Defects struct {
	Uncalibrated bool
	Glitchy      bool
	BatchShifted bool
	LedgerOff    bool
	Frozen       bool // at some time since the latest opening
}

// Defects returns the rare faults that a lane has; none for no lane. No platform knows them.
func (c *Cabinet) Defects(lane int) Defects {
	l, err := c.lane(lane)
	if err != nil {
		return Defects{}
	}
	d := l.defects
	d.Frozen = l.frozenTo > l.frozenFrom
	return d
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
	SteadyHands  int // actions
}
