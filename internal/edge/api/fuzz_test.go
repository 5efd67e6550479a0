package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"larder/internal/edge/api"
)

// allowEverything keeps limits out of the way of a fuzz target, which asks without end.
func allowEverything(d *api.Deps) {
	free := api.Limit{Burst: 1 << 30, Every: 1}
	d.Limits = api.Limits{SignIn: free, StaffSignIn: free, Scan: free, Start: free}
}

// H13 at this door: whatever a body is, it is a refusal with a code, never a mistake of ours.
func FuzzInput(f *testing.F) {
	for _, seed := range []string{
		`{"door_token":"abc","provider":"wechatpay"}`, `{"a":[{"b":null}]}`, `[[[`, `{"a":1,"a":2}`, "\xff", `"\u0000"`, `1e999`, `}`, ``,
	} {
		f.Add([]byte(seed))
	}
	r := newRig(f, allowEverything)
	f.Fuzz(func(t *testing.T, body []byte) {
		answer := r.ask(t, ownCustomer, "POST", "/v1/sessions", string(body), "Idempotency-Key", "made-up-here-1")
		if answer.Code < 400 || answer.Code >= 500 {
			t.Fatalf("%q: %d %s", body, answer.Code, answer.Body)
		}
		problem(t, answer)
	})
}

// FuzzOperations guards H13 and S16 for every registered operation: whatever path, query, body and
// key a signed-in customer or an admin sends, the answer is no failure of ours, and a refusal is a
// problem with a code.
func FuzzOperations(f *testing.F) {
	r := newRig(f, allowEverything)
	patterns := r.Patterns()
	for i := range patterns {
		n := uint8(i) //nolint:gosec // far fewer than 256 operations
		f.Add(n, "1", "", `{"lines":[{"lane":"1","count":-1}],"outcome":"charge","reason":"x"}`, "made-up-here-1", true)
		f.Add(n, "../..", "limit=1&cursor=%00", `{"provider":"wechatpay","code":"x","login":"a","password":"b","organization":"ours"}`, "", false)
		f.Add(n, "9223372036854775807", "limit=-1&limit=2&state=open", "\xff", strings.Repeat("k", 200), false)
	}
	f.Fuzz(func(t *testing.T, op uint8, id, query, body, key string, admin bool) {
		method, path, _ := strings.Cut(patterns[int(op)%len(patterns)], " ")
		req, err := http.NewRequestWithContext(t.Context(), method, "http://larder"+filled(path, id)+"?"+query, strings.NewReader(body))
		if err != nil {
			return // no server is handed such a line
		}
		who := ownCustomer
		if admin {
			who = adminRole
		}
		req.RemoteAddr, req.RequestURI = "127.0.0.1:9", req.URL.RequestURI()
		req.Header.Set("Authorization", "Bearer "+r.tokens[who])
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", key)
		answer := httptest.NewRecorder()
		r.ServeHTTP(answer, req)
		if answer.Code >= 500 {
			t.Fatalf("%s %s %q: %d %s", method, req.URL, body, answer.Code, answer.Body)
		}
		if answer.Header().Get("Content-Type") == "application/problem+json" {
			problem(t, answer)
		}
		if strings.HasSuffix(path, "/sign-out") {
			r.signIn(t, who)
		}
	})
}

// filled puts a text in place of each parameter of a path.
func filled(path, id string) string {
	for {
		before, rest, found := strings.Cut(path, "{")
		if !found {
			return path
		}
		_, after, _ := strings.Cut(rest, "}")
		path = before + strings.NewReplacer("{", "", "}", "").Replace(id) + after
	}
}

