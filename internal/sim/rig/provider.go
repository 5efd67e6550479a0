package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"larder/internal/edge/provider/sandbox"
)

// ProviderName is what the API calls the provider that the sandbox plays.
const ProviderName = "wechatpay"

const (
	providerHeader = 10 * time.Second
	callbackIdle   = 90 * time.Second
	callbackConns  = 32 // as the sandbox bounds its own
	stopGrace      = 2 * time.Second
)

// Ears are told what passes between platform and provider, in the goroutine that carries it: nothing
// goes on before they return. Each is optional.
type Ears struct {
	Arrived   func(call string) // a request has arrived and nothing has happened yet; see [sandbox.CallCreate]
	Sending   func(kind string) // a callback is about to go out; see [sandbox.KindPaid]
	Delivered func(kind string) // the platform has answered a callback
}

// Provider is the payment provider's sandbox, listening on loopback.
type Provider struct {
	*sandbox.Server
	URL string // of its API

	ears   Ears
	server *http.Server
	ended  chan struct{}
}

// StartProvider starts a sandbox with one merchant on a free port; the caller closes it.
func StartProvider(ctx context.Context, ears Ears) (*Provider, error) {
	p := &Provider{ears: ears, ended: make(chan struct{})}
	carrier := &http.Transport{
		MaxConnsPerHost: callbackConns, MaxIdleConnsPerHost: callbackConns, IdleConnTimeout: callbackIdle,
	}
	var err error
	if p.Server, err = sandbox.New(sandbox.Config{Transport: &listener{carrier, &p.ears}}); err != nil {
		return nil, err
	}
	socket, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("provider: listen: %w", err), p.Server.Close())
	}
	p.URL = "http://" + socket.Addr().String()
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: providerHeader}
	go func() {
		defer close(p.ended)
		_ = p.server.Serve(socket) // ends with Close; a broken loopback shows in every purchase
	}()
	return p, nil
}

// ServeHTTP implements [http.Handler].
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.ears.Arrived != nil {
		p.ears.Arrived(callOf(r))
	}
	p.Server.ServeHTTP(w, r)
}

// Close stops the provider and waits for what it has started.
func (p *Provider) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopGrace)
	defer cancel()
	err := p.server.Shutdown(ctx)
	if err != nil {
		err = p.server.Close()
	}
	<-p.ended
	return errors.Join(err, p.Server.Close())
}

// callOf names a request as the sandbox does.
func callOf(r *http.Request) string {
	_, rest, ours := strings.Cut(r.URL.Path, "/v3/payscore/serviceorder")
	_, action, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	switch {
	case r.URL.Path == "/sns/jscode2session":
		return sandbox.CallLogin
	case !ours:
		return sandbox.CallOther
	case r.Method == http.MethodGet:
		return sandbox.CallQuery
	case rest == "":
		return sandbox.CallCreate
	}
	return action
}

// listener carries callbacks and tells what they are.
type listener struct {
	carrier http.RoundTripper
	ears    *Ears
}

// RoundTrip implements [http.RoundTripper].
func (l *listener) RoundTrip(r *http.Request) (*http.Response, error) {
	kind, err := kindOf(r)
	if err != nil {
		return nil, err
	}
	if l.ears.Sending != nil {
		l.ears.Sending(kind)
	}
	answer, err := l.carrier.RoundTrip(r)
	if err == nil && l.ears.Delivered != nil {
		l.ears.Delivered(kind)
	}
	return answer, err
}

// CloseIdleConnections is what http.Client looks for when it is asked to let go.
func (l *listener) CloseIdleConnections() {
	if c, ok := l.carrier.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// kindOf reads what kind of callback a request is; the request stays whole.
func kindOf(r *http.Request) (string, error) {
	body, err := io.ReadAll(r.Body)
	_ = r.Body.Close() // it was read whole
	if err != nil {
		return "", fmt.Errorf("provider: read a callback: %w", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var envelope struct {
		Kind string `json:"event_type"`
	}
	_ = json.Unmarshal(body, &envelope) // spoiled callbacks have no kind
	return envelope.Kind, nil
}
