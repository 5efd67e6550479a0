package trial

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/edge/store"
)

// bought is a visit as the rows have it.
type bought struct {
	id       larder.SessionID
	cabinet  larder.CabinetID
	outcome  session.Outcome
	number   string
	paid     payment.State
	captured larder.Fen
}

// compare holds every visit of the round against the bank's book and against what was really taken.
func (b *books) compare(ctx context.Context) error {
	ids := make([]larder.SessionID, 0, len(b.visits))
	for id := range b.visits {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		v, lines, err := b.read(ctx, id)
		if err != nil {
			return err
		}
		b.compareMoney(v)
		b.compareGoods(v, lines, b.visits[id])
	}
	return nil
}

// compareMoney checks I2 and I26 for one visit.
func (b *books) compareMoney(v bought) {
	truth := b.w.bank.bills[v.number]
	switch {
	case truth == nil:
		if v.paid != payment.Released {
			b.violate(of(v.id, v.cabinet), "I26 the bank knows what is paid", fmt.Sprintf("%s is %s", v.number, v.paid))
		}
	case truth.taken > 1:
		b.violate(of(v.id, v.cabinet), "I2 at most one collection", fmt.Sprintf("%s was collected %d times", v.number, truth.taken))
	case truth.taken == 1 && (v.paid != payment.Captured || v.captured != truth.amount):
		b.violate(of(v.id, v.cabinet), "I26 what was collected is in the rows",
			fmt.Sprintf("%s: the bank took %s, the payment is %s with %s", v.number, truth.amount, v.paid, v.captured))
	case truth.taken == 0 && v.paid == payment.Captured:
		b.violate(of(v.id, v.cabinet), "I26 what is in the rows was collected", v.number)
	case truth.taken == 0 && v.paid == payment.Released && truth.state != payment.ProviderCanceled:
		b.violate(of(v.id, v.cabinet), "I2 what is not collected is given back", fmt.Sprintf("%s is %s at the bank", v.number, truth.state))
	}
}

// compareGoods checks that nobody is charged for what was not taken.
func (b *books) compareGoods(v bought, lines []session.Taken, r *record) {
	for _, l := range lines {
		really := 0
		for _, t := range r.taken {
			if t.Lane == l.Lane {
				really = t.Count
			}
		}
		if l.Count > really {
			b.violate(of(v.id, v.cabinet), "promise 1: nothing is charged that was not taken",
				fmt.Sprintf("session %s: %d charged from lane %s, %d taken", v.id, l.Count, l.Lane, really))
		}
	}
	if free := v.outcome == session.NothingTaken || v.outcome == session.NotOpened || v.outcome == session.Canceled; free && len(r.taken) > 0 {
		b.violate(of(v.id, v.cabinet), "promise 2: what was taken is charged", fmt.Sprintf("session %s: %v taken", v.id, r.taken))
	}
}

// read returns a visit as the rows have it.
func (b *books) read(ctx context.Context, id larder.SessionID) (v bought, lines []session.Taken, err error) {
	v.id = id
	err = b.w.db.View(ctx, func(tx larder.Tx) error {
		db := store.From(tx)
		err := db.QueryRowContext(ctx, `SELECT s.cabinet_id, s.outcome, p.number, p.state, p.captured_fen
			FROM session s JOIN payment p ON p.session_id = s.id WHERE s.id = $1`, int64(id)).
			Scan(&v.cabinet, &v.outcome, &v.number, &v.paid, &v.captured)
		if err != nil {
			return err
		}
		rows, err := db.QueryContext(ctx, `SELECT l.lane_id, l.quantity FROM orders o JOIN order_line l ON l.order_id = o.id
			WHERE o.session_id = $1`, int64(id))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var l session.Taken
			if err := rows.Scan(&l.Lane, &l.Count); err != nil {
				return err
			}
			lines = append(lines, l)
		}
		return rows.Err()
	})
	slices.SortFunc(lines, func(x, y session.Taken) int { return cmp.Compare(x.Lane, y.Lane) })
	return v, lines, err
}
