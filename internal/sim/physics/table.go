package physics

// The figures of fault model F1: docs/weighing.md section 2, in its order. Masses in grams, times in
// milliseconds, angles in radians. Where the table leaves a choice open, the comment says which
// was made.

// Frame noise: the standard deviation of a fast frame, drawn once a lane.
const (
	noiseMedian = 0.9
	noiseSpread = 0.65 // of the logarithm
	noiseMin    = 0.5
	noiseMax    = 5

	compressorFactor = 2    // on the noise of every lane, while the compressor runs
	estimateError    = 0.15 // of the platform's own idea of a lane's noise, relative
)

// A frame is the mean of three conversions, the last of them at the frame's moment.
const (
	samples       = 3
	sampleSpacing = 100
	resolution    = 1.0
)

// Zero and gain.
const (
	zeroSpread         = 15
	gainSpread         = 0.0015
	uncalibratedSpread = 0.015
)

// Creep: the share of a step that follows late. The share belongs to the load cell, so it is drawn
// once a lane.
const (
	creepSpread = 0.0007
	creepTau    = 60_000
)

// Drift: a random walk, and the cold air that an opening lets out (or the warm air it lets in). A
// lane's answer to it belongs to the lane; how much air moved belongs to the opening.
const (
	driftStep   = 0.25
	driftPeriod = 90_000
	airSpread   = 1
	airMin      = 0.3
	airMax      = 1.5
	airTau      = 40_000
)

// Seat: each touch leaves the lane's goods, or its plate, a little elsewhere.
const (
	seatSpread  = 0.8
	seatOddRate = 0.03
	seatOddMin  = 3
	seatOddMax  = 8
)

// Hand: a half-sine before a take and after a place.
const (
	handMedian    = 450
	handSpread    = 0.6 // of the logarithm
	handMin       = 60  // the lognormal's tail below is no hand
	handMax       = 3000
	handSlowRate  = 0.1
	handSlowMin   = 1000
	handSlowMax   = 3000
	forceMedian   = 60
	forceSpread   = 1.0 // of the logarithm
	forceMin      = 5
	forceMax      = 1500
	liftRate      = 0.25
	brushRate     = 0.15
	hesitateMin   = 250 // from the lift to the return
	hesitateMax   = 1200
	brushShareMin = 0.1 // the table does not say how hard: lighter than the hand itself
	brushShareMax = 0.6

	// A steady hand, of F2: the tables say neither how long it stays, nor how even its force is.
	restMin    = 1000
	restMax    = 6000
	restChange = 0.15 // of the force, from the beginning to the end
	restRise   = 150  // it comes and goes in so long
)

// Ring: a damped oscillation of random phase where an item left or landed; the lanes of the same
// shelf ring with a share of the same item's mass.
const (
	ringTakeMin  = 0.05
	ringTakeMax  = 0.25
	ringPlaceMin = 0.2
	ringPlaceMax = 1.0
	ringShelfMin = 0.02
	ringShelfMax = 0.08
	ringHertzMin = 2
	ringHertzMax = 5
	ringTauMin   = 250
	ringTauMax   = 600
	ringTaus     = 9 // after nine time constants a ring of 1.5 kg is below 0.2 g: over
)

// Crosstalk: the share of a step that the lane beside it shows for good.
const crosstalkSpread = 0.003

// Door: all lanes ring. The spread of the logarithm makes 3 to 120 g about three deviations; each
// lane takes its own share of the blow.
const (
	slamMedian   = 15
	openMedian   = 5
	slamSpread   = 0.7
	slamMin      = 3
	slamMax      = 120
	openMin      = 1
	openMax      = 40
	slamShareMin = 0.6
	slamShareMax = 1.4
)

// fastTail is how long fast frames go on after the close (requirement DV3): a session is over then.
const fastTail = 8_000

// Bad readings.
const (
	glitchyRate    = 0.03 // per reading of a glitchy lane
	spikeSpread    = 400
	fullScaleMin   = 10 // 2^k-1 for k in this range
	fullScaleMax   = 24
	zeroFramesMin  = 1
	zeroFramesMax  = 12
	zeroFrame      = 300    // one frame of an all-zero span
	zeroStartLater = 10_000 // a span begins up to so long after the opening, or
	zeroTailLater  = 6_000  // after the close, with equal chance
)

// Frozen lanes.
const (
	frozenRecoverRate = 0.4
	frozenMin         = 3_000
	frozenMax         = 10_000
	frozenLater       = 5_000 // it freezes up to so long after the opening
)

// Goods.
const (
	cvMedian     = 0.012
	cvSpread     = 0.6 // of the logarithm
	cvMin        = 0.003
	cvMax        = 0.04
	catalogItems = 10 // the catalog's unit mass is the mean of so many pieces
	batchSpread  = 0.04
	outlierMin   = -0.25
	outlierMax   = 0.15
	drawnMin     = 5 // pieces in a lane whose goods are drawn
	drawnMax     = 14
)

// unitBands says how unit masses are spread over a cabinet's products.
var unitBands = []struct {
	share    float64 // of the products; the shares sum to 1
	from, to float64 // grams
	log      bool    // uniform in the logarithm
}{
	{0.35, 330, 620, false},
	{0.15, 200, 330, false},
	{0.35, 40, 200, true},
	{0.12, 15, 40, true},
	{0.03, 800, 1500, false},
}
