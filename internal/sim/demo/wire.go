package demo

import "larder"

// What the API says, as far as a shopper's app reads it. These are the app's own types: it knows the
// API by its documents, as everybody does.

// visit is a View of the API: one purchase under way.
type visit struct {
	ID      larder.SessionID  `json:"id"`
	State   string            `json:"state"`
	Outcome string            `json:"outcome"`
	Version int64             `json:"version"`
	Phone   map[string]string `json:"phone"`
	Payment money             `json:"payment"`
	Basket  basket            `json:"basket"`
}

// The states of a visit that the app tells apart.
const (
	stateOpen   = "open"
	stateReview = "review"
	stateEnded  = "ended"

	outcomeCharged  = "charged"
	paymentCaptured = "captured"
)

type money struct {
	State    string     `json:"state"`
	Ceiling  larder.Fen `json:"ceiling_fen"`
	Amount   larder.Fen `json:"amount_fen"`
	Captured larder.Fen `json:"captured_fen"`
}

type basket struct {
	Lines []line     `json:"lines"`
	Total larder.Fen `json:"total_fen"`
}

type line struct {
	Lane   larder.LaneID `json:"lane_id"`
	Name   string        `json:"name"`
	Count  int           `json:"count"`
	Price  larder.Fen    `json:"price_fen"`
	Amount larder.Fen    `json:"amount_fen"`
}

// receipt is what remains of a purchase.
type receipt struct {
	Session larder.SessionID `json:"session_id"`
	Outcome string           `json:"outcome"`
	Total   larder.Fen       `json:"total_fen"`
	Payment money            `json:"payment"`
	Lines   []line           `json:"lines"`
}

// scanned is what a door's code leads to.
type scanned struct {
	Door struct {
		Sellable bool   `json:"sellable"`
		Reason   string `json:"reason"`
	} `json:"door"`
	Slots []struct {
		Lane larder.LaneID `json:"lane_id"`
	} `json:"slots"`
}
