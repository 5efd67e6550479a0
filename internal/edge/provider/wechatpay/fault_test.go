package wechatpay_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/edge/provider/sandbox"
	"larder/internal/edge/provider/wechatpay"
)

func newRequest(b *bench, number string) payment.AuthorizeRequest {
	return payment.AuthorizeRequest{
		Number: number, Payer: b.sandbox.NewCustomer(), Ceiling: 5000,
		Started: larder.MillisOf(time.Now().Add(-time.Minute)), Cabinet: "一号柜", Device: "SN-1",
	}
}

// TestClient_Authorize_SpoiledAnswers guards P8, P9 and P15 at the adapter: an answer that is
// missing, unsigned, forged, stale or about something else is no answer, and a refusal is one only
// where the provider says so.
func TestClient_Authorize_SpoiledAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault   sandbox.Fault
		reason  string // of a refusal; "" means unknown
		words   string // in the error
		created bool
	}{
		{sandbox.RequestLost, "", "no answer", false},
		{sandbox.ServerError, "", "SYSTEM_ERROR", false},
		{sandbox.RateLimited, payment.RefusedLater, "FREQUENCY_LIMITED", false},
		{sandbox.AnswerLost, "", "no answer", true},
		{sandbox.ServerErrorAfter, "", "SYSTEM_ERROR", true},
		{sandbox.BadGateway, "", "status 502", true},
		{sandbox.HTMLAnswer, "", "does not verify", true},
		{sandbox.BadSignature, "", "does not verify", true},
		{sandbox.StaleAnswer, "", "does not verify", true},
		{sandbox.ForeignAnswer, "", "another order", true},
	}
	for _, tt := range tests {
		t.Run(string(tt.fault), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Config{})
			b.inject(t, sandbox.Injection{Fault: tt.fault, Call: sandbox.CallCreate, Times: 1})
			req := newRequest(b, "V1")
			_, err := b.client.Authorize(t.Context(), req)
			refused, isRefused := errors.AsType[*payment.ErrRefused](err)
			if err == nil || isRefused != (tt.reason != "") || isRefused && refused.Reason != tt.reason || !strings.Contains(err.Error(), tt.words) {
				t.Errorf("error %v, want reason %q and the words %q", err, tt.reason, tt.words)
			}
			if _, err := b.sandbox.Order("V1"); (err == nil) != tt.created {
				t.Errorf("created: %v, want %v", err == nil, tt.created)
			}
			if s, err := b.client.Authorize(t.Context(), req); err != nil || s.State != payment.ProviderWaiting {
				t.Errorf("the repetition: %+v, %v; want waiting", s, err)
			}
		})
	}
}

// TestClient_Deadline guards S16: a slow provider costs the caller's deadline, and the client's own
// where the caller has none.
func TestClient_Deadline(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Config{})
	b.inject(t, sandbox.Injection{Fault: sandbox.AnswerDelayed, Call: sandbox.CallCreate, Delay: time.Minute})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := b.client.Authorize(ctx, newRequest(b, "V1")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with a deadline: %v", err)
	}
	b.config.Timeout = 50 * time.Millisecond
	hasty, err := wechatpay.New(b.config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hasty.Authorize(t.Context(), newRequest(b, "V2")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("without one: %v", err)
	}
}

// TestClient_Notice_BeforeAnswer guards P7: the callback that overtakes the answer is about the
// number of the request.
func TestClient_Notice_BeforeAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Config{})
	b.inject(t, sandbox.Injection{Fault: sandbox.CallbackEarly})
	waiting, err := b.client.Authorize(t.Context(), newRequest(b, "V1"))
	if err != nil || waiting.State != payment.ProviderWaiting {
		t.Fatalf("Authorize: %+v, %v", waiting, err)
	}
	select { // it arrived before the answer did
	case cb := <-b.callbacks:
		n, err := b.client.ParseNotice(t.Context(), cb)
		if err != nil || n.Status.Number != "V1" || n.Status.State != payment.ProviderAuthorized {
			t.Errorf("notice: %+v, %v", n, err)
		}
	default:
		t.Error("no callback before the answer")
	}
}

