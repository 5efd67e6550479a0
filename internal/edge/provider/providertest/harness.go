package providertest

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"larder"
	"larder/internal/core/payment"
)

// Call names a method of the provider that has an effect outside.
type Call string

// The calls with an effect.
const (
	Authorize Call = "authorize"
	Cancel    Call = "cancel"
	Capture   Call = "capture"
)

// Loss says what of a call is lost.
type Loss string

// What can be lost.
const (
	LostRequest Loss = "request" // it failed: nothing happened
	LostAnswer  Loss = "answer"  // it worked, and the answer was lost
)

// Harness is an adapter and the server that imitates its provider. Each test gets a new one; the
// function that makes it registers its end with t.Cleanup, and fails the test there if a loss that
// was asked for never happened.
type Harness struct {
	Provider payment.Provider

	// NewPayer returns a customer who may pay.
	NewPayer func() string
	// Confirm gives the customer's consent to a number; a callback follows.
	Confirm func(number string) error
	// Hold makes collections from a payer wait while it is on.
	Hold func(payer string, on bool)
	// Lose loses the next call of the kind about the number, once.
	Lose func(t *testing.T, what Loss, call Call, number string)
	// Duplicate makes the provider deliver the callbacks about a number more than once.
	Duplicate func(t *testing.T, number string)
	// Sent returns the bodies of the calls about a number that reached the server, in order.
	Sent func(call Call, number string) [][]byte
	// Callbacks are what arrived, unread; each was answered with success.
	Callbacks <-chan payment.Callback
}

// patience bounds the waiting for an event that ought to come at once.
const patience = 20 * time.Second

// notice waits for the next callback and reads it.
func (h Harness) notice(t *testing.T) (payment.Notice, payment.Callback) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	select {
	case cb := <-h.Callbacks:
		n, err := h.Provider.ParseNotice(ctx, cb)
		if err != nil {
			t.Fatalf("a right callback is refused: %v (%v)", err, errors.Unwrap(err))
		}
		return n, cb
	case <-ctx.Done():
		t.Fatal("no callback arrived")
	}
	return payment.Notice{}, payment.Callback{}
}

const ceiling = larder.Fen(5000)

// visit is the requests of one visit.
type visit struct {
	authorize payment.AuthorizeRequest
	capture   payment.CaptureRequest
}

// newVisit returns requests that began a minute ago and ended ten seconds ago.
func (h Harness) newVisit() visit {
	now := larder.MillisOf(time.Now())
	number := "T" + rand.Text()
	return visit{
		authorize: payment.AuthorizeRequest{
			Number: number, Payer: h.NewPayer(), Ceiling: ceiling, Started: now.Add(-time.Minute),
			Cabinet: "科技园 3 号楼 <大堂> & 一层", Device: "SN-0001",
		},
		capture: payment.CaptureRequest{
			Number: number, Amount: 1250, Started: now.Add(-time.Minute), Ended: now.Add(-10 * time.Second),
			Lines: []payment.CaptureLine{{Name: "矿泉水 550ml", Count: 3, Price: 250}, {Name: "可乐", Count: 2, Price: 300}},
		},
	}
}

func (v visit) number() string { return v.authorize.Number }

// authorized brings a visit to the customer's consent and drains its callback.
func (h Harness) authorized(t *testing.T) visit {
	t.Helper()
	v := h.newVisit()
	h.authorize(t, v)
	h.confirm(t, v)
	return v
}

func (h Harness) authorize(t *testing.T, v visit) payment.Status {
	t.Helper()
	s, err := h.Provider.Authorize(t.Context(), v.authorize)
	if err != nil {
		t.Fatalf("Authorize: %v", err)
	}
	return s
}

func (h Harness) confirm(t *testing.T, v visit) payment.Notice {
	t.Helper()
	if err := h.Confirm(v.number()); err != nil {
		t.Fatalf("confirm: %v", err)
	}
	n, _ := h.notice(t)
	return n
}

// expect asks the provider and fails the test if the number is in another state.
func (h Harness) expect(t *testing.T, number string, want payment.ProviderState) payment.Status {
	t.Helper()
	s, err := h.Provider.Query(t.Context(), number)
	if err != nil {
		t.Fatalf("Query: %v", err)
	}
	if s.State != want || s.Number != number {
		t.Fatalf("Query: %s is %s, want %s is %s", s.Number, s.State, number, want)
	}
	return s
}
