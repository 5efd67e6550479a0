package visit_test

import (
	"testing"

	"larder"
	"larder/internal/core/order"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/edge/store"
)

// TestService_Stale guards decision 4, I9 and I23 below the room: whoever writes what they read
// before somebody else wrote gets a conflict, and changes nothing.
func TestService_Stale(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.start(t, r.alice, "k1").ID
	var was session.Session
	paid := r.payment(t, id)
	var bill order.Order
	orders := order.New(store.Orders{}, r.ids)
	must(t, r.db.View(t.Context(), func(tx larder.Tx) (err error) {
		p, err := store.Visits{}.Purchase(t.Context(), tx, id)
		was, bill = p.Session, p.Order
		return err
	}))
	_, err := r.Cancel(t.Context(), r.alice, id)
	must(t, err)
	for name, write := range map[string]func(tx larder.Tx) error{
		"session": func(tx larder.Tx) error {
			_, _, err := r.deps.Sessions.AdvanceTx(t.Context(), tx, was, session.Asked{})
			return err
		},
		"payment": func(tx larder.Tx) error {
			_, _, err := r.payments.ApplyTx(t.Context(), tx, paid, payment.Status{State: payment.ProviderAuthorized})
			return err
		},
		"order, voided before": func(tx larder.Tx) error {
			_, err := orders.SettleTx(t.Context(), tx, bill, nil)
			return err
		},
	} {
		if err := r.db.Update(t.Context(), write); larder.CodeOf(err) != larder.CodeConflict {
			t.Errorf("%s: %v, want a conflict", name, err)
		}
	}
	r.want(t, id, session.Ended, session.Canceled, payment.Releasing)
}
