package rig

import (
	"errors"
	"fmt"

	"larder"
	"larder/internal/edge/provider/sandbox"
	"larder/internal/sim/phone"
)

// ErrWrong says that what the platform made of a purchase is not what happened.
var ErrWrong = errors.New("the purchase came out wrong")

// Result is how a purchase came out: what each side says of it.
type Result struct {
	Visit   phone.Visit
	Receipt phone.Receipt
	Truth   map[int]int // pieces that really left, by the lane's number
	Number  string      // of the provider's order; "" if its page was never raised
	Book    sandbox.Order

	Lanes  map[larder.LaneID]int // numbers of the machine's lanes
	Prices map[int]larder.Fen    // by the lane's number
}

// lanes tells the machine's lanes apart, and what their goods cost.
func (m *Machine) lanes() (map[larder.LaneID]int, map[int]larder.Fen) {
	numbers, prices := make(map[larder.LaneID]int), make(map[int]larder.Fen)
	for i, id := range m.Registered.Lanes {
		numbers[id], prices[i+1] = i+1, m.Plan.Lanes[i].Price
	}
	return numbers, prices
}

// Charged reports whether the purchase ended with a bill.
func (r Result) Charged() bool {
	return r.Visit.State == phone.StateEnded && r.Visit.Outcome == phone.OutcomeCharged
}

// Check holds the receipt against what really left the cabinet, and the money against the receipt and
// the provider's book. All errors wrap [ErrWrong]. A visit that waits for a person, or ended without
// a bill, must have cost nothing; one that ended without a bill must have taken nothing, and says how
// it ended.
func (r Result) Check() error {
	var why string
	if r.Charged() {
		why = r.explain()
	} else {
		why = r.explainFree()
	}
	if why == "" {
		return nil
	}
	return fmt.Errorf("%w: visit %s (%s %s): %s", ErrWrong, r.Visit.ID, r.Visit.State, r.Visit.Outcome, why)
}

// explain says what is wrong with a bill; "" if nothing is.
func (r Result) explain() string {
	counted, total := make(map[int]int), larder.Fen(0)
	for _, l := range r.Receipt.Lines {
		lane, ours := r.Lanes[l.Lane]
		if !ours {
			return fmt.Sprintf("lane %s is in another cabinet", l.Lane)
		}
		if price := r.Prices[lane]; l.Price != price || l.Amount != price*larder.Fen(l.Count) {
			return fmt.Sprintf("lane %d: %d at %s are %s; the price is %s", lane, l.Count, l.Price, l.Amount, price)
		}
		counted[lane] += l.Count
		total += l.Amount
	}
	for lane := range r.Prices {
		if counted[lane] != r.Truth[lane] {
			return fmt.Sprintf("lane %d: %d taken, %d counted", lane, r.Truth[lane], counted[lane])
		}
	}
	switch {
	case r.Receipt.Total != total:
		return fmt.Sprintf("the lines sum to %s, the receipt says %s", total, r.Receipt.Total)
	case r.Receipt.Payment.Captured != total:
		return fmt.Sprintf("the receipt is %s, captured are %s", total, r.Receipt.Payment.Captured)
	case !r.Book.Paid || larder.Fen(r.Book.Total) != total:
		return fmt.Sprintf("the receipt is %s, the provider's order is %s over %s", total, r.Book.State, larder.Fen(r.Book.Total))
	}
	return ""
}

// explainFree says what is wrong with a visit that has no bill; "" if nothing is.
func (r Result) explainFree() string {
	switch {
	case r.Visit.State == phone.StateEnded && r.Visit.Outcome == "":
		return "ended without an outcome"
	case r.Receipt.Payment.Captured != 0:
		return fmt.Sprintf("no bill, and captured are %s", r.Receipt.Payment.Captured)
	case r.Book.Paid:
		return fmt.Sprintf("no bill, and the provider's order is paid: %s", larder.Fen(r.Book.Total))
	case r.Visit.State == phone.StateEnded && len(r.Truth) > 0:
		return fmt.Sprintf("no bill, and taken were %v (by lane)", r.Truth)
	}
	return ""
}
