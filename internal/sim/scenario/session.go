package scenario

import (
	"larder"
	"larder/internal/sim/physics"
)

// Session is one opening as a platform saw it, and the truth of it. [Session.AppendJSON] is its form on
// a line.
type Session struct {
	ID       string // model-seed-number
	Lanes    []Lane
	Readings []Reading // in order of arrival
	Opened   Event
	Closed   Event
	Truth    Truth
}

// Lane is what the platform knows of a lane.
type Lane struct {
	Number   int // from 1, shelf by shelf
	Shelf    int // from 1
	UnitMass larder.Gram
	UnitSD   larder.Gram
	Price    larder.Fen
	Stock    int
	Noise    larder.Gram
}

// Reading is one frame, as it arrived.
type Reading struct {
	Seq     uint64
	At      physics.Moment // the cabinet's clock
	Arrived physics.Moment // the platform's
	Mass    []larder.Gram  // one a lane, whole grams
}

// Event is a message of the door; Lost says that it never came.
type Event struct {
	At, Arrived physics.Moment
	Lost        bool
}

// Truth is what happened.
type Truth struct {
	Model    Model
	Scenario Name
	Lines    []Line  // what left the cabinet, in order of lanes
	Moved    []Move  // what lies in another lane than its own now
	Faults   []Fault // which rare faults had something to do with it, sorted
	Closed   physics.Moment
}

// Line is how many items of a lane's product left the cabinet.
type Line struct{ Lane, Count int }

// Move is items of the lane From that lie in the lane To.
type Move struct{ From, To, Count int }

// Fault names a rare fault of a session. Those of lanes are told of a session only if hands moved
// something there; a frozen lane always, for it may have been any.
type Fault string

// The faults, by the rows of docs/weighing.md section 2.
const (
	FaultCompressor   Fault = "compressor"
	FaultUncalibrated Fault = "uncalibrated"
	FaultGlitchy      Fault = "glitchy"
	FaultBatchShift   Fault = "batch_shift"
	FaultOutlier      Fault = "outlier"
	FaultLedgerOff    Fault = "ledger_off"
	FaultZeros        Fault = "zeros"
	FaultFrozen       Fault = "frozen"
	FaultSteadyHand   Fault = "steady_hand"
	FaultBurst        Fault = "burst"
	FaultStall        Fault = "stall"
	FaultLostTail     Fault = "lost_tail"
	FaultLostOpen     Fault = "lost_open"
	FaultLostClose    Fault = "lost_close"
)
