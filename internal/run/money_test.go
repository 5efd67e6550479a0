package run_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"larder/internal/core/payment"
	"larder/internal/core/session"
)

// TestCollector_Unconfirmed guards P4 and CU5: nobody confirms; at 30 s the visit ends, the provider is
// asked to cancel, and the customer who comes late finds nothing to confirm. The door never opens.
func TestCollector_Unconfirmed(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		id := h.start(h.alice, "k1")
		pass(30*time.Second - time.Millisecond)
		h.want(id, session.Awaiting, session.None, payment.Waiting)
		pass(time.Millisecond)
		h.want(id, session.Ended, session.Canceled, payment.Released)
		if h.provider.confirm(t, h.paid(id)) {
			t.Error("a canceled page could be confirmed")
		}
		if got := h.provider.at(h.paid(id)).state; got != payment.ProviderCanceled || len(h.machine.commands()) != 0 {
			t.Errorf("the provider has it %s, commands %v", got, h.machine.commands())
		}
		h.quiet()
		h.start(h.bob, "k2") // the door is free
		pass(time.Minute)
	})
}

// TestCollector_LateConsent guards P4 and P5: the cancellation is lost on its way, the customer
// confirms after the 30 s; the consent opens nothing and is given back.
func TestCollector_LateConsent(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.provider.lose = []loss{{"cancel", false}}
		id := h.start(h.alice, "k1")
		pass(30 * time.Second)
		h.want(id, session.Ended, session.Canceled, payment.Releasing)
		if !h.provider.confirm(t, h.paid(id)) {
			t.Fatal("the page was closed")
		}
		synctest.Wait()
		h.want(id, session.Ended, session.Canceled, payment.Releasing)
		pass(time.Minute)
		h.want(id, session.Ended, session.Canceled, payment.Released)
		if got := h.provider.at(h.paid(id)).state; got != payment.ProviderCanceled || len(h.machine.commands()) != 0 {
			t.Errorf("the provider has it %s, commands %v", got, h.machine.commands())
		}
		h.quiet()
	})
}

// TestCollector_NoCallback guards P6 and I8: no callback ever comes; consent and collection are found
// by asking.
func TestCollector_NoCallback(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.provider.silent = true
		id := h.start(h.alice, "k1")
		pass(time.Second)
		h.provider.confirm(t, h.paid(id))
		synctest.Wait()
		h.want(id, session.Awaiting, session.None, payment.Waiting)
		pass(5 * time.Second)
		h.want(id, session.Opening, session.None, payment.Authorized)
		h.machine.shop(map[int]float64{1: 550})
		pass(2 * time.Minute)
		h.want(id, session.Ended, session.Charged, payment.Capturing)
		h.provider.collect(t, h.paid(id))
		pass(10 * time.Minute) // asked less and less often
		h.want(id, session.Ended, session.Charged, payment.Captured)
		if n := h.provider.asked("query"); n > 20 {
			t.Errorf("the provider was asked %d times", n)
		}
		h.quiet()
	})
}

// TestCollector_EarlyCallback guards P7: the consent's callback comes while our own question is still
// being answered.
func TestCollector_EarlyCallback(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.provider.early = func(call, number string) {
			if call == "authorize" {
				h.provider.confirm(t, number)
			}
		}
		id := h.start(h.alice, "k1")
		h.want(id, session.Opening, session.None, payment.Authorized)
		pass(time.Second)
		if n := len(h.machine.commands()); n != 1 {
			t.Errorf("%d open commands", n)
		}
		h.machine.shop(nil)
		pass(2 * time.Minute)
		h.want(id, session.Ended, session.NothingTaken, payment.Released)
		h.quiet()
	})
}

// TestCollector_Lost guards P9, B4, I2 and habit 9: each call is lost before it worked, and after. The
// same number is asked again, byte for byte (the provider of these tests refuses another), and the
// money moves once.
func TestCollector_Lost(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string][]loss{
		"request":         {{"authorize", false}},
		"answer":          {{"authorize", true}},
		"both":            {{"authorize", false}, {"authorize", true}, {"authorize", true}},
		"capture request": {{"capture", false}, {"query", false}, {"capture", false}, {"query", false}},
		"capture answer":  {{"capture", true}, {"query", false}, {"capture", true}, {"query", true}},
		"everything":      {{"authorize", true}, {"capture", true}, {"query", true}, {"query", true}, {"capture", false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inHouse(t, func(t *testing.T, h *house) {
				h.provider.lose = slices.Clone(lost)
				id := h.start(h.alice, "k1")
				pass(8 * time.Second)
				h.want(id, session.Awaiting, session.None, payment.Waiting)
				h.provider.confirm(t, h.paid(id))
				synctest.Wait()
				h.machine.shop(map[int]float64{1: 550})
				pass(2 * time.Minute)
				h.provider.collect(t, h.paid(id))
				pass(10 * time.Minute)
				h.want(id, session.Ended, session.Charged, payment.Captured)
				if b := h.provider.at(h.paid(id)); b.amount != 200 || b.taken != 1 || b.granted != 1 || len(h.provider.orders) != 1 {
					t.Errorf("the provider has %+v under %d numbers", b, len(h.provider.orders))
				}
				h.wantCases()
				h.quiet()
			})
		})
	}
}

// TestCollector_NeverArrived guards P9's other half: the provider never heard of the visit; the
// release waits until nothing can be on its way any more, then counts as given back.
func TestCollector_NeverArrived(t *testing.T) {
	t.Parallel()
	inHouse(t, func(_ *testing.T, h *house) {
		for range 20 {
			h.provider.lose = append(h.provider.lose, loss{"authorize", false})
		}
		id := h.start(h.alice, "k1")
		pass(25 * time.Second)
		h.want(id, session.Ended, session.Canceled, payment.Releasing)
		pass(2 * time.Minute)
		h.want(id, session.Ended, session.Canceled, payment.Released)
		h.quiet()
	})
}

// TestCollector_Refused guards P14's first half: a provider that says no for good ends the visit at
// once, after it was asked for the truth.
func TestCollector_Refused(t *testing.T) {
	t.Parallel()
	inHouse(t, func(t *testing.T, h *house) {
		h.provider.refuse = true
		id := h.start(h.alice, "k1")
		h.want(id, session.Ended, session.Canceled, payment.Releasing)
		if h.provider.asked("query") == 0 {
			t.Error("a refusal was believed without asking")
		}
		pass(2 * time.Minute)
		h.want(id, session.Ended, session.Canceled, payment.Released)
		h.quiet()
	})
}
