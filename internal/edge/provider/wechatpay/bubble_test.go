package wechatpay_test

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/edge/provider/sandbox"
	"larder/internal/edge/provider/wechatpay"
)

// carrier hands callbacks to a function instead of a socket.
type carrier func(payment.Callback) int

// RoundTrip implements [http.RoundTripper].
func (c carrier) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	status := c(payment.Callback{Header: req.Header, Body: body, Arrived: larder.MillisOf(time.Now())})
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(nil)), Request: req}, nil
}

// TestClient_InBubble guards P1, P2, P6 and P8 on the virtual clock, without a socket: callbacks
// that are spoiled, refused or lost for hours change nothing, each repetition is signed anew and
// carries the same id, and the query tells what no callback told.
func TestClient_InBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var client *wechatpay.Client
		var mu sync.Mutex // guards what follows
		var read []payment.Notice
		var bad int
		down := true
		server, err := sandbox.New(sandbox.Config{
			Merchants: []sandbox.Merchant{testMerchant()}, CollectAfter: time.Second,
			Transport: carrier(func(cb payment.Callback) int {
				mu.Lock()
				defer mu.Unlock()
				n, err := client.ParseNotice(t.Context(), cb)
				if err != nil {
					bad++
					return http.StatusUnauthorized
				}
				read = append(read, n)
				if down {
					return http.StatusServiceUnavailable
				}
				return http.StatusNoContent
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = server.Close() }()
		config := clientConfig(server.Merchant(0), "", "https://larder.example/notice")
		config.Transport = server.Transport()
		if client, err = wechatpay.New(config); err != nil {
			t.Fatal(err)
		}
		for _, fault := range []sandbox.Fault{sandbox.CallbackProbe, sandbox.CallbackBadSignature} {
			if err := server.Inject(sandbox.Injection{Fault: fault, Call: sandbox.KindConfirmed, Times: 1}); err != nil {
				t.Fatal(err)
			}
		}
		if err := server.Inject(sandbox.Injection{Fault: sandbox.CallbackLost, Call: sandbox.KindPaid}); err != nil {
			t.Fatal(err)
		}

		began := larder.MillisOf(time.Now())
		req := payment.AuthorizeRequest{Number: "V1", Payer: server.NewCustomer(), Ceiling: 5000, Started: began, Cabinet: "一号柜"}
		if _, err := client.Authorize(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		if _, err := server.Confirm("V1", ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Minute) // the probe, the spoiled one, three (15, 30 and 60 s) that are not acknowledged
		mu.Lock()
		down = false
		mu.Unlock()
		time.Sleep(24 * time.Hour) // one that is acknowledged, and no more
		synctest.Wait()
		if bad != 2 || len(read) != 4 {
			t.Errorf("%d bad notices and %d read, want 2 and 4", bad, len(read))
		}
		for _, n := range read {
			if n.ID != read[0].ID || n.Status.State != payment.ProviderAuthorized {
				t.Errorf("%+v, want the consent under the id %s", n, read[0].ID)
			}
		}
		capture := payment.CaptureRequest{
			Number: "V1", Amount: 500, Started: began, Ended: began + 60_000,
			Lines: []payment.CaptureLine{{Name: "水", Count: 2, Price: 250}},
		}
		if s, err := client.Capture(t.Context(), capture); err != nil || s.State != payment.ProviderCollecting {
			t.Fatalf("Capture: %+v, %v", s, err)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if s, err := client.Query(t.Context(), "V1"); err != nil || s.State != payment.ProviderCaptured || s.Amount != 500 {
			t.Errorf("Query: %+v, %v; want 500 captured", s, err)
		}
		if len(read) != 4 || len(server.Unfired()) != 0 {
			t.Errorf("%d read, unfired %v; want the second callback lost", len(read), server.Unfired())
		}
	})
}