// FuzzToken guards H13 and S13: no header and no cookie signs anybody in but a token that was issued.
func FuzzToken(f *testing.F) {
	r := newRig(f)
	issued := r.tokens[ownCustomer]
	for _, seed := range []string{"", "Bearer", "Bearer ", "bearer x", "Basic dTpw", "Bearer " + strings.Repeat("A", 43), "Bearer " + strings.Repeat("A", 4096), "Bearer \x00"} {
		f.Add(seed, "")
		f.Add("", strings.TrimPrefix(seed, "Bearer "))
	}
	f.Add("", api.CookieName+`="`+strings.Repeat("A", 43)+`"; `+api.CookieName+"=b")
	f.Fuzz(func(t *testing.T, authorization, cookie string) {
		if strings.Contains(authorization+cookie, issued) {
			return
		}
		req := r.request(t, anonymous, "GET", "/v1/sessions", "")
		if authorization != "" {
			req.Header["Authorization"] = []string{authorization}
		}
		if cookie != "" {
			req.Header["Cookie"] = []string{cookie, api.CookieName + "=" + cookie}
		}
		answer := newRecorder()
		r.ServeHTTP(answer, req)
		refused(t, answer, 401, "unauthorized")
	})
}

// FuzzHeaders guards H13 for the headers that strangers may send to anybody: the answer is in a
// language of ours, and what limits count is an address, not a text of theirs.
func FuzzHeaders(f *testing.F) {
	for _, seed := range []string{"", "en;q=0.5, zh-CN", "zh;q=NaN, en;q=0x1p-2", "*;q=1e999", "en-US;q=-1", ",;=,", strings.Repeat("en,", 5000)} {
		f.Add(seed, "10.0.0.1, 192.0.2.1")
	}
	f.Add("en", "::ffff:192.0.2.1")
	f.Add("en", "fe80::1%eth0, 2001:db8::1")
	f.Add("en", "unknown, 192.0.2.300")
	r := newRig(f, allowEverything)
	proxy := netip.MustParsePrefix("127.0.0.0/8")
	f.Fuzz(func(t *testing.T, language, forwarded string) {
		req := r.request(t, anonymous, "GET", "/v1/sessions/1", "")
		req.Header["Accept-Language"], req.Header["X-Forwarded-For"] = []string{language}, []string{forwarded}
		answer := newRecorder()
		r.ServeHTTP(answer, req)
		refused(t, answer, 401, "unauthorized")
		if got := answer.Header().Get("Content-Language"); got != "en" && got != "zh-CN" {
			t.Fatalf("answered in %q", got)
		}
		req.RemoteAddr = "127.0.0.1:9"
		asker := api.AskerOf(req, proxy)
		if _, err := netip.ParseAddr(strings.TrimSuffix(asker, "/64")); err != nil {
			t.Fatalf("%q counts as %q", forwarded, asker)
		}
	})
}

// FuzzUpgrade guards H13 and S14 for the request that begins a WebSocket: what is no upgrade, or
// comes from a page of another site, is a problem with a code, and never a mistake of ours.
func FuzzUpgrade(f *testing.F) {
	const nonce = "dGhlIHNhbXBsZSBub25jZQ=="
	f.Add("Upgrade", "websocket", nonce, "13", "https://evil.example")
	f.Add("keep-alive, upgrade", "h2c, WebSocket", nonce[:8], "13", "")
	f.Add("Upgrade", "websocket", "!", "8", "http://larder")
	f.Add("", "", "", "", "http://%zz")
	f.Add("Upgrade", "websocket", nonce, "13", "null")
	r := newRig(f, allowEverything)
	var path string
	f.Fuzz(func(t *testing.T, connection, upgrade, key, version, origin string) {
		if path == "" {
			path = "/v1/sessions/" + r.start(t).ID.String() + "/socket"
		}
		req := r.request(t, ownCustomer, "GET", path, "")
		req.Header["Connection"], req.Header["Upgrade"] = []string{connection}, []string{upgrade}
		req.Header["Sec-Websocket-Key"], req.Header["Sec-Websocket-Version"] = []string{key}, []string{version}
		req.Header["Origin"] = []string{origin}
		answer := newRecorder()
		r.ServeHTTP(answer, req)
		// 501: it was a right one, and a recorder is no connection that could be taken over.
		if answer.Code != http.StatusNotImplemented && (answer.Code < 400 || answer.Code >= 500) {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
		if answer.Code == http.StatusNotImplemented && origin != "" && !strings.Contains(origin, req.Host) {
			t.Fatalf("a page of %q may listen", origin)
		}
	})
}
