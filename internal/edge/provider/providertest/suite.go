package providertest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder/internal/core/payment"
)

// Run runs the suite; newHarness makes a fresh pair for each test.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	t.Helper()
	tests := []struct {
		name string // ends with what it guards
		test func(*testing.T, Harness)
	}{
		{"authorize confirm capture, P1 P2", testPurchase},
		{"cancel before the consent, P4", testCancelBefore},
		{"cancel after the consent, P4", testCancelAfter},
		{"cancel races the consent, P5", testCancelRace},
		{"cancel while collecting does not cancel", testCancelCollecting},
		{"cancel after the collection does not cancel", testCancelCaptured},
		{"query finds what no callback told, P6", testQueryOnly},
		{"equal repetitions have one effect, P9", testRepeatEqual},
		{"a repetition that differs is refused", testRepeatDifferent},
		{"a number never seen", testNeverSeen},
		{"never above the ceiling, I12", testCeiling},
		{"discounts come off the lines", testDiscount},
		{"callbacks are verified, P8 S18", testTampered},
		{"repeated callbacks have one id, P1 P2", testDuplicates},
		{"an ended context is unknown, P9", testContext},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.test(t, newHarness(t))
		})
	}
	runLosses(t, newHarness)
}

func testPurchase(t *testing.T, h Harness) {
	v := h.newVisit()
	first := h.authorize(t, v)
	if first.State != payment.ProviderWaiting || first.Number != v.number() || len(first.Phone) == 0 {
		t.Fatalf("Authorize: %+v, want waiting with what the phone needs", first)
	}
	h.expect(t, v.number(), payment.ProviderWaiting)

	n := h.confirm(t, v)
	if n.Status.Number != v.number() || n.Status.State != payment.ProviderAuthorized || n.ID == "" {
		t.Fatalf("first notice: %+v, want authorized", n)
	}
	h.expect(t, v.number(), payment.ProviderAuthorized)

	got, err := h.Provider.Capture(t.Context(), v.capture)
	if err != nil {
		t.Fatalf("Capture: %v", err)
	}
	if got.State != payment.ProviderCollecting && got.State != payment.ProviderCaptured || got.Amount != v.capture.Amount {
		t.Fatalf("Capture: %+v, want %d collecting or captured", got, v.capture.Amount)
	}
	paid, _ := h.notice(t)
	final := h.expect(t, v.number(), payment.ProviderCaptured)
	if final.Amount != v.capture.Amount || final.Trade == "" || final.Ref == "" {
		t.Fatalf("Query: %+v, want %d with a trade", final, v.capture.Amount)
	}
	if diff := cmp.Diff(final, paid.Status); diff != "" || paid.ID == n.ID {
		t.Fatalf("second notice %s after %s, against the query:\n%s", paid.ID, n.ID, diff)
	}
}

func testCancelBefore(t *testing.T, h Harness) {
	v := h.newVisit()
	h.authorize(t, v)
	h.cancel(t, v, payment.ProviderCanceled)
	if err := h.Confirm(v.number()); err == nil {
		t.Error("a canceled number can be confirmed")
	}
}

func testCancelAfter(t *testing.T, h Harness) {
	v := h.authorized(t)
	h.cancel(t, v, payment.ProviderCanceled)
	if _, err := h.Provider.Capture(t.Context(), v.capture); !payment.IsRefused(err, payment.RefusedState) {
		t.Errorf("Capture of a canceled number: %v, want refused for its state", err)
	}
	h.expect(t, v.number(), payment.ProviderCanceled)
}

func (h Harness) cancel(t *testing.T, v visit, want payment.ProviderState) {
	t.Helper()
	s, err := h.Provider.Cancel(t.Context(), v.number(), "未确认")
	if err != nil || s.State != want || s.Number != v.number() {
		t.Fatalf("Cancel: %+v, %v; want %s", s, err, want)
	}
	h.expect(t, v.number(), want)
}

