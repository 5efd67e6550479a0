package scenario

import "larder/internal/sim/physics"

// Name says what a customer does.
type Name string

// The scenarios of docs/weighing.md section 2.
const (
	Single    Name = "single"    // takes one item
	Multi     Name = "multi"     // takes several, from one to four lanes, up to four at a time
	PutBack   Name = "put_back"  // takes one, brings it back, perhaps takes another
	Nothing   Name = "nothing"   // looks
	Hesitate  Name = "hesitate"  // lifts and sets back at once, perhaps takes one
	GrabSlam  Name = "grab_slam" // grabs quickly and slams the door
	Misplace  Name = "misplace"  // takes one and puts it into another lane
	Press     Name = "press"     // leans on lanes
	Foreign   Name = "foreign"   // leaves an object of their own
	Swap      Name = "swap"      // puts an object of the same weight in place of an item
	Rearrange Name = "rearrange" // exchanges items of two lanes
	Lean      Name = "lean"      // leaves an item leaning on the neighbor
	Partial   Name = "partial"   // eats a part of an item and brings back the rest
	Wedge     Name = "wedge"     // shuts the door against the goods
)

// Share is how often a scenario happens: out of 1,000 sessions.
type Share struct {
	Name  Name
	Mille int
	play  func(*person)
}

// Shares returns the mix of scenarios; they sum to 1,000.
func Shares() []Share {
	return []Share{
		{Single, 440, (*person).single},
		{Multi, 220, (*person).multi},
		{PutBack, 70, (*person).putBack},
		{Nothing, 60, (*person).nothing},
		{Hesitate, 50, (*person).hesitate},
		{GrabSlam, 50, (*person).grabSlam},
		{Misplace, 40, (*person).misplace},
		{Press, 20, (*person).press},
		{Foreign, 15, (*person).foreign},
		{Swap, 10, (*person).swap},
		{Rearrange, 8, (*person).rearrange},
		{Lean, 7, (*person).lean},
		{Partial, 5, (*person).partial},
		{Wedge, 5, (*person).wedge},
	}
}

// How people move, in milliseconds. The table gives those of hesitate (physics) and grab_slam; the
// rest makes an opening of some ten seconds, as the traces of section 1 have it.
const (
	arriveMin, arriveMax = 800, 4_000 // from the opening to the first hand
	pauseMedian          = 1_500      // between two actions, lognormal
	pauseSpread          = 0.6        // of the logarithm
	pauseMin, pauseMax   = 300, 8_000
	leaveMin, leaveMax   = 500, 3_500 // from the last hand to the close
	lookMin, lookMax     = 2_000, 12_000
	grabMin, grabMax     = 350, 900 // of grab_slam
	slamMin, slamMax     = 200, 600
	swapMin, swapMax     = 300, 4_000 // from the take to the object in its place
)

// What people handle, in grams or shares. The table leaves all but the mismatch of a swap open.
const (
	foreignMin, foreignMax = 20, 900 // even in the logarithm: keys to a bag
	swapMismatch           = 0.02    // one standard deviation
	eatenMin, eatenMax     = 0.2, 0.8
	leanMin, leanMax       = 0.1, 0.6
	wedgeMin, wedgeMax     = 10, 300 // even in the logarithm
	alsoTakes              = 0.5     // chance of a purchase beside what the scenario is about
)

// When the cabinet reports, in milliseconds (requirement DV3).
const (
	idleEvery physics.Moment = 90_000
	fastEvery physics.Moment = 300
	fastTail  physics.Moment = 8_000 // after the close
	idleFore                 = 3     // idle readings before the opening
	idleAft                  = 2     // and after the close
)

// The network's own time, in milliseconds, faults aside: one for a session, and a little for a frame.
const (
	latencyMin, latencyMax = 25, 120
	jitter                 = 25
)
