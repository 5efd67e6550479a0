package providertest

import (
	"errors"
	"testing"

	"larder/internal/core/payment"
)

// runLosses fails each outside effect, and fails it after it worked (fault P9): the first try is
// unknown, the query tells, the repetition has the effect once.
func runLosses(t *testing.T, newHarness func(t *testing.T) Harness) {
	t.Helper()
	effects := []struct {
		call          Call
		prepare       func(*testing.T, Harness) visit
		do            func(*testing.T, Harness, visit) (payment.Status, error)
		before, after payment.ProviderState
	}{
		{Authorize,
			func(_ *testing.T, h Harness) visit { return h.newVisit() },
			func(t *testing.T, h Harness, v visit) (payment.Status, error) {
				return h.Provider.Authorize(t.Context(), v.authorize)
			}, payment.ProviderNotFound, payment.ProviderWaiting},
		{Cancel,
			func(t *testing.T, h Harness) visit { return h.authorized(t) },
			func(t *testing.T, h Harness, v visit) (payment.Status, error) {
				return h.Provider.Cancel(t.Context(), v.number(), "未开门")
			}, payment.ProviderAuthorized, payment.ProviderCanceled},
		{Capture,
			func(t *testing.T, h Harness) visit {
				v := h.authorized(t)
				h.Hold(v.authorize.Payer, true)
				return v
			},
			func(t *testing.T, h Harness, v visit) (payment.Status, error) {
				return h.Provider.Capture(t.Context(), v.capture)
			}, payment.ProviderAuthorized, payment.ProviderCollecting},
	}
	for _, e := range effects {
		for _, what := range []Loss{LostRequest, LostAnswer} {
			t.Run(string(e.call)+" loses its "+string(what)+", P9", func(t *testing.T) {
				t.Parallel()
				h := newHarness(t)
				v := e.prepare(t, h)
				h.Lose(t, what, e.call, v.number())
				_, err := e.do(t, h, v)
				if _, refused := errors.AsType[*payment.ErrRefused](err); err == nil || refused {
					t.Fatalf("the first try: %v, want an error that leaves it unknown", err)
				}
				state := e.before
				if what == LostAnswer {
					state = e.after
				}
				h.expect(t, v.number(), state)
				again, err := e.do(t, h, v)
				if err != nil || again.State != e.after {
					t.Fatalf("the repetition: %+v, %v; want %s", again, err, e.after)
				}
				h.expect(t, v.number(), e.after)
				h.sentEqual(t, e.call, v.number(), 2)
			})
		}
	}
}
