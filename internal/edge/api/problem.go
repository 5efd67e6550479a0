package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"larder"
)

const problemType = "application/problem+json"

// Problem is what every refusal becomes (RFC 9457). Programs read code, params and errors; people
// read the title, which is in their language.
type Problem struct {
	Type   string         `json:"type" doc:"Always about:blank: the code says more than a page would."`
	Title  string         `json:"title" doc:"A sentence for people, Chinese or English by Accept-Language."`
	Status int            `json:"status" doc:"The HTTP status."`
	Code   larder.Code    `json:"code" doc:"What went wrong, in a word that programs may rely on."`
	Params map[string]any `json:"params" doc:"What belongs to the code, for instance retry_after_s."`
	Errors []FieldError   `json:"errors" doc:"What is wrong with which part of the input."`

	lang language // of the title
}

// FieldError is one thing that is wrong with the input.
type FieldError struct {
	Location string         `json:"location" doc:"Where, for instance body.lines[0].count or header.Idempotency-Key."`
	Code     string         `json:"code" doc:"What is wrong, for instance too_short."`
	Message  string         `json:"message" doc:"A sentence for people."`
	Params   map[string]any `json:"params" doc:"What belongs to the code, for instance min."`
}

// errorOf is a refusal of HTTP itself.
func errorOf(code larder.Code) error { return larder.E(code) }

// newProblem is what outsiders learn about err: its code and that code's parameters. Of a mistake
// of ours they learn that it is one.
func newProblem(err error, l language) *Problem {
	code := larder.CodeOf(err)
	p := &Problem{
		Type: "about:blank", Title: titleOf(code, l), Status: statusOf(code), Code: code,
		Params: map[string]any{}, Errors: []FieldError{}, lang: l,
	}
	if e, ok := errors.AsType[*larder.Error](err); ok && code != larder.CodeInternal {
		maps.Copy(p.Params, e.Params)
	}
	return p
}

// coded gives errors of the request's own end a code, so that a client that left or a deadline that
// passed does not count as a mistake of ours.
func coded(ctx context.Context, err error) error {
	if larder.CodeOf(err) != larder.CodeInternal {
		return err
	}
	switch {
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return larder.Wrap(larder.CodeOverload, err)
	case ctx.Err() != nil:
		return larder.Wrap(codeGone, err)
	}
	return err
}

// Error names the code.
func (p *Problem) Error() string { return string(p.Code) }

// GetStatus returns the HTTP status; huma asks for it.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the content type of a problem; huma asks for it.
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders returns what goes with the problem: its language, when to try again, how to sign in.
// huma asks for it.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{"Vary": {"Accept-Language"}, "Content-Language": {p.lang.tag()}}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if s, ok := p.Params[paramRetry]; ok {
		if seconds, err := strconv.Atoi(stringOf(s)); err == nil {
			h.Set("Retry-After", strconv.Itoa(seconds))
		}
	}
	return h
}

// TransformSchema lists the codes in the OpenAPI document, so that clients get them as a union.
func (*Problem) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	codes := slices.Sorted(maps.Keys(statuses))
	enum := make([]any, 0, len(codes))
	for _, c := range codes {
		if c != codeGone { // nobody is there to read that one
			enum = append(enum, string(c))
		}
	}
	s.Properties["code"].Enum = enum
	return s
}

// writeProblem answers a request with err outside of huma.
func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	noteError(r.Context(), err)
	sendProblem(w, newProblem(err, languageOf(r.Header)))
}

// sendProblem answers a request with a problem.
func sendProblem(w http.ResponseWriter, p *Problem) {
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	// The status is out; a client that went away meanwhile is told nothing more.
	_ = json.NewEncoder(w).Encode(p)
}