func testCancelRace(t *testing.T, h Harness) {
	v := h.newVisit()
	h.authorize(t, v)
	confirmed := make(chan error, 1)
	go func() { confirmed <- h.Confirm(v.number()) }()
	s, err := h.Provider.Cancel(t.Context(), v.number(), "30 秒未确认")
	if err != nil || s.State != payment.ProviderCanceled {
		t.Fatalf("Cancel: %+v, %v; want canceled", s, err)
	}
	if err := <-confirmed; err == nil {
		h.notice(t) // the consent came first, its callback is late
	}
	h.expect(t, v.number(), payment.ProviderCanceled)
}

func testCancelCollecting(t *testing.T, h Harness) {
	v := h.authorized(t)
	h.Hold(v.authorize.Payer, true)
	h.mustCapture(t, v)
	h.cancel(t, v, payment.ProviderCollecting)
	h.Hold(v.authorize.Payer, false)
	if n, _ := h.notice(t); n.Status.State != payment.ProviderCaptured {
		t.Errorf("after the money came: %+v, want captured", n.Status)
	}
}

func testCancelCaptured(t *testing.T, h Harness) {
	v := h.authorized(t)
	h.mustCapture(t, v)
	h.notice(t)
	h.cancel(t, v, payment.ProviderCaptured)
}

func (h Harness) mustCapture(t *testing.T, v visit) payment.Status {
	t.Helper()
	s, err := h.Provider.Capture(t.Context(), v.capture)
	if err != nil {
		t.Fatalf("Capture: %v", err)
	}
	return s
}

func testQueryOnly(t *testing.T, h Harness) {
	v := h.newVisit()
	h.authorize(t, v)
	if err := h.Confirm(v.number()); err != nil {
		t.Fatal(err)
	}
	h.expect(t, v.number(), payment.ProviderAuthorized)
	h.Hold(v.authorize.Payer, true)
	h.mustCapture(t, v)
	if s := h.expect(t, v.number(), payment.ProviderCollecting); s.Amount != v.capture.Amount {
		t.Errorf("collecting %d, want %d", s.Amount, v.capture.Amount)
	}
}

func testRepeatEqual(t *testing.T, h Harness) {
	v := h.newVisit()
	a, b := h.authorize(t, v), h.authorize(t, v)
	if a.State != b.State || a.Ref != b.Ref {
		t.Errorf("Authorize twice: %+v and %+v", a, b)
	}
	h.confirm(t, v)
	if again := h.authorize(t, v); again.State != payment.ProviderAuthorized || again.Ref != a.Ref {
		t.Errorf("Authorize after the consent: %+v, want authorized", again)
	}
	h.Hold(v.authorize.Payer, true)
	c, d := h.mustCapture(t, v), h.mustCapture(t, v)
	if diff := cmp.Diff(c, d); diff != "" {
		t.Errorf("Capture twice:\n%s", diff)
	}
	h.Hold(v.authorize.Payer, false)
	h.notice(t)
	if last := h.mustCapture(t, v); last.State != payment.ProviderCaptured || last.Amount != v.capture.Amount {
		t.Errorf("Capture after the collection: %+v, want captured", last)
	}
	h.sentEqual(t, Authorize, v.number(), 3)
	h.sentEqual(t, Capture, v.number(), 3)

	w := h.newVisit()
	h.authorize(t, w)
	h.cancel(t, w, payment.ProviderCanceled)
	h.cancel(t, w, payment.ProviderCanceled)
	h.sentEqual(t, Cancel, w.number(), 2)
}

// sentEqual checks that n requests were sent and that they are the same bytes.
func (h Harness) sentEqual(t *testing.T, call Call, number string, n int) {
	t.Helper()
	sent := h.Sent(call, number)
	if len(sent) != n {
		t.Errorf("%s was sent %d times, want %d", call, len(sent), n)
	}
	for _, body := range sent {
		if !slices.Equal(body, sent[0]) {
			t.Errorf("%s was repeated with other bytes:\n%s", call, cmp.Diff(string(sent[0]), string(body)))
		}
	}
}

