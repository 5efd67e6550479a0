package wechatpay_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"larder/internal/core/payment"
	"larder/internal/edge/provider/sandbox"
	"larder/internal/edge/provider/wechatpay"
)

// TestClient_ParseNotice_Causes guards P8 and S18: each wrong callback is refused with its cause
// and counted, and the right one after it is read.
func TestClient_ParseNotice_Causes(t *testing.T) {
	t.Parallel()
	for fault, cause := range map[sandbox.Fault]string{
		sandbox.CallbackProbe:        "probe",
		sandbox.CallbackBadNonce:     "malformed",
		sandbox.CallbackNoResource:   "malformed",
		sandbox.CallbackBadSignature: "signature",
		sandbox.CallbackStale:        "stale",
		sandbox.CallbackForeign:      "foreign",
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Config{})
			registry := prometheus.NewRegistry()
			b.config.Registry = registry
			client, err := wechatpay.New(b.config)
			if err != nil {
				t.Fatal(err)
			}
			b.inject(t, sandbox.Injection{Fault: fault, Times: 1})
			if _, err := client.Authorize(t.Context(), newRequest(b, "V1")); err != nil {
				t.Fatal(err)
			}
			if _, err := b.sandbox.Confirm("V1", ""); err != nil {
				t.Fatal(err)
			}
			n, err := client.ParseNotice(t.Context(), b.next(t))
			bad, isBad := errors.AsType[*payment.ErrBadNotice](err)
			if !isBad || bad.Cause != cause || n.Status.Number != "" {
				t.Fatalf("%+v, %v; want a bad notice because of %q", n, err, cause)
			}
			if diff := cmp.Diff(map[string]uint64{cause: 1}, counts(t, registry, "larder_provider_notices_total")); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(errors.Unwrap(err).Error(), "Wechatpay-Signature:") {
				t.Errorf("the error quotes the request: %v", errors.Unwrap(err))
			}
		})
	}
}

// TestClient_ParseNotice_OtherKey guards S18: what another key signed is refused, with our key's
// name or with its own.
func TestClient_ParseNotice_OtherKey(t *testing.T) {
	t.Parallel()
	b, other := newBench(t, sandbox.Config{}), completeMerchant(t)
	other.PlatformKey = mustKey()
	config := clientConfig(other, "", "https://larder.example/n")
	stranger, err := wechatpay.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.client.Authorize(t.Context(), newRequest(b, "V1")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.sandbox.Confirm("V1", ""); err != nil {
		t.Fatal(err)
	}
	cb := b.next(t)
	if _, err := stranger.ParseNotice(t.Context(), cb); !badBecause(err, "signature") {
		t.Errorf("another key: %v", err)
	}
	header := maps.Clone(cb.Header)
	header["Wechatpay-Serial"] = []string{"PUB_KEY_ID_9"}
	if _, err := b.client.ParseNotice(t.Context(), payment.Callback{Header: header, Body: cb.Body, Arrived: cb.Arrived}); !badBecause(err, "signature") {
		t.Errorf("another key's name: %v", err)
	}
	late := payment.Callback{Header: cb.Header, Body: cb.Body, Arrived: cb.Arrived.Add(6 * time.Minute)}
	if _, err := b.client.ParseNotice(t.Context(), late); !badBecause(err, "stale") {
		t.Errorf("six minutes late: %v", err)
	}
}

func badBecause(err error, cause string) bool {
	bad, ok := errors.AsType[*payment.ErrBadNotice](err)
	return ok && bad.Cause == cause
}