// TestClient_Refusals_Customer guards P12: a fourth order in progress is refused as this customer's
// matter.
func TestClient_Refusals_Customer(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Config{})
	req := newRequest(b, "")
	for _, number := range []string{"A", "B", "C"} {
		req.Number = number
		if _, err := b.client.Authorize(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	req.Number = "D"
	if _, err := b.client.Authorize(t.Context(), req); !payment.IsRefused(err, payment.RefusedCustomer) {
		t.Errorf("the fourth order: %v, want refused for the customer", err)
	}
}

// TestClient_Requests_NotSent guards the wire's limits: a request that cannot be right is refused
// before it is sent.
func TestClient_Requests_NotSent(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Config{})
	right := newRequest(b, "V1")
	for name, spoil := range map[string]func(*payment.AuthorizeRequest){
		"a path in the number": func(r *payment.AuthorizeRequest) { r.Number = "../V1" },
		"a long number":        func(r *payment.AuthorizeRequest) { r.Number = strings.Repeat("V", 33) },
		"no ceiling":           func(r *payment.AuthorizeRequest) { r.Ceiling = 0 },
		"no start":             func(r *payment.AuthorizeRequest) { r.Started = 0 },
	} {
		req := right
		spoil(&req)
		if _, err := b.client.Authorize(t.Context(), req); !payment.IsRefused(err, payment.RefusedRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	capture := payment.CaptureRequest{
		Number: "V1", Amount: 500, Started: right.Started, Ended: right.Started + 1000,
		Lines: []payment.CaptureLine{{Name: "水", Count: 2, Price: 250}},
	}
	for name, spoil := range map[string]func(*payment.CaptureRequest){
		"nothing to collect":   func(r *payment.CaptureRequest) { r.Amount = 0 },
		"more than the lines":  func(r *payment.CaptureRequest) { r.Amount = 501 },
		"no lines":             func(r *payment.CaptureRequest) { r.Lines = nil },
		"a negative price":     func(r *payment.CaptureRequest) { r.Lines = []payment.CaptureLine{{Name: "水", Count: 1, Price: -1}} },
		"no pieces":            func(r *payment.CaptureRequest) { r.Lines = []payment.CaptureLine{{Name: "水", Price: 500}} },
		"it ends before it is": func(r *payment.CaptureRequest) { r.Ended = r.Started - 1 },
	} {
		req := capture
		spoil(&req)
		if _, err := b.client.Capture(t.Context(), req); !payment.IsRefused(err, payment.RefusedRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.client.Cancel(t.Context(), "V1", ""); !payment.IsRefused(err, payment.RefusedRequest) {
		t.Errorf("a cancellation without a reason: %v", err)
	}
	if sent := b.sandbox.Requests("", ""); len(sent) != 0 {
		t.Errorf("%d requests were sent", len(sent))
	}
}

// TestClient_Capture_OddLines guards the smart retail rule at its edges: long names, free pieces
// and more lines than the wire takes.
func TestClient_Capture_OddLines(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Config{})
	req := newRequest(b, "V1")
	req.Cabinet, req.Ceiling = strings.Repeat("长", 40), 100_000
	if _, err := b.client.Authorize(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if _, err := b.sandbox.Confirm("V1", ""); err != nil {
		t.Fatal(err)
	}
	capture := payment.CaptureRequest{Number: "V1", Started: req.Started, Ended: req.Started + 20_000, Lines: []payment.CaptureLine{{Name: "赠品", Count: 1}}}
	for range 150 {
		capture.Lines = append(capture.Lines, payment.CaptureLine{Name: strings.Repeat("名", 60), Count: 2, Price: 100})
		capture.Amount += 200
	}
	if s, err := b.client.Capture(t.Context(), capture); err != nil || s.Amount != 30_000 {
		t.Errorf("Capture: %+v, %v; want 30000", s, err)
	}
}

// TestClient_Capture_ManyPieces guards the smart retail rule of at most 100 items of at most 100 pieces:
// a bill with more, which a person may make, is collected all the same, with nothing of it lost or
// named twice.
func TestClient_Capture_ManyPieces(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Config{})
	for number, lines := range map[string][]payment.CaptureLine{
		"one piece too many":       {{Name: "水", Count: 101, Price: 3}},
		"the most of a lane":       {{Name: "水", Count: 1000, Price: 3}},
		"the most of many lanes":   slices.Repeat([]payment.CaptureLine{{Name: "水", Count: 1000, Price: 1}}, 99),
		"many pieces at the end":   append(slices.Repeat([]payment.CaptureLine{{Name: "水", Count: 1, Price: 1}}, 99), payment.CaptureLine{Name: "茶", Count: 250, Price: 2}),
		"exactly what may be sent": slices.Repeat([]payment.CaptureLine{{Name: "水", Count: 100, Price: 1}}, 100),
	} {
		number := strings.ReplaceAll(number, " ", "_")
		req := newRequest(b, number)
		req.Ceiling = 100_000
		if _, err := b.client.Authorize(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		if _, err := b.sandbox.Confirm(number, ""); err != nil {
			t.Fatal(err)
		}
		capture := payment.CaptureRequest{Number: number, Started: req.Started, Ended: req.Started + 20_000, Lines: lines}
		for _, l := range lines {
			capture.Amount += larder.Fen(l.Count) * l.Price
		}
		if s, err := b.client.Capture(t.Context(), capture); err != nil || s.Amount != capture.Amount {
			t.Errorf("%s: %+v, %v; want %s", number, s, err, capture.Amount)
		}
	}
}

// TestClient_Phone guards what the phone gets: the sandbox verifies the APIv2 signature and knows
// the page; a changed parameter is refused.
func TestClient_Phone(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Config{})
	s, err := b.client.Authorize(t.Context(), newRequest(b, "V1"))
	if err != nil {
		t.Fatal(err)
	}
	if o, err := b.sandbox.OpenPage(s.Phone); err != nil || o.Number != "V1" || o.Ceiling != 5000 {
		t.Errorf("the page shows %+v, %v", o, err)
	}
	s.Phone["timestamp"] += "0"
	if _, err := b.sandbox.OpenPage(s.Phone); err == nil {
		t.Error("a changed parameter opens the page")
	}
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

// Write implements [io.Writer].
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// TestClient_Observes guards I27 and the metrics: failures are counted by call and outcome, and no
// log or error shows a secret, a customer or what the provider's answer said.
func TestClient_Observes(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Config{})
	var log lockedBuffer
	registry := prometheus.NewRegistry()
	b.config.Logger, b.config.Registry = slog.New(slog.NewTextHandler(&log, nil)), registry
	client, err := wechatpay.New(b.config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wechatpay.New(b.config); err != nil {
		t.Fatalf("a second client on one registry: %v", err)
	}
	req := newRequest(b, "V1")
	for _, fault := range []sandbox.Fault{sandbox.BadSignature, sandbox.ServerError, sandbox.BadGateway, sandbox.RequestLost, sandbox.RateLimited} {
		b.inject(t, sandbox.Injection{Fault: fault, Times: 1})
		_, err := client.Authorize(t.Context(), req)
		if err == nil {
			t.Errorf("%s: no error", fault)
			continue
		}
		log.WriteString(err.Error())
	}
	if _, err := client.Authorize(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	for _, canary := range []string{req.Payer, b.config.APIv3Key.Reveal(), b.config.APIv2Key.Reveal(), "BEGIN", "Wechatpay", "频率", "系统", "html", "Authorization"} {
		if strings.Contains(log.String(), canary) {
			t.Errorf("%.12q is in the log:\n%s", canary, log.String())
		}
	}
	want := map[string]uint64{
		"create ok": 1, "create unverified": 1, "create unknown": 3, "create refused_later": 1,
	}
	if diff := cmp.Diff(want, counts(t, registry, "larder_provider_call_seconds")); diff != "" {
		t.Error(diff)
	}
}

// counts returns how often each combination of labels, the provider aside, was observed.
func counts(t *testing.T, registry *prometheus.Registry, name string) map[string]uint64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]uint64{}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			var words []string
			for _, label := range m.GetLabel() {
				if label.GetName() != "provider" {
					words = append(words, label.GetValue())
				}
			}
			found[strings.Join(words, " ")] = m.GetHistogram().GetSampleCount() + uint64(m.GetCounter().GetValue())
		}
	}
	return found
}
