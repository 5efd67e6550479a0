package weigh

import (
	"slices"

	"larder"
)

// VerdictKind is what shall be done with a session.
type VerdictKind string

// The verdicts. The words are those of the batch interface.
const (
	Charge   VerdictKind = "charge"    // Lines were taken: charge them
	NoCharge VerdictKind = "no_charge" // nothing of the lanes' products was taken
	Review   VerdictKind = "review"    // a person decides; Lines is a suggestion
)

// Line is one lane's share of a basket. Lane is the position in the slice given to [New].
type Line struct {
	Lane  int `json:"lane"`
	Count int `json:"count"` // at least 1
}

// Alerts: what an operator should look at, whatever the verdict.
const (
	AlertItemMoved     = "item_moved"     // a lane holds a piece of another lane's product
	AlertForeignObject = "foreign_object" // a lane gained a mass that no product explains
	AlertLaneFrozen    = "lane_frozen"    // a lane repeats one value: its sensor is stuck
	AlertStockDiffers  = "stock_differs"  // one piece more left than the ledger held
	AlertCalibrate     = "calibrate"      // the rest is large for the count: check scale or unit mass
	AlertItemLeans     = "item_leans"     // a lane carries part of what stands on another
	AlertLoadWedged    = "load_wedged"    // the closed door presses on a lane's load
	AlertUnknownGoods  = "unknown_goods"  // a lane without a known product changed
)

// Reasons for a review.
const (
	ReasonNoStableWeight  = "no_stable_weight"         // a lane never came to rest after the close (W1, W2)
	ReasonNoWeightBefore  = "no_weight_before_opening" // nothing to compare with
	ReasonNoClose         = "no_close"                 // the door was never seen to close
	ReasonClock           = "door_times_contradict"    // closed before it was opened
	ReasonBetweenCounts   = "between_counts"           // the loss fits no whole number of pieces (DV10)
	ReasonMoreThanStock   = "more_than_stock"          // more pieces than the lane can have held
	ReasonLowConfidence   = "low_confidence"           // another count explains it too
	ReasonQuarantined     = "lane_quarantined"         // a lane whose scale is not to be believed changed (BY6)
	ReasonLaneFrozen      = "lane_frozen"              // a stuck lane may have lost something (W6)
	ReasonUnitError       = "unit_error"               // before and after differ by a factor of 10 or 1000 (W6)
	ReasonMovedUnclear    = "moved_item_unclear"       // what a lane gained can be explained in several ways (DV11)
	ReasonReturnedDiffers = "returned_item_differs"    // what came back is not what was taken out
	ReasonUnknownGoods    = "unknown_goods"            // a lane without a known product lost something
	ReasonEmptied         = "emptied_unseen"           // all is gone and nobody was seen to take it: a scale that failed looks like that (W1)
	ReasonStake           = "stake_too_high"           // the error to be expected costs more than a review
	ReasonUnusual         = "unusual"                  // not a purchase and nothing else, and the policy wants no other
	ReasonTooMany         = "too_many_readings"        // the session outgrew MaxReadings
)

// LaneEvidence is why a lane was counted as it was: what a receipt shows.
//
// Before − After = (Count + Moved)·UnitMass + Rest, where all of them are known.
type LaneEvidence struct {
	Lane     int         `json:"lane"`
	Before   larder.Gram `json:"before_g"`        // level at the opening; null if unknown
	After    larder.Gram `json:"after_g"`         // level after the close; null if unknown
	UnitMass larder.Gram `json:"unit_mass_g"`     // null if the lane holds no known product
	Count    int         `json:"count"`           // pieces that left the cabinet
	Moved    int         `json:"moved"`           // pieces that left this lane for another one
	Rest     larder.Gram `json:"rest_g"`          // what the pieces do not explain; null if unknown
	Known    bool        `json:"known"`           // Before and After are stable levels
	Notes    []string    `json:"notes,omitempty"` // alerts and reasons that concern this lane
}

// Verdict is the outcome of one session. Its slices are never nil, so that JSON has no null lists.
type Verdict struct {
	Kind       VerdictKind    `json:"verdict"`
	Lines      []Line         `json:"lines"`      // in order of lanes; in a review the suggestion
	Confidence float64        `json:"confidence"` // probability that Lines is exactly right, 0..1
	Alerts     []string       `json:"alerts"`     // sorted, without repetition
	Reasons    []string       `json:"reasons"`    // why it is a review; sorted; empty otherwise
	Decided    larder.Millis  `json:"decided_ms"` // the platform's clock
	Lanes      []LaneEvidence `json:"lanes"`      // one per lane, in order
}

// words collects codes once each, sorted.
type words []string

func (w *words) add(word string) {
	if i, found := slices.BinarySearch(*w, word); !found {
		*w = slices.Insert(*w, i, word)
	}
}
