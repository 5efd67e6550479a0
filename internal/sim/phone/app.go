package phone

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"larder"
)

const (
	maxAnswer  = 1 << 20
	retryEvery = 200 * time.Millisecond // while the platform cannot be reached
)

// App is the app on one shopper's phone. It is not safe for concurrent use, but for what a
// [Follower] does beside it.
type App struct {
	Base   string       // of the platform's HTTP, for instance http://127.0.0.1:8080
	Client *http.Client // shared by many phones; its limits are the caller's
	From   string       // the phone's address, told as a trusted proxy tells it; "" tells nothing

	token string
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

// temporary reports whether a repetition may be answered differently.
func (e *RefusedError) temporary() bool { return e.Status >= http.StatusInternalServerError }

// SignIn signs the shopper in with a provider's login code, which is good once.
func (a *App) SignIn(ctx context.Context, provider, code string) error {
	var login struct {
		Token string `json:"token"`
	}
	in := map[string]string{"provider": provider, "code": code}
	if err := a.call(ctx, http.MethodPost, "/v1/customers/sign-in", "", in, &login); err != nil {
		return err
	}
	a.token = login.Token
	return nil
}

// Scan asks what is behind a door.
func (a *App) Scan(ctx context.Context, token string) (Scanned, error) {
	var found Scanned
	err := a.call(ctx, http.MethodGet, "/v1/doors/"+token, "", nil, &found)
	return found, err
}

// Start begins a visit; key makes its repetitions harmless, so it may be called again with the same
// one after any error.
func (a *App) Start(ctx context.Context, token, provider, key string) (Visit, error) {
	in := map[string]string{"door_token": token, "provider": provider}
	var v Visit
	err := a.call(ctx, http.MethodPost, "/v1/sessions", key, in, &v)
	return v, err
}

// Visit reads a visit of this shopper.
func (a *App) Visit(ctx context.Context, id larder.SessionID) (Visit, error) {
	var v Visit
	err := a.call(ctx, http.MethodGet, "/v1/sessions/"+id.String(), "", nil, &v)
	return v, err
}

// Receipt reads the receipt of a visit, patiently: it asks again while the platform cannot be reached.
func (a *App) Receipt(ctx context.Context, id larder.SessionID) (Receipt, error) {
	var r Receipt
	err := Patiently(ctx, func() error {
		return a.call(ctx, http.MethodGet, "/v1/sessions/"+id.String()+"/receipt", "", nil, &r.Raw)
	})
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(r.Raw, &r); err != nil {
		return r, fmt.Errorf("read the receipt of visit %s: %w", id, err)
	}
	return r, nil
}

// Patiently asks until it gets an answer: nil, or a refusal that a repetition does not change. The
// context's end returns the latest error.
func Patiently(ctx context.Context, ask func() error) error {
	again := time.NewTicker(retryEvery)
	defer again.Stop()
	for {
		err := ask()
		if err == nil || final(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-again.C:
		}
	}
}

// call sends one request and reads its answer into out; the error of a refusal is a [*RefusedError].
func (a *App) call(ctx context.Context, method, path, key string, in, out any) error {
	req, err := a.request(ctx, method, path, in)
	if err != nil {
		return err
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	answer, err := a.Client.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer answer.Body.Close()
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

func (a *App) request(ctx context.Context, method, path string, in any) (*http.Request, error) {
	body := io.Reader(http.NoBody)
	if in != nil {
		encoded, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
		body = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.Base+path, body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	if a.From != "" {
		req.Header.Set("X-Forwarded-For", a.From)
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
