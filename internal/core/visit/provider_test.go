package visit_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"larder"
	"larder/internal/core/payment"
)

// provider plays the payment provider where nobody calls it: it names customers by their login code
// and signs callbacks with a word.
type provider struct{}

var errNotAsked = errors.New("nobody calls the provider in these tests")

func (*provider) Identify(_ context.Context, code string) (string, error) {
	return "payer-" + code, nil
}

func (*provider) Name() string { return wechat }
func (*provider) Authorize(context.Context, payment.AuthorizeRequest) (payment.Status, error) {
	return payment.Status{}, errNotAsked
}
func (*provider) Query(context.Context, string) (payment.Status, error) {
	return payment.Status{}, errNotAsked
}
func (*provider) Cancel(context.Context, string, string) (payment.Status, error) {
	return payment.Status{}, errNotAsked
}
func (*provider) Capture(context.Context, payment.CaptureRequest) (payment.Status, error) {
	return payment.Status{}, errNotAsked
}

// ParseNotice accepts what callback made and nothing else.
func (*provider) ParseNotice(_ context.Context, cb payment.Callback) (payment.Notice, error) {
	if len(cb.Header["Signature"]) != 1 || cb.Header["Signature"][0] != "ours" {
		return payment.Notice{}, &payment.ErrBadNotice{Cause: "signature"}
	}
	var n payment.Notice
	if err := json.Unmarshal(cb.Body, &n); err != nil {
		return payment.Notice{}, &payment.ErrBadNotice{Cause: "malformed", Err: err}
	}
	return n, nil
}

// callback is a signed callback of the provider.
func (r *rig) callback(t *testing.T, id string, st payment.Status) payment.Callback {
	t.Helper()
	body, err := json.Marshal(payment.Notice{ID: id, Kind: "test", Status: st})
	must(t, err)
	return payment.Callback{Header: map[string][]string{"Signature": {"ours"}}, Body: body, Arrived: larder.MillisOf(r.clock.Now())}
}
