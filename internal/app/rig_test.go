package app_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"larder/internal/app"
	"larder/internal/app/config"
	"larder/internal/edge/provider/sandbox"
)

// canary stands in every secret of the tests' settings: no output may hold it (I27).
const canary = "c0ffee5ec2e7c0ffee5ec2e7c0ffee5e"

// settings are those of an installation in a temporary folder, whose provider is a sandbox.
func settings(t *testing.T) (config.Config, *sandbox.Server) {
	t.Helper()
	box, err := sandbox.New(sandbox.Config{Merchants: []sandbox.Merchant{{APIv3Key: canary, AppSecret: canary}}})
	if err != nil {
		t.Fatal(err)
	}
	url, err := box.Start(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	m := box.Merchant(0)
	c.DB = filepath.Join(t.TempDir(), "larder.db")
	c.HTTP.Listen, c.Link.Listen = "127.0.0.1:0", "127.0.0.1:0"
	c.Master.Key = config.NewSecret(canary + canary)
	c.WeChatPay = config.WeChatPay{
		MerchantID: m.MerchantID, AppID: m.AppID, ServiceID: m.ServiceID, Serial: m.Serial,
		PublicKeyID: m.PublicKeyID, PublicKey: m.PublicKeyPEM(), PrivateKey: config.NewSecret(m.PrivateKeyPEM()),
		APIv3Key: config.NewSecret(m.APIv3Key), APIv2Key: config.NewSecret(m.APIv2Key), AppSecret: config.NewSecret(m.AppSecret),
		BaseURL: url, LoginURL: url,
	}
	return c, box
}

// start runs a platform until the test ends or stop is called, which returns what Run and Close did.
func start(t *testing.T, c config.Config, o app.Options) (a *app.App, stop func() error) {
	t.Helper()
	a, err := app.Open(t.Context(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	stopped := false
	stop = func() error {
		stopped = true
		cancel()
		began := time.Now()
		err := <-ended
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("stopping took %s", took)
		}
		if closed := a.Close(); closed != nil {
			t.Errorf("Close: %v", closed)
		}
		return err
	}
	t.Cleanup(func() {
		if !stopped {
			if err := stop(); err != nil {
				t.Errorf("Run: %v", err)
			}
		}
	})
	ready(t, a)
	return a, stop
}

// ready returns when the platform says that it is: its parts begin at the same time.
func ready(t *testing.T, a *app.App) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		status, body := ask(t, a, http.MethodGet, "/readyz", "")
		if status == http.StatusOK {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("not ready: %d %s", status, body)
		}
	}
}

// client keeps no connection, so that nothing outlives a test.
func client(t *testing.T) *http.Client {
	transport := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

// ask sends a request and returns status and body.
func ask(t *testing.T, a *app.App, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+a.HTTPAddr()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	answer, err := client(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// field returns a text of a JSON object.
func field(t *testing.T, object, name string) string {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(object), &all); err != nil {
		t.Fatalf("%s: %v", object, err)
	}
	text, _ := all[name].(string)
	return text
}
