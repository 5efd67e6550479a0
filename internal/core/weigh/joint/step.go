package joint

// Lane is what matters of one lane. Masses are in grams.
type Lane struct {
	Unit   float64 // mean mass of a piece; 0 if the lane holds no known product
	SD     float64 // spread of the pieces
	MeanSD float64 // what is not known of Unit
	Stock  int     // pieces by the ledger, at least 0
	Shelf  int     // what stands on one lane may lean on another of its shelf
}

// Step is one change of one lane between two levels.
type Step struct {
	Lane  int
	At    int64   // milliseconds
	From  int64   // milliseconds; the old level's last moment
	To    int64   // milliseconds; the new level's first moment
	Loss  float64 // grams that left the lane; negative for a gain
	Var   float64 // of Loss, by the noise of both levels and the seat
	Shake float64 // the largest change of a neighbor at the same time, grams
	Door  bool    // the door closed during the step
	Net   bool    // the whole session in one step: any number of pieces may have left
}

// Line is so many pieces of one lane.
type Line struct{ Lane, Count int }

// Act is what a hypothesis says of one step.
type Act uint8

// What a step may mean.
const (
	Seat     Act = iota // nothing moved; the lane's load shifted
	Take                // N own pieces left
	Lift                // what was put here left again, with N own pieces
	Unplace             // a misplaced piece was taken away, with N own pieces
	Return              // N own pieces came back
	Misplace            // N pieces of lane From were put here, while the N own pieces of Own left
	Foreign             // an object that is no piece of this cabinet was put here
	Less                // a piece came back lighter than it was
	Wedge               // the closing door presses on the load
	Odd                 // nothing fits
	Handover            // pieces of lane From came while Own pieces of the lane left
	Hand                // a hand supports or presses the load; the next step of the lane says what it did
	Lean                // the load of a lane of this shelf came to lean on this one, or no longer does
)

var acts = [...]string{
	"seat", "take", "lift", "unplace", "return", "misplace", "foreign", "returned_less", "wedge", "odd", "handover", "hand", "lean",
}

// String returns the name of an act: one word.
func (a Act) String() string {
	if int(a) < len(acts) {
		return acts[a]
	}
	return "unknown"
}

// Move is what one hypothesis says of one step.
type Move struct {
	Act  Act
	N    int // pieces
	From int // the lane whose pieces they are, -1 if nobody's
	Own  int // of Handover, Lift and Unplace: own pieces that left in the same step
}

// Story is one explanation of all steps.
type Story struct {
	Weight float64   // share of the weight of all stories that were kept, 0..1
	Moves  []Move    // one per step
	Out    []Line    // pieces that are out of the cabinet, by lane
	Moved  []Line    // pieces that lie in another lane, by the lane that they left
	Lying  []Line    // what lies where it does not belong: by the lane that it lies in, Count pieces (1 for a foreign object)
	Homes  []int     // of each of Lying: the lane whose product it is, -1 for a foreign object
	Mass   []float64 // grams of each of Lying
	Leans  []Leaning
}

// Leaning is load that one lane carries for another of its shelf.
type Leaning struct {
	From, On int     // lanes
	Mass     float64 // grams that On carries of what stands on From
}
