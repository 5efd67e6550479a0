package sandbox_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"larder/internal/edge/provider/sandbox"
)

// TestServer_Control plays the person over HTTP, as the demo and the benchmark do.
func TestServer_Control(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Config{})
	at, err := r.Start(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, body string, want int) object {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, at+"/control/"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		answer, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		var raw json.RawMessage
		if err := json.NewDecoder(answer.Body).Decode(&raw); err != nil || answer.StatusCode != want {
			t.Fatalf("%s %s: %d %s %v, want %d", method, path, answer.StatusCode, raw, err, want)
		}
		var o object
		if bytes.HasPrefix(raw, []byte("{")) {
			if err := json.Unmarshal(raw, &o); err != nil {
				t.Fatal(err)
			}
		} else {
			o = object{"list": string(raw)}
		}
		return o
	}
	if o := ask("GET", "merchants", "", 200); !strings.Contains(o["list"].(string), r.m.MerchantID) {
		t.Errorf("merchants: %v", o)
	}
	customer := ask("POST", "customers", "", 200)
	if customer["openid"] == nil || customer["code"] == nil {
		t.Fatalf("a new customer: %v", customer)
	}
	id := customer["openid"].(string)
	body := r.createBody("V1")
	body["openid"] = id
	if _, code := r.post(t, "", body); code != "" {
		t.Fatal(code)
	}
	if o := ask("GET", "customers/"+id+"/orders", "", 200); !strings.Contains(o["list"].(string), `"V1"`) {
		t.Errorf("the customer's orders: %v", o)
	}
	ask("POST", "orders/V1/confirm", `{"openid":"`+openID+`"}`, 409) // somebody else
	if o := ask("POST", "orders/V1/confirm", "", 200); o["description"] != "USER_CONFIRM" {
		t.Errorf("confirmed: %v", o)
	}
	ask("POST", "orders/V1/pay", "", 409)
	ask("POST", "customers/"+id+"/broke", `{"broke":true}`, 200)
	if _, code := r.post(t, "/V1/complete", r.completeBody(100)); code != "" {
		t.Fatal(code)
	}
	if o := ask("POST", "orders/V1/pay", "", 200); o["paid"] != true {
		t.Errorf("paid: %v", o)
	}
	ask("POST", "faults", `{"fault":"answer_lost","times":1}`, 200)
	ask("POST", "faults", `{"fault":"answer_lost","tims":1}`, 400)
	if o := ask("GET", "faults", "", 200); len(o["unfired"].([]any)) != 1 {
		t.Errorf("faults: %v", o)
	}
	ask("DELETE", "faults", "", 200)
	if o := ask("GET", "requests?call=create&number=V1", "", 200); !strings.Contains(o["list"].(string), `"create"`) {
		t.Errorf("requests: %v", o)
	}
	ask("GET", "orders/V9", "", 404)
	ask("POST", "page", `{"mch_id":"`+r.m.MerchantID+`"}`, 401)
}

// TestServer_Control_Loopback guards that nobody else plays the person: other machines, and pages
// of other sites through a name that resolves to this one, are refused, and so is another address.
func TestServer_Control_Loopback(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Config{})
	for _, from := range []struct{ remote, host string }{{"192.0.2.1:1234", "127.0.0.1"}, {"127.0.0.1:1234", "rebound.example"}, {"", "localhost"}} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/control/merchants", nil)
		req.RemoteAddr, req.Host = from.remote, from.host
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		if w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "KEY") {
			t.Errorf("%+v: %d %s", from, w.Code, w.Body)
		}
	}
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "nonsense"} {
		if at, err := r.Start(t.Context(), address); err == nil {
			t.Errorf("it listens at %s", at)
		}
	}
}

// TestServer_Login_Wire guards the shape of jscode2session, which answers 200 whatever happens.
func TestServer_Login_Wire(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Config{})
	code, err := r.LoginCode(openID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.LoginCode("somebody"); err == nil {
		t.Error("a code for what is no openid")
	}
	for _, step := range []struct {
		query, want string
	}{
		{"appid=wx0&secret=" + r.m.AppSecret + "&js_code=" + code + "&grant_type=authorization_code", `"errcode":40013`},
		{"appid=" + r.m.AppID + "&secret=no&js_code=" + code + "&grant_type=authorization_code", `"errcode":40125`},
		{"appid=" + r.m.AppID + "&secret=" + r.m.AppSecret + "&js_code=no&grant_type=authorization_code", `"errcode":40029`},
		{"appid=" + r.m.AppID + "&secret=" + r.m.AppSecret + "&js_code=" + code, `"errcode":40002`},
		{"appid=" + r.m.AppID + "&secret=" + r.m.AppSecret + "&js_code=" + code + "&grant_type=authorization_code", `"openid":"` + openID + `"`},
		{"appid=" + r.m.AppID + "&secret=" + r.m.AppSecret + "&js_code=" + code + "&grant_type=authorization_code", `"errcode":40163`},
	} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/sns/jscode2session?"+step.query, nil))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), step.want) {
			t.Errorf("%s: %d %s, want %s", step.query, w.Code, w.Body, step.want)
		}
	}
}
