package wechatpay_test

import (
	"strings"
	"testing"

	"larder"
	"larder/internal/edge/provider/sandbox"
	"larder/internal/edge/provider/wechatpay"
)

func newLogin(t *testing.T, b *bench, secret string) *wechatpay.Login {
	t.Helper()
	l, err := wechatpay.NewLogin(wechatpay.LoginConfig{
		BaseURL: b.config.BaseURL, AppID: b.config.AppID, AppSecret: wechatpay.NewSecret(secret), Transport: b.config.Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestLogin_Identify guards S13: a login code is good for one sign-in of one customer.
func TestLogin_Identify(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Config{})
	login := newLogin(t, b, b.sandbox.Merchant(0).AppSecret)
	customer := b.sandbox.NewCustomer()
	code, err := b.sandbox.LoginCode(customer)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := login.Identify(t.Context(), code); err != nil || got != customer {
		t.Fatalf("Identify: %q, %v; want %q", got, err, customer)
	}
	for name, wrong := range map[string]string{"used": code, "made up": "0123", "empty": "", "a query": "&appid=wx1", "long": strings.Repeat("0", 600)} {
		if got, err := login.Identify(t.Context(), wrong); got != "" || larder.CodeOf(err) != larder.CodeCredentials {
			t.Errorf("a code that is %s: %q, %v; want %s", name, got, err, larder.CodeCredentials)
		}
	}
}

// TestLogin_Identify_Trouble guards that trouble with the provider is told from a wrong code, and
// that no error shows the app's secret, which travels in the URL (I27).
func TestLogin_Identify_Trouble(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Config{})
	const canary = "canary-secret-41c7"
	code, err := b.sandbox.LoginCode(b.sandbox.NewCustomer())
	if err != nil {
		t.Fatal(err)
	}
	right, wrong := newLogin(t, b, b.sandbox.Merchant(0).AppSecret), newLogin(t, b, canary)
	if _, err := wrong.Identify(t.Context(), code); larder.CodeOf(err) != larder.CodeProvider {
		t.Errorf("a wrong secret: %v", err)
	}
	b.inject(t, sandbox.Injection{Fault: sandbox.ServerError, Call: sandbox.CallLogin, Times: 1})
	if _, err := right.Identify(t.Context(), code); larder.CodeOf(err) != larder.CodeProvider {
		t.Errorf("system error: %v", err)
	}
	if _, err := right.Identify(t.Context(), code); err != nil {
		t.Errorf("the repetition: %v", err)
	}
	if err := b.sandbox.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := wrong.Identify(t.Context(), code); larder.CodeOf(err) != larder.CodeProvider || strings.Contains(err.Error(), canary) {
		t.Errorf("nobody listens: %v; want %s without the secret", err, larder.CodeProvider)
	}
	if _, err := wechatpay.NewLogin(wechatpay.LoginConfig{BaseURL: "ftp://x"}); err == nil ||
		!strings.Contains(err.Error(), "login_url") || !strings.Contains(err.Error(), "app_id") || !strings.Contains(err.Error(), "app_secret") {
		t.Errorf("no settings: %v, want every wrong one", err)
	}
}
