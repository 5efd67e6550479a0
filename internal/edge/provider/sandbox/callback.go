package sandbox

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"time"
)

// The kinds of callback. There is none for a canceled or expired order or a failed deduction.
const (
	KindConfirmed = "PAYSCORE.USER_CONFIRM"
	KindPaid      = "PAYSCORE.USER_PAID"
)

const (
	callbackTimeout     = 5 * time.Second // the provider's
	maxCallbackConns    = 32
	maxAcknowledgement  = 4 << 10
	duplicateDeliveries = 3
	probeSignature      = "WECHATPAY/SIGNTEST/"
)

// retries is pay score's documented schedule of repetitions.
var retries = []time.Duration{
	15 * time.Second, 15 * time.Second, 30 * time.Second, 3 * time.Minute,
	30 * time.Minute, 30 * time.Minute, 30 * time.Minute, 30 * time.Minute, time.Hour,
}

// notice is one callback and its repetitions: the same body each time, signed anew.
type notice struct {
	platform *platform
	kind     string
	number   string
	url      string
	envelope envelope
	attempt  int // deliveries so far
}

type envelope struct {
	ID           string  `json:"id"`
	CreateTime   string  `json:"create_time"`
	EventType    string  `json:"event_type"`
	ResourceType string  `json:"resource_type"`
	Summary      string  `json:"summary"`
	Resource     *sealed `json:"resource,omitempty"`
}

func newCallbackClient(transport http.RoundTripper) *http.Client {
	if transport == nil {
		dialer := &net.Dialer{Timeout: callbackTimeout}
		transport = &http.Transport{
			DialContext:         dialer.DialContext,
			MaxConnsPerHost:     maxCallbackConns,
			MaxIdleConnsPerHost: maxCallbackConns,
			IdleConnTimeout:     idleTimeout,
		}
	}
	return &http.Client{
		Transport:     transport,
		Timeout:       callbackTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// newNotice writes the callback about an order as it is now. The caller holds the server's mutex.
func (s *Server) newNotice(o *order, kind string) *notice {
	number := o.create.OutOrderNo
	v := o.view()
	if s.faults.fire(CallbackForeign, kind, number) != nil {
		v.AppID = "wx" + randomHex(8)
	}
	plain, err := json.Marshal(v)
	if err != nil { // an order is made of strings and numbers
		s.config.Logger.Error("sandbox: encode a callback", "number", number, "error", err)
	}
	summary := map[string]string{KindConfirmed: "用户确认成功", KindPaid: "用户支付成功"}[kind]
	body := o.platform.seal(plain, "payscore", "payscore")
	return &notice{
		platform: o.platform, kind: kind, number: number, url: o.create.NotifyURL,
		envelope: envelope{
			ID: "EV-" + digits(20), CreateTime: s.config.Clock.Now().In(beijing).Format(time.RFC3339),
			EventType: kind, ResourceType: "encrypt-resource", Summary: summary, Resource: &body,
		},
	}
}

// callBack sends a callback soon. The caller may hold the server's mutex.
func (s *Server) callBack(n *notice) {
	if s.faults.fire(CallbackLost, n.kind, n.number) != nil {
		return
	}
	var delay time.Duration
	if late := s.faults.fire(CallbackDelayed, n.kind, n.number); late != nil {
		delay = late.Delay
	}
	if s.faults.fire(CallbackDuplicated, n.kind, n.number) != nil {
		for range duplicateDeliveries - 1 {
			s.courier.later(delay, func() { s.deliver(n.spoiled(s)) })
		}
	}
	s.courier.later(delay, func() { s.attempt(n) })
}

// attempt delivers once and plans the next repetition if the receiver did not acknowledge.
func (s *Server) attempt(n *notice) {
	if s.faults.fire(CallbackProbe, n.kind, n.number) != nil {
		s.deliver(delivery{notice: n, body: n.body(), probe: true})
	}
	if s.deliver(n.spoiled(s)) {
		return
	}
	if n.attempt++; n.attempt <= len(retries) {
		s.courier.later(retries[n.attempt-1], func() { s.attempt(n) })
	}
}

// delivery is one sending of a notice, spoiled or not.
type delivery struct {
	*notice
	body                       []byte
	probe, badSignature, stale bool
}

// body encodes the notice; it is made of strings, so encoding does not fail.
func (n *notice) body() []byte {
	body, _ := json.Marshal(n.envelope)
	return body
}

// spoiled returns the next delivery with the faults that are on.
func (n *notice) spoiled(s *Server) delivery {
	d := delivery{notice: n, body: n.body()}
	fire := func(fault Fault) bool { return s.faults.fire(fault, n.kind, n.number) != nil }
	switch bad := n.envelope; {
	case fire(CallbackNoResource):
		bad.Resource = nil
		d.body = (&notice{envelope: bad}).body()
	case fire(CallbackBadNonce):
		resource := *bad.Resource
		resource.Nonce += "+4"
		bad.Resource = &resource
		d.body = (&notice{envelope: bad}).body()
	}
	d.badSignature, d.stale = fire(CallbackBadSignature), fire(CallbackStale)
	return d
}

// deliver sends one callback and reports whether the receiver acknowledged it with 200 or 204.
func (s *Server) deliver(d delivery) bool {
	ctx, cancel := context.WithTimeout(s.courier.ctx, callbackTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, bytes.NewReader(d.body))
	if err != nil {
		return false
	}
	if err := s.dress(req, d); err != nil {
		s.config.Logger.Error("sandbox: sign a callback", "number", d.number, "error", err)
		return false
	}
	answer, err := s.client.Do(req)
	if err != nil {
		s.config.Logger.Debug("sandbox: callback not delivered", "number", d.number, "kind", d.kind, "error", err)
		return false
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxAcknowledgement)) // so that the connection is used again
	return answer.StatusCode == http.StatusOK || answer.StatusCode == http.StatusNoContent
}

// dress gives a callback its headers.
func (s *Server) dress(req *http.Request, d delivery) error {
	at, signed := s.config.Clock.Now(), d.body
	if d.stale {
		at = at.Add(-staleBy)
	}
	if d.badSignature {
		signed = append([]byte(" "), d.body...)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Mozilla/4.0")
	req.Header.Set("Request-Id", "08"+randomHex(20)+"-0")
	if err := d.platform.signHeader(req.Header, at, d.platform.PublicKeyID, signed); err != nil {
		return err
	}
	if d.probe {
		forged := make([]byte, keyBits/8)
		req.Header.Set("Wechatpay-Signature", probeSignature+base64.StdEncoding.EncodeToString(forged))
	}
	return nil
}
