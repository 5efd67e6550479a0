package wechatpay_test

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"testing"
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/edge/provider/sandbox"
	"larder/internal/edge/provider/wechatpay"
)

// FuzzClient_ParseNotice guards H13 for callbacks: whatever arrives, an unsigned body is a bad
// notice and never a panic.
func FuzzClient_ParseNotice(f *testing.F) {
	s := completeMerchant(f)
	client, err := wechatpay.New(clientConfig(s, "", "https://larder.example/n"))
	if err != nil {
		f.Fatal(err)
	}
	const at = 1_764_000_000
	f.Add(`{"id":"EV-1","event_type":"PAYSCORE.USER_PAID","resource":{"algorithm":"AEAD_AES_256_GCM","nonce":"123456789012","ciphertext":"AAAA","associated_data":""}}`, "AAAA", "1764000000", "n")
	f.Add(`{"id":"EV-1","resource":{"nonce":"short"}}`, "WECHATPAY/SIGNTEST/AAAA", "1764000000", "n")
	f.Add(`{"id":"EV-1"}`, "AAAA", "0", "")
	f.Add(``, "", "", "")
	f.Fuzz(func(t *testing.T, body, signature, timestamp, nonce string) {
		cb := payment.Callback{
			Header: map[string][]string{
				"Wechatpay-Serial": {s.PublicKeyID}, "Wechatpay-Signature": {signature},
				"Wechatpay-Timestamp": {timestamp}, "Wechatpay-Nonce": {nonce},
			},
			Body: []byte(body), Arrived: larder.Millis(at * 1000),
		}
		n, err := client.ParseNotice(t.Context(), cb)
		if _, bad := errors.AsType[*payment.ErrBadNotice](err); !bad || n.ID != "" {
			t.Errorf("%+v, %v", n, err)
		}
	})
}

// FuzzClient_ParseNotice_Signed guards the SDK's weak spot: callbacks that are rightly signed, and
// even rightly encrypted, but strange inside. They are read or refused, and never a panic.
func FuzzClient_ParseNotice_Signed(f *testing.F) {
	m := completeMerchant(f)
	client, err := wechatpay.New(clientConfig(m, "", "https://larder.example/n"))
	if err != nil {
		f.Fatal(err)
	}
	ids := `"appid":"` + m.AppID + `","mchid":"` + m.MerchantID + `","service_id":"` + m.ServiceID + `"`
	f.Add(`{`+ids+`,"out_order_no":"V1","state":"DOING","state_description":"USER_CONFIRM","total_amount":"40000"}`, wechatpay.KindConfirmed, true)
	f.Add(`{`+ids+`,"out_order_no":"V1","state":"DONE","collection":null}`, wechatpay.KindPaid, true)
	f.Add(`{`+ids+`}`, "PAYSCORE.USER_OPEN_SERVICE", true)
	f.Add(`null`, wechatpay.KindPaid, true)
	f.Add(`{"id":"EV-1","resource":{"nonce":"123456789012"}}`, "", false)
	f.Add(`{"id":"EV-1","create_time":"20180225112233","resource":{"nonce":"123456789012","algorithm":"AEAD_AES_256_GCM"}}`, "", false)
	f.Add(`{"id":"EV-1","resource":{"nonce":"12"},"resource":null}`, "", false)
	f.Fuzz(func(t *testing.T, text, kind string, seal bool) {
		body := []byte(text)
		if seal {
			body = sealNotice(t, m, text, kind)
		}
		now := time.Now()
		n, err := client.ParseNotice(t.Context(), payment.Callback{
			Header: signNotice(t, m, body, now), Body: body, Arrived: larder.MillisOf(now),
		})
		_, bad := errors.AsType[*payment.ErrBadNotice](err)
		if bad != (n.ID == "") || bad != (err != nil) || n.Status.Number != "" && n.Status.State == "" {
			t.Errorf("%+v, %v", n, err)
		}
	})
}

// TestClient_ParseNotice_OtherKinds guards S18: a notice about no order is verified, kept and has
// no effect; another merchant's is refused.
func TestClient_ParseNotice_OtherKinds(t *testing.T) {
	t.Parallel()
	m := completeMerchant(t)
	client, err := wechatpay.New(clientConfig(m, "", "https://larder.example/n"))
	if err != nil {
		t.Fatal(err)
	}
	read := func(plain string) (payment.Notice, error) {
		body, now := sealNotice(t, m, plain, "PAYSCORE.USER_CLOSE_SERVICE"), time.Now()
		return client.ParseNotice(t.Context(), payment.Callback{Header: signNotice(t, m, body, now), Body: body, Arrived: larder.MillisOf(now)})
	}
	n, err := read(`{"mchid":"` + m.MerchantID + `","openid":"o1"}`)
	if err != nil || n.ID == "" || n.Kind != "PAYSCORE.USER_CLOSE_SERVICE" || n.Status.Number != "" || n.Status.State != "" {
		t.Errorf("%+v, %v; want a notice about no order", n, err)
	}
	if n, err := read(`{"mchid":"1900000000"}`); !badBecause(err, "foreign") {
		t.Errorf("%+v, %v; want it foreign", n, err)
	}
}

// sealNotice wraps an encrypted text as a callback's body.
func sealNotice(t *testing.T, m sandbox.Merchant, plain, kind string) []byte {
	t.Helper()
	block, err := aes.NewCipher([]byte(m.APIv3Key))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	const nonce = "123456789012"
	body, err := json.Marshal(map[string]any{
		"id": "EV-1", "create_time": "2026-01-02T03:04:05+08:00", "event_type": kind, "resource_type": "encrypt-resource",
		"resource": map[string]string{
			"algorithm": "AEAD_AES_256_GCM", "nonce": nonce, "associated_data": "",
			"ciphertext": base64.StdEncoding.EncodeToString(gcm.Seal(nil, []byte(nonce), []byte(plain), nil)),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// signNotice returns the headers of a callback that WeChat Pay's key signed.
func signNotice(t *testing.T, m sandbox.Merchant, body []byte, at time.Time) map[string][]string {
	t.Helper()
	timestamp := strconv.FormatInt(at.Unix(), 10)
	sum := sha256.Sum256([]byte(timestamp + "\nnonce\n" + string(body) + "\n"))
	signature, err := rsa.SignPKCS1v15(nil, m.PlatformKey, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]string{
		"Wechatpay-Serial": {m.PublicKeyID}, "Wechatpay-Timestamp": {timestamp}, "Wechatpay-Nonce": {"nonce"},
		"Wechatpay-Signature": {base64.StdEncoding.EncodeToString(signature)},
	}
}
