package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"larder/internal/edge/provider/sandbox"
)

// FuzzServer guards H13 for the merchants' side: whatever is asked, signed or not, is answered
// without a failure of the sandbox, and what is not signed changes nothing.
func FuzzServer(f *testing.F) {
	const orders = "/v3/payscore/serviceorder"
	for _, path := range []string{orders, orders + "/V1/complete", orders + "/V1/cancel", orders + "?out_order_no=V1", "/sns/jscode2session?js_code=1", "/v3/certificates", "/%zz"} {
		f.Add(path, "", `{"out_order_no":"V1"}`, true, true)
		f.Add(path, `WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="n",timestamp="9",serial_no="s",signature="!"`, `null`, false, false)
	}
	f.Add(orders, "WECHATPAY2-SHA256-RSA2048 ", `{"time_range":{"start_time":"20260231250000"},"risk_fund":{"amount":-1}}`, true, true)
	f.Add(orders+"/V1/complete", "", `{"post_payments":[null,{"count":-1,"amount":9223372036854775807}],"total_amount":-1}`, true, true)
	shared := newFuzzRig(f)
	f.Fuzz(func(t *testing.T, path, authorization, body string, post, sign bool) {
		req, ok := request(path, body, post)
		if !ok {
			return
		}
		if sign {
			authorization = header(t, shared.m.Key, shared.m.MerchantID, shared.m.Serial, req.Method, req.RequestURI, time.Now(), []byte(body))
		}
		req.Header.Set("Authorization", authorization)
		answer := httptest.NewRecorder()
		shared.ServeHTTP(answer, req)
		if answer.Code >= http.StatusInternalServerError {
			t.Fatalf("%s %s: %d %s", req.Method, path, answer.Code, answer.Body)
		}
		if !sign && answer.Code < 300 && strings.HasPrefix(req.URL.Path, orders) {
			t.Fatalf("%s %s: %d without a signature", req.Method, path, answer.Code)
		}
	})
}

// FuzzServer_control guards H13 for the person's side, which tests and the demo drive.
func FuzzServer_control(f *testing.F) {
	for path, body := range map[string]string{
		"/control/page": `{"mch_id":"1","package":"p","sign":"x"}`, "/control/faults": `{"fault":"answer_lost","times":1}`,
		"/control/orders/V1/confirm": `{"openid":"o"}`, "/control/customers/o1/broke": `{"broke":true}`, "/control/customers": "",
		"/control/requests?call=create&number=%00": "", "/control/orders/..%2f": "null",
	} {
		f.Add(path, body, true)
		f.Add(path, body, false)
	}
	shared := newFuzzRig(f)
	f.Fuzz(func(t *testing.T, path, body string, post bool) {
		req, ok := request(path, body, post)
		if !ok {
			return
		}
		req.RemoteAddr, req.Host = "127.0.0.1:9", "127.0.0.1"
		answer := httptest.NewRecorder()
		shared.ServeHTTP(answer, req)
		shared.ClearFaults()
		if answer.Code >= http.StatusInternalServerError {
			t.Fatalf("%s %s: %d %s", req.Method, path, answer.Code, answer.Body)
		}
	})
}

// newFuzzRig is a sandbox whose callbacks reach nobody.
func newFuzzRig(f *testing.F) *rig {
	f.Helper()
	key, platform := testKeys()
	r := &rig{status: http.StatusNoContent}
	server, err := sandbox.New(sandbox.Config{
		Merchants: []sandbox.Merchant{{Key: key, PlatformKey: platform}}, Transport: r, NoLimits: true,
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = server.Close() })
	r.Server, r.m = server, server.Merchant(0)
	return r
}

// request is what a server would be handed for these bytes; not ok where it would refuse them.
func request(path, body string, post bool) (*http.Request, bool) {
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \t\r\n") {
		return nil, false
	}
	method := http.MethodGet
	if post {
		method = http.MethodPost
	}
	req, err := http.NewRequest(method, "http://sandbox"+path, strings.NewReader(body)) //nolint:noctx // served in this process, at once
	if err != nil {
		return nil, false
	}
	req.RequestURI = req.URL.RequestURI()
	return req, true
}
