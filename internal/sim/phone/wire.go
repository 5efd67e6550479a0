package phone

import (
	"encoding/json"

	"larder"
)

// What the API says, as far as a shopper's app reads it.

// Visit is one purchase under way, a View of the API.
type Visit struct {
	ID      larder.SessionID  `json:"id"`
	State   string            `json:"state"`
	Outcome string            `json:"outcome"`
	Version int64             `json:"version"`
	Phone   map[string]string `json:"phone"` // raises the provider's page; while awaiting only
	Payment Money             `json:"payment"`
	Basket  Basket            `json:"basket"`
}

// The states and outcomes of a visit that an app tells apart.
const (
	StateAwaiting = "awaiting"
	StateOpen     = "open"
	StateReview   = "review"
	StateEnded    = "ended"

	OutcomeCharged      = "charged"
	OutcomeNothingTaken = "nothing_taken"
	OutcomeCanceled     = "canceled"
	OutcomeNotOpened    = "not_opened"

	PaymentCaptured = "captured"
	PaymentReleased = "released"
)

// Over reports whether nothing more happens at the door: the visit has ended or waits for a person.
func (v Visit) Over() bool { return v.State == StateEnded || v.State == StateReview }

// Settled reports whether the provider has said its last word about the money.
func (v Visit) Settled() bool {
	return v.State == StateEnded && (v.Payment.State == PaymentCaptured || v.Payment.State == PaymentReleased)
}

// Money is the money side of a visit.
type Money struct {
	State    string     `json:"state"`
	Ceiling  larder.Fen `json:"ceiling_fen"`
	Amount   larder.Fen `json:"amount_fen"`
	Captured larder.Fen `json:"captured_fen"`
}

// Basket is what the platform believes to be in the shopper's hands.
type Basket struct {
	Lines []Line     `json:"lines"`
	Total larder.Fen `json:"total_fen"`
}

// Line is one product of one lane.
type Line struct {
	Lane   larder.LaneID `json:"lane_id"`
	Name   string        `json:"name"`
	Count  int           `json:"count"`
	Price  larder.Fen    `json:"price_fen"`
	Amount larder.Fen    `json:"amount_fen"`
}

// Receipt is what remains of a purchase.
type Receipt struct {
	Session larder.SessionID `json:"session_id"`
	State   string           `json:"state"`
	Outcome string           `json:"outcome"`
	Total   larder.Fen       `json:"total_fen"`
	Payment Money            `json:"payment"`
	Lines   []Line           `json:"lines"`

	Raw json.RawMessage `json:"-"` // all of it, as the API wrote it
}

// Scanned is what a door's code leads to.
type Scanned struct {
	Door struct {
		Sellable bool   `json:"sellable"`
		Reason   string `json:"reason"`
	} `json:"door"`
	Slots []struct {
		Lane larder.LaneID `json:"lane_id"`
	} `json:"slots"`
}
