package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"larder"
	"larder/internal/core/payment"
)

const (
	maxCallback  = 1 << 20         // bytes of a provider's callback
	callbackTime = 4 * time.Second // providers wait 5 s for an answer (S18)
)

// callbackFailure is what providers read as "send it again" or "refused": WeChat Pay's form, which
// others ignore in favor of the status.
const callbackFailure = `{"code":"FAIL","message":"失败"}`

type callbackPath struct {
	Provider string `path:"provider" minLength:"1" maxLength:"32" pattern:"^[a-z0-9_]+$" patternDescription:"a provider's name"`
}

func registerCallbacks(a *API) {
	Register(a, Callback(), Op{
		ID: "take-callback", Method: http.MethodPost, Path: "/v1/callbacks/{provider}", Tag: "provider",
		Summary: "A payment provider's callback, believed by its signature alone", Repeat: RepeatNatural, Status: http.StatusNoContent,
		Document: func(o *huma.Operation, _ huma.Registry) {
			o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
				"*/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}, // so huma leaves it unread
			}}
			o.Responses = map[string]*huma.Response{
				"204": {Description: "Stored and applied; the provider need not send it again."},
				"401": {Description: "Not what it claims to be; nothing was changed."},
			}
		},
	}, a.takeCallback)
}

// takeCallback hands the raw bytes to visit: a signature is over bytes, and reading them first would
// trust a stranger's JSON. The body is read here and not by huma, so that it arrives as it came.
func (a *API) takeCallback(_ context.Context, in *callbackPath) (*huma.StreamResponse, error) {
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		r, w := unwrap(hc)
		status, err := a.notice(w, r, in.Provider)
		if err != nil {
			noteError(r.Context(), err)
		}
		if status == http.StatusNoContent {
			w.WriteHeader(status)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, callbackFailure) // a provider that is gone sends it again
	}}, nil
}

// notice reads and hands on one callback, counts what came of it and returns the status that makes
// the provider do the right thing: 204 is done, 4xx is refused, 5xx is to be sent again.
func (a *API) notice(w http.ResponseWriter, r *http.Request, provider string) (int, error) {
	ctx, cancel := context.WithTimeoutCause(r.Context(), callbackTime, context.DeadlineExceeded)
	defer cancel()
	var body bytes.Buffer
	if _, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, maxCallback)); err != nil {
		a.countCallback(provider, "unreadable")
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return http.StatusRequestEntityTooLarge, larder.Wrap(larder.CodeTooLarge, err)
		}
		return http.StatusBadRequest, larder.Wrap(codeMalformed, err)
	}
	err := a.deps.Visits.Notice(ctx, provider, payment.Callback{
		Header: r.Header.Clone(), Body: body.Bytes(), Arrived: larder.MillisOf(time.Now()),
	})
	return a.conclude(provider, err)
}

// conclude says what a provider is answered for what visit said.
func (a *API) conclude(provider string, err error) (int, error) {
	bad, isBad := errors.AsType[*payment.ErrBadNotice](err)
	switch {
	case err == nil:
		a.countCallback(provider, "taken")
		return http.StatusNoContent, nil
	case isBad:
		a.countCallback(provider, bad.Cause)
		return http.StatusUnauthorized, larder.Wrap(larder.CodeUnauthorized, err)
	case larder.CodeOf(err) == larder.CodeNotFound:
		a.countCallback(provider, "unknown")
		return http.StatusNotFound, err
	}
	a.countCallback(provider, "failed")
	return http.StatusInternalServerError, err
}

// countCallback keeps labels bounded: what a stranger writes into the path is no label.
func (a *API) countCallback(provider, outcome string) {
	if outcome == "unknown" || outcome == "unreadable" {
		provider = "any"
	}
	a.metrics.callbacks.WithLabelValues(provider, outcome).Inc()
}
