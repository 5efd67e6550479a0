package api_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"larder/internal/core/payment"
	"larder/internal/edge/api"
)

const callbacks = "/v1/callbacks/wechatpay"

// provide sets what reading a callback says.
func (p *provider) provide(n payment.Notice, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notice, p.err = n, err
}

// S18, P8: a callback that is not what it claims to be changes nothing, is counted by its cause and
// answered as the provider reads a failure.
func TestCallback_that_is_bad(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, cause := range []string{"signature", "probe", "stale", "malformed", "foreign"} {
		r.provider.provide(payment.Notice{}, &payment.ErrBadNotice{Cause: cause, Err: errors.New("made up")})
		answer := r.ask(t, anonymous, "POST", callbacks, `{"id":"x"}`)
		if answer.Code != 401 || answer.Body.String() != `{"code":"FAIL","message":"失败"}` ||
			answer.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", cause, answer.Code, answer.Body)
		}
		if n := r.count(t, "larder_api_callbacks_total", "provider", wechat, "outcome", cause); n != 1 {
			t.Errorf("%s: counted %v times", cause, n)
		}
	}
}

// A verified callback is answered 204 after the commit, however often it comes; its bytes arrive as
// they were sent, because a signature is over bytes.
func TestCallback_that_is_good(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.provider.provide(payment.Notice{ID: "notice-1", Kind: "about no order"}, nil)
	body := "{ \"id\" :\t\"x\",\n\"id\":null, \"unknown\": [[[[]]]] }\r\n"
	for range 3 {
		if answer := r.ask(t, anonymous, "POST", callbacks, body, "Content-Type", "text/plain"); answer.Code != 204 || answer.Body.Len() != 0 {
			t.Fatalf("answered %d %s", answer.Code, answer.Body)
		}
	}
	if got := string(r.provider.bodies[0]); got != body {
		t.Errorf("arrived as %q", got)
	}
	if n := r.count(t, "larder_api_callbacks_total", "outcome", "taken"); n != 3 {
		t.Errorf("counted %v", n)
	}
}

// What we could not keep is to be sent again (I17): no "success" before it is durable.
func TestCallback_that_we_cannot_keep(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.provider.provide(payment.Notice{ID: "notice-1", Kind: "about no order"}, nil)
	must(t, r.db.Close())
	if answer := r.ask(t, anonymous, "POST", callbacks, "{}"); answer.Code != 500 || !strings.Contains(answer.Body.String(), "FAIL") {
		t.Errorf("answered %d %s", answer.Code, answer.Body)
	}
	if !strings.Contains(r.log.String(), `"level":"ERROR"`) {
		t.Errorf("the log: %s", r.log)
	}
}

func TestCallback_that_is_about_nothing_of_ours(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if answer := r.ask(t, anonymous, "POST", "/v1/callbacks/nobody", "{}"); answer.Code != 404 {
		t.Errorf("an unknown provider: %d", answer.Code)
	}
	r.provider.provide(payment.Notice{ID: "n", Status: payment.Status{Number: "never-given-out", State: payment.ProviderAuthorized}}, nil)
	if answer := r.ask(t, anonymous, "POST", callbacks, "{}"); answer.Code != 404 {
		t.Errorf("an unknown number: %d", answer.Code)
	}
	// What a stranger writes into the path is no label.
	if n := r.count(t, "larder_api_callbacks_total", "provider", "any", "outcome", "unknown"); n != 2 {
		t.Errorf("counted %v", n)
	}
}

// S16: exactly a mebibyte is read, a byte more is not.
func TestCallback_size(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.provider.provide(payment.Notice{ID: "notice-1", Kind: "about no order"}, nil)
	for size, want := range map[int]int{api.MaxCallback: 204, api.MaxCallback + 1: 413, api.MaxCallback + 2: 413} {
		req := r.request(t, anonymous, "POST", callbacks, "")
		req.Body = io.NopCloser(strings.NewReader(strings.Repeat("x", size)))
		answer := newRecorder()
		r.ServeHTTP(answer, req)
		if answer.Code != want {
			t.Errorf("%d bytes: %d, want %d", size, answer.Code, want)
		}
	}
}
