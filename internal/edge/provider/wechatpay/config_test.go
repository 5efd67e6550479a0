package wechatpay_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"larder/internal/edge/provider/sandbox"
	"larder/internal/edge/provider/wechatpay"
)

// completeMerchant is a merchant with everything filled in.
func completeMerchant(t testing.TB) sandbox.Merchant {
	t.Helper()
	s, err := sandbox.New(sandbox.Config{Merchants: []sandbox.Merchant{testMerchant()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s.Merchant(0)
}

// TestNew_Settings guards "a wrong setting names its key and reason before anything starts".
func TestNew_Settings(t *testing.T) {
	t.Parallel()
	right := clientConfig(completeMerchant(t), "", "https://larder.example/v1/notices/wechatpay")
	if _, err := wechatpay.New(right); err != nil {
		t.Fatalf("right settings are refused: %v", err)
	}
	const canary = "canary-7f3a"
	tests := []struct {
		key, reason string
		spoil       func(*wechatpay.Config)
	}{
		{"base_url", "https", func(c *wechatpay.Config) { c.BaseURL = "http://pay.example" }},
		{"base_url", "more than", func(c *wechatpay.Config) { c.BaseURL = "https://pay.example/" + canary }},
		{"base_url", "host", func(c *wechatpay.Config) { c.BaseURL = "pay.example" }},
		{"app_id", "missing", func(c *wechatpay.Config) { c.AppID = "" }},
		{"merchant_id", "look like", func(c *wechatpay.Config) { c.MerchantID = canary }},
		{"service_id", "missing", func(c *wechatpay.Config) { c.ServiceID = "" }},
		{"serial", "look like", func(c *wechatpay.Config) { c.Serial = "a b" }},
		{"public_key_id", "look like", func(c *wechatpay.Config) { c.PublicKeyID = canary }},
		{"api_v3_key", "11 bytes", func(c *wechatpay.Config) { c.APIv3Key = wechatpay.NewSecret(canary) }},
		{"api_v2_key", "0 bytes", func(c *wechatpay.Config) { c.APIv2Key = wechatpay.Secret{} }},
		{"private_key", "PEM", func(c *wechatpay.Config) { c.PrivateKey = wechatpay.NewSecret(canary) }},
		{"private_key", "PKCS", func(c *wechatpay.Config) { c.PrivateKey = wechatpay.NewSecret(c.PublicKey) }},
		{"public_key", "PEM", func(c *wechatpay.Config) { c.PublicKey = canary }},
		{"notify_url", "missing", func(c *wechatpay.Config) { c.NotifyURL = "" }},
		{"notify_url", "https", func(c *wechatpay.Config) { c.NotifyURL = "http://larder.example/n" }},
		{"notify_url", "query", func(c *wechatpay.Config) { c.NotifyURL = "https://larder.example/n?t=" + canary }},
		{"notify_url", "longer", func(c *wechatpay.Config) { c.NotifyURL = "https://larder.example/" + strings.Repeat("n", 300) }},
		{"timeout", "negative", func(c *wechatpay.Config) { c.Timeout = -time.Second }},
	}
	for _, tt := range tests {
		c := right
		tt.spoil(&c)
		_, err := wechatpay.New(c)
		if err == nil || !strings.Contains(err.Error(), "setting "+tt.key+": ") || !strings.Contains(err.Error(), tt.reason) {
			t.Errorf("%s: %v, want its key and %q", tt.key, err, tt.reason)
		} else if strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the error shows the value: %v", tt.key, err)
		}
	}
	if _, err := wechatpay.New(wechatpay.Config{}); err == nil || strings.Count(err.Error(), "setting ") < 9 {
		t.Errorf("no settings: %v, want every missing one", err)
	}
}

// TestSecret_Prints guards I27: whatever holds a secret may be printed, logged and encoded.
func TestSecret_Prints(t *testing.T) {
	t.Parallel()
	config := clientConfig(completeMerchant(t), "", "https://larder.example/n")
	client, err := wechatpay.New(config)
	if err != nil {
		t.Fatal(err)
	}
	login, err := wechatpay.NewLogin(wechatpay.LoginConfig{AppID: config.AppID, AppSecret: config.APIv2Key})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	for _, value := range []any{config, &config, client, login, *login, config.APIv3Key, &config.APIv3Key, map[string]wechatpay.Secret{"k": config.PrivateKey}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
		log.Info("value", "value", value)
	}
	encoded, err := json.Marshal(config.APIv3Key)
	if err != nil || string(encoded) != `"***"` {
		t.Errorf("JSON of a secret: %s, %v", encoded, err)
	}
	for _, secret := range []wechatpay.Secret{config.APIv3Key, config.APIv2Key, config.PrivateKey} {
		text := secret.Reveal()
		if strings.Contains(out.String(), text[len(text)/2:][:12]) || strings.Contains(out.String(), fmt.Sprintf("%x", text)) {
			t.Errorf("a secret shows itself: %.8s…", text)
		}
	}
}
