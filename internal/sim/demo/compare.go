package demo

import (
	"fmt"

	"larder"
	"larder/internal/sim/phone"
)

// compare holds the receipt against the truth of the machine, and the money against the receipt and
// the provider's own book. All errors wrap [ErrDiffers].
func (t *trip) compare() error {
	truth, known := t.machine.Truth(t.visit.ID)
	if !known {
		return fmt.Errorf("%w: cabinet %s has no truth of visit %s", ErrDiffers, t.machine.plan.Serial, t.visit.ID)
	}
	r := t.receipt
	if why := t.machine.explain(r.Lines, truth); why != "" {
		return fmt.Errorf("%w: %s", ErrDiffers, why)
	}
	total := larder.Fen(0)
	for _, l := range r.Lines {
		price := t.machine.plan.Lanes[t.machine.laneNumber(l.Lane)-1].Price
		if l.Price != price || l.Amount != price*larder.Fen(l.Count) {
			return fmt.Errorf("%w: %d × %s at %s are %s on the receipt; the price is %s", ErrDiffers, l.Count, l.Name, l.Price, l.Amount, price)
		}
		total += l.Amount
	}
	book, err := t.world.cfg.Sandbox.Order(t.number)
	if err != nil {
		return fmt.Errorf("ask the provider: %w", err)
	}
	switch {
	case r.Total != total:
		return fmt.Errorf("%w: the lines sum to %s, the receipt says %s", ErrDiffers, total, r.Total)
	case r.Payment.Captured != total:
		return fmt.Errorf("%w: the receipt is %s, captured are %s", ErrDiffers, total, r.Payment.Captured)
	case !book.Paid || larder.Fen(book.Total) != total:
		return fmt.Errorf("%w: the receipt is %s, the provider's order is %s over %s", ErrDiffers, total, book.State, larder.Fen(book.Total))
	}
	return nil
}

// explain says how lines differ from what left each lane, by the lane's number; "" if they do not.
func (m *machine) explain(lines []phone.Line, want map[int]int) string {
	got := make(map[int]int, len(lines))
	for _, l := range lines {
		lane := m.laneNumber(l.Lane)
		if lane == 0 {
			return fmt.Sprintf("lane %s is in another cabinet", l.Lane)
		}
		got[lane] += l.Count
	}
	for lane := range m.plan.Lanes {
		if n := lane + 1; got[n] != want[n] {
			return fmt.Sprintf("lane %d: %d taken, %d counted", n, want[n], got[n])
		}
	}
	return ""
}
