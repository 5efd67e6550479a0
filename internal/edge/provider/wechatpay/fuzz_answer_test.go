package wechatpay_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/edge/provider/wechatpay"
)

// teller answers every request with what it was given last.
type teller struct {
	status int
	header http.Header
	body   []byte
}

// RoundTrip implements [http.RoundTripper].
func (a *teller) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)), Request: req,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(a.body)),
	}, nil
}

// FuzzClient_Answers guards H13, P9 and P10 for what we asked ourselves: an answer is believed if its
// signature is right and it is about our number; otherwise the outcome is an error that is a refusal
// or leaves it unknown, and never an amount below zero.
func FuzzClient_Answers(f *testing.F) {
	m := completeMerchant(f)
	ids := `"appid":"` + m.AppID + `","mchid":"` + m.MerchantID + `","service_id":"` + m.ServiceID + `","out_order_no":"V1"`
	for call := range uint8(4) {
		f.Add(call, 200, `{`+ids+`,"state":"CREATED","package":"p","order_id":"1"}`, "", true)
		f.Add(call, 200, `{`+ids+`,"state":"DONE","total_amount":"-5","collection":{"state":"USER_PAID","paid_amount":1e3}}`, "", true)
		f.Add(call, 200, `{`+ids+`,"state":"DONE","total_amount":500,"collection":{"state":"USER_PAID","paid_amount":500,"details":[null]}}`, "", true)
		f.Add(call, 404, `{"code":"ORDER_NOT_EXIST"}`, "x-271317510", false)
		f.Add(call, 400, `{"code":"INVALID_REQUEST","message":"\u0000"}`, "x-271300099", true)
	}
	f.Add(uint8(1), 0, "", "", false)
	f.Add(uint8(1), 204, "null", "", true)
	f.Add(uint8(2), 599, `[[[[`, "", false)
	wire := &teller{}
	config := clientConfig(m, "", "https://larder.example/n")
	config.Transport = wire
	client, err := wechatpay.New(config)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, call uint8, status int, body, requestID string, signed bool) {
		*wire = teller{status: status, header: http.Header{"Request-Id": {requestID}, "Content-Type": {"application/json"}}, body: []byte(body)}
		if signed {
			for key, values := range signNotice(t, m, wire.body, time.Now()) {
				wire.header[key] = values
			}
		}
		got, err := callOf(t.Context(), client, call)
		switch {
		case err != nil && got.State != "" && got.State != payment.ProviderNotFound:
			t.Errorf("%+v with %v", got, err)
		case err == nil && (got.State == "" || got.Amount < 0):
			t.Errorf("%+v without an error", got)
		case err == nil && !signed && got.State != payment.ProviderNotFound:
			t.Errorf("%+v is believed without a signature", got)
		case err == nil && got.Number != "" && got.Number != "V1":
			t.Errorf("an answer about %q", got.Number)
		}
	})
}

// callOf makes one of the calls about order V1.
func callOf(ctx context.Context, client *wechatpay.Client, call uint8) (payment.Status, error) {
	const began = 1_764_000_000_000
	switch call % 4 {
	case 0:
		return client.Authorize(ctx, payment.AuthorizeRequest{Number: "V1", Payer: "o1", Ceiling: 20_000, Started: began, Cabinet: "一号柜", Device: "LD-1"})
	case 1:
		return client.Query(ctx, "V1")
	case 2:
		return client.Cancel(ctx, "V1", "nothing taken")
	}
	return client.Capture(ctx, payment.CaptureRequest{
		Number: "V1", Amount: 500, Lines: []payment.CaptureLine{{Name: "可乐", Count: 1, Price: 500}}, Started: began, Ended: began + 60_000,
	})
}

// FuzzLogin_Identify guards H13 and I27 for sign-ins: an answer is an openid or an error with a code
// of ours, which does not show the secret that travels in the URL.
func FuzzLogin_Identify(f *testing.F) {
	f.Add("code", 200, `{"openid":"o1","session_key":"k"}`)
	f.Add("code", 200, `{"errcode":40029,"errmsg":"invalid code"}`)
	f.Add("code", 200, `{"errcode":45011}`)
	f.Add("&appid=x", 200, `{"openid":7}`)
	f.Add("code", 500, `{"openid":"o1"}`)
	f.Add("", 200, `null`)
	const canary = "canary-secret-9b1e"
	wire := &teller{}
	login, err := wechatpay.NewLogin(wechatpay.LoginConfig{AppID: "wx1", AppSecret: wechatpay.NewSecret(canary), Transport: wire})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, code string, status int, body string) {
		*wire = teller{status: status, header: http.Header{}, body: []byte(body)}
		payer, err := login.Identify(t.Context(), code)
		if (payer == "") != (err != nil) {
			t.Errorf("%q, %v", payer, err)
		}
		switch larder.CodeOf(err) {
		case "", larder.CodeCredentials, larder.CodeForbidden, larder.CodeLimited, larder.CodeProvider:
		default:
			t.Errorf("code %s: %v", larder.CodeOf(err), err)
		}
		if err != nil && strings.Contains(err.Error(), canary) {
			t.Error("the error shows the secret")
		}
	})
}

// FuzzNew guards H13 and I27 for settings: whatever keys and URLs are, they are parsed or refused by
// name, and a refusal does not quote a key.
func FuzzNew(f *testing.F) {
	right := clientConfig(completeMerchant(f), "", "https://larder.example/n")
	f.Add(right.PrivateKey.Reveal(), right.PublicKey, right.BaseURL, right.NotifyURL)
	f.Add(right.PublicKey, right.PrivateKey.Reveal(), "http://127.0.0.1:1", "http://[::1]/n")
	f.Add("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "-----BEGIN PUBLIC KEY-----\n\n-----END PUBLIC KEY-----\n", "https://a/%zz", "")
	f.Add("", "", "https://user@a", "https://a?")
	f.Fuzz(func(t *testing.T, private, public, base, notify string) {
		c := right
		c.PrivateKey, c.PublicKey, c.BaseURL, c.NotifyURL = wechatpay.NewSecret(private), public, base, notify
		client, err := wechatpay.New(c)
		if (client == nil) != (err != nil) {
			t.Fatalf("%v, %v", client, err)
		}
		if err == nil {
			return
		}
		if _, ok := errors.AsType[*wechatpay.SettingError](err); !ok {
			t.Errorf("%v names no setting", err)
		}
		if len(private) > 20 && strings.Contains(err.Error(), private) {
			t.Error("the error shows the key")
		}
	})
}
