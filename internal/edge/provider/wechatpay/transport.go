package wechatpay

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Bounds of our own transport. A purchase makes three or four calls, so 64 connections carry more
// than any fleet asks for.
const (
	maxConnections  = 64
	maxIdle         = 16
	idleTimeout     = 90 * time.Second
	dialTimeout     = 5 * time.Second
	handshakeTime   = 5 * time.Second
	maxAnswerBytes  = 1 << 20
	maxHeaderBytes  = 64 << 10
	keepAlivePeriod = 30 * time.Second
)

var errAnswerTooLarge = errors.New("the answer is larger than 1 MiB")

// newTransport returns a transport with bounded connections.
func newTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: keepAlivePeriod}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxConnsPerHost:        maxConnections,
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    maxIdle,
		IdleConnTimeout:        idleTimeout,
		TLSHandshakeTimeout:    handshakeTime,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}

// newHTTPClient returns a client that speaks to base whatever host a URL names, never follows a
// redirect and reads bounded answers. It has no timeout of its own: the SDK never closes a body,
// and until that happens http.Client.Timeout keeps a goroutine for each call, so that calls bound
// their contexts instead.
func newHTTPClient(base *url.URL, next http.RoundTripper) *http.Client {
	if next == nil {
		next = newTransport()
	}
	return &http.Client{
		Transport: &rebased{base: base, next: next},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
}

// rebased sends requests to another scheme and host. The SDK has WeChat Pay's host built in and no
// option for another one; its signature covers method, path and query, so the host may change.
//
// It also reads the whole answer: the SDK neither bounds nor closes the body, and an unread body
// keeps its connection from being used again.
type rebased struct {
	base *url.URL
	next http.RoundTripper
}

// RoundTrip sends a copy of req to the base.
func (r *rebased) RoundTrip(req *http.Request) (*http.Response, error) {
	out := req.Clone(req.Context())
	out.URL.Scheme, out.URL.Host, out.Host = r.base.Scheme, r.base.Host, ""
	answer, err := r.next.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswerBytes+1))
	_ = answer.Body.Close() // what it could report is already in err
	if err != nil {
		return nil, err
	}
	if len(body) > maxAnswerBytes {
		return nil, errAnswerTooLarge
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}
