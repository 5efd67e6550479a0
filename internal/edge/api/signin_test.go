package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"larder"
	"larder/internal/edge/api"
)

func TestSignIn_customer(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(d *api.Deps) { d.SecureCookies = true })
	answer := r.ask(t, anonymous, "POST", "/v1/customers/sign-in", `{"provider":"wechatpay","code":"own customer"}`)
	var login api.CustomerLogin
	must(t, json.Unmarshal(answer.Body.Bytes(), &login))
	if answer.Code != 200 || login.Customer != r.owner.Customer || login.Token == "" || login.Expires.Time().Before(time.Now()) {
		t.Fatalf("signed in as %d %s", answer.Code, answer.Body)
	}
	cookies := answer.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("got %d cookies", len(cookies))
	}
	c := cookies[0]
	if c.Name != api.CookieName || c.Value != login.Token || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
		t.Errorf("the cookie is %v (S13)", c)
	}
	refused(t, r.ask(t, anonymous, "POST", "/v1/customers/sign-in", `{"provider":"wechatpay","code":"stolen"}`), 401, larder.CodeCredentials)
	refused(t, r.ask(t, anonymous, "POST", "/v1/customers/sign-in", `{"provider":"alipay","code":"x"}`), 422, larder.CodeInvalid)
}

// S13: a cookie signs in like a header does, and neither does after signing out.
func TestSignOut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	cookie := api.CookieName + "=" + r.tokens[ownCustomer]
	if got := r.ask(t, anonymous, "GET", "/v1/sessions", "", "Cookie", cookie); got.Code != 200 {
		t.Fatalf("with a cookie: %d %s", got.Code, got.Body)
	}
	out := r.ask(t, anonymous, "POST", "/v1/sign-out", "", "Cookie", cookie)
	if set := out.Header().Get("Set-Cookie"); out.Code != 204 || !strings.Contains(set, "Max-Age=0") {
		t.Errorf("signing out: %d %q", out.Code, set)
	}
	refused(t, r.ask(t, anonymous, "GET", "/v1/sessions", "", "Cookie", cookie), 401, larder.CodeUnauthorized)
	refused(t, r.ask(t, ownCustomer, "GET", "/v1/sessions", ""), 401, larder.CodeUnauthorized)
	// A cookie that has ended keeps nobody from signing in again.
	again := r.ask(t, anonymous, "POST", "/v1/customers/sign-in", `{"provider":"wechatpay","code":"own customer"}`, "Cookie", cookie)
	if again.Code != 200 {
		t.Errorf("signing in with an ended cookie: %d %s", again.Code, again.Body)
	}
}

func TestAuthentication_refuses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, header := range map[string]string{
		"no_such_token": "Bearer " + strings.Repeat("a", 43), "another_scheme": "Basic " + r.tokens[ownCustomer],
		"an_endless_one": "Bearer " + strings.Repeat("a", 9000), "no_token": "Bearer ", "no_scheme": r.tokens[ownCustomer],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, r.ask(t, anonymous, "GET", "/v1/sessions", "", "Authorization", header), 401, larder.CodeUnauthorized)
		})
	}
	t.Run("token_in_the_query", func(t *testing.T) { // addresses end up in logs
		t.Parallel()
		refused(t, r.ask(t, anonymous, "GET", "/v1/sessions?access_token="+r.tokens[ownCustomer], ""), 401, larder.CodeUnauthorized)
	})
}

// S14: a page of another origin cannot use somebody's cookie to change anything.
func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(d *api.Deps) { d.TrustedOrigins = []string{"https://console.example.com"} })
	cookie := api.CookieName + "=" + r.tokens[ownCustomer]
	ask := func(method string, headers ...string) int {
		return r.ask(t, anonymous, method, "/v1/sign-out", "", append([]string{"Cookie", cookie}, headers...)...).Code
	}
	refused(t, r.ask(t, anonymous, "POST", "/v1/sign-out", "", "Cookie", cookie, "Sec-Fetch-Site", "cross-site"), 403, "cross_origin")
	refused(t, r.ask(t, anonymous, "POST", "/v1/sign-out", "", "Cookie", cookie, "Origin", "https://evil.example.com"), 403, "cross_origin")
	if got := ask("POST", "Sec-Fetch-Site", "cross-site", "Origin", "https://console.example.com"); got != 204 {
		t.Errorf("the trusted origin got %d", got)
	}
	if got := ask("POST", "Sec-Fetch-Site", "same-origin"); got != 204 {
		t.Errorf("our own page got %d", got)
	}
}

// I27: no token, password, login code or door token reaches the log.
func TestLog_has_no_secrets(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.ask(t, ownCustomer, "GET", "/v1/sessions", "")
	r.ask(t, ownCustomer, "GET", "/v1/doors/"+r.door.Token, "")
	r.ask(t, anonymous, "GET", "/v1/doors/canary-door", "")
	r.ask(t, anonymous, "POST", "/v1/customers/sign-in", `{"provider":"wechatpay","code":"canary-code"}`)
	r.ask(t, anonymous, "POST", "/v1/staff/sign-in", `{"org":"ours","login":"canary-login","password":"canary-password"}`)
	r.ask(t, anonymous, "GET", "/v1/sessions", "", "Authorization", "Bearer canary-token")
	r.ask(t, ownCustomer, "POST", "/v1/sessions", `{"door_token":"`+r.door.Token+`","provider":"wechatpay"}`, "Idempotency-Key", "canary-idempotency")
	log := r.log.String()
	for _, secret := range []string{r.tokens[ownCustomer], r.door.Token, "canary"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %q: %s", secret, log)
		}
	}
	var line map[string]any
	must(t, json.Unmarshal([]byte(log[:strings.Index(log, "\n")]), &line))
	if line["op"] != "list-sessions" || line["status"] != 200.0 || line["actor_kind"] != "customer" || line["ms"] == nil {
		t.Errorf("a request's line is %v", line)
	}
	if n := r.count(t, "larder_api_request_seconds", "op", "list-sessions", "status", "2xx"); n != 1 {
		t.Errorf("counted %v requests", n)
	}
}
