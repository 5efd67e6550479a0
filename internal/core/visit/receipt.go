package visit

import (
	"context"
	"encoding/json"
	"fmt"

	"larder"
	"larder/internal/core/order"
	"larder/internal/core/session"
)

// Receipt is the bill of a visit and why it says so.
type Receipt struct {
	Session larder.SessionID `json:"session_id"`
	Order   larder.OrderID   `json:"order_id"`
	State   order.State      `json:"state"`
	Outcome session.Outcome  `json:"outcome"`
	Total   larder.Fen       `json:"total_fen"`
	Payment PaymentView      `json:"payment"`
	Lines   []ReceiptLine    `json:"lines"`

	Confidence float64       `json:"confidence"` // that the recognizer's basket is exactly right, 0..1
	Opened     larder.Millis `json:"opened_ms"`
	Closed     larder.Millis `json:"closed_ms"`
	Decided    larder.Millis `json:"decided_ms"`
	Lanes      []Weighed     `json:"lanes"` // every lane of the door, charged or not
}

// ReceiptLine is a line of the bill with its weighing.
type ReceiptLine struct {
	Line
	Why *Why `json:"why,omitempty"` // absent where a person decided without a weighing
}

// Why is the sum behind a count: Before − After = (Count + Moved)·UnitMass + Rest. A mass is null
// where it is not known.
type Why struct {
	Before   larder.Gram `json:"before_g"`
	After    larder.Gram `json:"after_g"`
	UnitMass larder.Gram `json:"unit_mass_g"`
	Moved    int         `json:"moved"` // pieces that went into another lane
	Rest     larder.Gram `json:"rest_g"`
}

// Weighed is one lane's weighing.
type Weighed struct {
	Lane larder.LaneID `json:"lane_id"`
	Why
	Count int  `json:"count"` // as weighed; the bill may differ where a person decided
	Known bool `json:"known"` // both levels are stable
}

// Evidence is what a trace keeps of the recognizer's verdict, as JSON.
type Evidence struct {
	Verdict    string        `json:"verdict"`
	Confidence float64       `json:"confidence"`
	Decided    larder.Millis `json:"decided_ms"`
	Alerts     []string      `json:"alerts"`
	Reasons    []string      `json:"reasons"`
	Lanes      []Weighed     `json:"lanes"`

	// Explanation is what the verdict follows from, as the recognizer tells it (weigh.Explanation, its lanes by
	// their positions in Lanes), without the verdict itself. It is evidence, and no receipt shows it.
	Explanation json.RawMessage `json:"explanation,omitempty"`
}

// Receipt returns the bill of a visit that the actor may see; an error of code not_found otherwise.
// While the visit is under way the bill is open and has no lines.
func (s *Service) Receipt(ctx context.Context, actor larder.Actor, id larder.SessionID) (Receipt, error) {
	var r Receipt
	err := s.DB.View(ctx, func(tx larder.Tx) error {
		p, err := s.Store.Purchase(ctx, tx, id)
		if err != nil {
			return err
		}
		if !mayLook(actor, p.Session) {
			return larder.Wrap(larder.CodeNotFound, errForeign)
		}
		r, err = s.receiptTx(ctx, tx, p)
		return err
	})
	return r, err
}

func (s *Service) receiptTx(ctx context.Context, tx larder.Tx, p Purchase) (Receipt, error) {
	of, bill := p.Session, p.Order
	lines, err := s.Orders.LinesTx(ctx, tx, bill)
	if err != nil {
		return Receipt{}, err
	}
	ev, err := s.EvidenceTx(ctx, tx, of.ID)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{
		Session: of.ID, Order: bill.ID, State: bill.State, Outcome: of.Outcome, Total: bill.Total,
		Payment: paymentView(p.Payment), Lines: make([]ReceiptLine, 0, len(lines)), Confidence: ev.Confidence,
		Opened: of.Opened, Closed: of.Closed, Decided: ev.Decided, Lanes: ev.Lanes,
	}
	why := make(map[larder.LaneID]*Why, len(ev.Lanes))
	for i := range ev.Lanes {
		why[ev.Lanes[i].Lane] = &ev.Lanes[i].Why
	}
	for _, l := range lines {
		r.Lines = append(r.Lines, ReceiptLine{Line: lineOf(l), Why: why[l.Lane]})
	}
	return r, nil
}

// EvidenceTx returns what the recognizer concluded about a session; it is empty where it concluded
// nothing.
func (s *Service) EvidenceTx(ctx context.Context, tx larder.Tx, id larder.SessionID) (Evidence, error) {
	ev := Evidence{Alerts: []string{}, Reasons: []string{}, Lanes: []Weighed{}}
	verdict, err := s.Store.Verdict(ctx, tx, id)
	if err != nil || verdict == "" {
		return ev, ignoreMissing(err)
	}
	if err := json.Unmarshal([]byte(verdict), &ev); err != nil {
		return ev, fmt.Errorf("evidence of session %s: %w", id, err)
	}
	return ev, nil
}
