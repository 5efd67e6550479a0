package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"larder"
)

const maxAnswer = 1 << 20

// shopper is a shopper's app: it speaks the public API and keeps its token.
type shopper struct {
	base   string // for instance http://127.0.0.1:8080
	client *http.Client
	token  string
}

// RefusedError is a problem that the API answered with.
type RefusedError struct {
	Request string // method and path
	Status  int
	Code    larder.Code // "" if the answer was no problem
}

// Error names what was asked and the code of the refusal.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s: the platform answered %d %s", e.Request, e.Status, e.Code)
}

func (s *shopper) signIn(ctx context.Context, provider, code string) error {
	var login struct {
		Token string `json:"token"`
	}
	in := map[string]string{"provider": provider, "code": code}
	if err := s.call(ctx, http.MethodPost, "/v1/customers/sign-in", "", in, &login); err != nil {
		return err
	}
	s.token = login.Token
	return nil
}

// scan asks what is behind a door.
func (s *shopper) scan(ctx context.Context, token string) (scanned, error) {
	var found scanned
	err := s.call(ctx, http.MethodGet, "/v1/doors/"+token, "", nil, &found)
	return found, err
}

// start begins a visit; key makes a repetition harmless.
func (s *shopper) start(ctx context.Context, token, provider, key string) (visit, error) {
	in := map[string]string{"door_token": token, "provider": provider}
	var v visit
	err := s.call(ctx, http.MethodPost, "/v1/sessions", key, in, &v)
	return v, err
}

func (s *shopper) visit(ctx context.Context, id larder.SessionID) (visit, error) {
	var v visit
	err := s.call(ctx, http.MethodGet, "/v1/sessions/"+id.String(), "", nil, &v)
	return v, err
}

// receipt returns the receipt as the API wrote it, and read.
func (s *shopper) receipt(ctx context.Context, id larder.SessionID) (json.RawMessage, receipt, error) {
	var raw json.RawMessage
	var r receipt
	if err := s.call(ctx, http.MethodGet, "/v1/sessions/"+id.String()+"/receipt", "", nil, &raw); err != nil {
		return nil, r, err
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return raw, r, fmt.Errorf("read the receipt: %w", err)
	}
	return raw, r, nil
}

// call sends one request and reads its answer into out; the error of a refusal is a [*RefusedError].
func (s *shopper) call(ctx context.Context, method, path, key string, in, out any) error {
	req, err := s.request(ctx, method, path, in)
	if err != nil {
		return err
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	answer, err := s.client.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return refused(req, answer.StatusCode, body)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	return nil
}

func (s *shopper) request(ctx context.Context, method, path string, in any) (*http.Request, error) {
	var body io.Reader
	if in != nil {
		encoded, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
		body = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(s.base, "/")+path, body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	return req, nil
}

func refused(req *http.Request, status int, body []byte) error {
	var p struct {
		Code larder.Code `json:"code"`
	}
	_ = json.Unmarshal(body, &p) // an answer that is no problem has no code
	return &RefusedError{Request: req.Method + " " + req.URL.Path, Status: status, Code: p.Code}
}