func testRepeatDifferent(t *testing.T, h Harness) {
	v := h.newVisit()
	h.authorize(t, v)
	other := v.authorize
	other.Ceiling++
	if _, err := h.Provider.Authorize(t.Context(), other); !payment.IsRefused(err, payment.RefusedRequest) {
		t.Errorf("Authorize with another ceiling: %v, want a refused request", err)
	}
	h.confirm(t, v)
	h.Hold(v.authorize.Payer, true)
	h.mustCapture(t, v)
	more := v.capture
	more.Amount, more.Lines = 250, []payment.CaptureLine{{Name: "矿泉水 550ml", Count: 1, Price: 250}}
	if _, err := h.Provider.Capture(t.Context(), more); !payment.IsRefused(err, payment.RefusedRequest) {
		t.Errorf("Capture of another amount: %v, want a refused request", err)
	}
	h.Hold(v.authorize.Payer, false)
	h.notice(t)
	if _, err := h.Provider.Capture(t.Context(), more); !payment.IsRefused(err, payment.RefusedRequest) {
		t.Errorf("Capture of another amount after the collection: %v, want a refused request", err)
	}
	if s := h.expect(t, v.number(), payment.ProviderCaptured); s.Amount != v.capture.Amount {
		t.Errorf("captured %d, want the first amount %d", s.Amount, v.capture.Amount)
	}
}

func testNeverSeen(t *testing.T, h Harness) {
	v := h.newVisit()
	h.expect(t, v.number(), payment.ProviderNotFound)
	h.cancel(t, v, payment.ProviderNotFound)
	if _, err := h.Provider.Capture(t.Context(), v.capture); !payment.IsRefused(err, payment.RefusedState) {
		t.Errorf("Capture: %v, want refused for its state", err)
	}
	h.authorize(t, v) // a cancellation of nothing leaves the number free
	if _, err := h.Provider.Capture(t.Context(), v.capture); !payment.IsRefused(err, payment.RefusedState) {
		t.Errorf("Capture before the consent: %v, want refused for its state", err)
	}
	h.expect(t, v.number(), payment.ProviderWaiting)
}

func testCeiling(t *testing.T, h Harness) {
	v := h.authorized(t)
	v.capture.Amount = ceiling + 1
	v.capture.Lines = []payment.CaptureLine{{Name: "酒", Count: 1, Price: ceiling + 1}}
	if _, err := h.Provider.Capture(t.Context(), v.capture); !payment.IsRefused(err, payment.RefusedRequest) {
		t.Errorf("Capture above the ceiling: %v, want a refused request", err)
	}
	h.expect(t, v.number(), payment.ProviderAuthorized)
	v.capture.Amount--
	if s := h.mustCapture(t, v); s.Amount != ceiling {
		t.Errorf("Capture of the ceiling: %+v", s)
	}
	if n, _ := h.notice(t); n.Status.Amount != ceiling {
		t.Errorf("collected %d, want the ceiling %d", n.Status.Amount, ceiling)
	}
}

func testDiscount(t *testing.T, h Harness) {
	v := h.authorized(t)
	v.capture.Amount -= 300
	h.mustCapture(t, v)
	if n, _ := h.notice(t); n.Status.State != payment.ProviderCaptured || n.Status.Amount != v.capture.Amount {
		t.Errorf("notice: %+v, want %d captured", n.Status, v.capture.Amount)
	}
}

func testContext(t *testing.T, h Harness) {
	v := h.newVisit()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := h.Provider.Authorize(ctx, v.authorize)
	if _, refused := errors.AsType[*payment.ErrRefused](err); refused || !errors.Is(err, context.Canceled) {
		t.Errorf("Authorize: %v, want context.Canceled and no refusal", err)
	}
	h.expect(t, v.number(), payment.ProviderNotFound)
}
