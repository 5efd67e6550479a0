package app_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"larder/internal/app"
	"larder/internal/app/config"
	"larder/internal/core/cabinet"
	"larder/internal/core/staff"
	"larder/internal/edge/store/sqlite"
)

// logbook is where a platform logs to.
type logbook struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// PL4, PL9: the whole program starts on a folder and a free port, answers for its health, and
// leaves nothing behind.
func TestApp_Run(t *testing.T) { //nolint:paralleltest // counts goroutines
	before := goleak.IgnoreCurrent()
	t.Run("serves and stops", func(t *testing.T) {
		c, box := settings(t)
		var log logbook
		a, stop := start(t, c, app.Options{
			Log:  slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			Root: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("a page")) }),
		})
		for status := 0; status != http.StatusOK; { // each request is answered; the gateway begins to listen meanwhile
			status, _ = ask(t, a, http.MethodGet, "/readyz", "")
		}
		for path, want := range map[string]string{
			"/livez": `"alive"`, "/readyz": `"effects":"ok"`, "/metrics": "larder_build_info{", "/openapi.json": "3.1.0", "/": "a page",
		} {
			if status, body := ask(t, a, http.MethodGet, path, ""); status != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("%s: %d %.200s", path, status, body)
			}
		}
		code, err := box.LoginCode(box.NewCustomer())
		if err != nil {
			t.Fatal(err)
		}
		status, body := ask(t, a, http.MethodPost, "/v1/customers/sign-in", `{"provider":"wechatpay","code":"`+code+`"}`)
		if status != http.StatusOK || field(t, body, "token") == "" {
			t.Errorf("sign in: %d %s", status, body)
		}
		if err := stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
		if strings.Contains(log.String(), canary) || strings.Contains(log.String(), field(t, body, "token")) {
			t.Error("a secret is in the log (I27)")
		}
	})
	goleak.VerifyNone(t, before)
}

// The first member of staff is added to a platform that serves, and signs in.
func TestApp_Setup(t *testing.T) {
	t.Parallel()
	c, _ := settings(t)
	a, _ := start(t, c, app.Options{})
	s := a.Setup()
	org, err := s.EnsureOrg(t.Context(), "acme", "Acme")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.EnsureOrg(t.Context(), "acme", "Acme"); err != nil || again != org {
		t.Errorf("a second time: %v, %v", again, err)
	}
	_, err = s.AddStaff(t.Context(), "acme", staff.NewStaff{Login: "ann", Name: "Ann", Role: "admin", Password: "a long password"})
	if err != nil {
		t.Fatal(err)
	}
	status, body := ask(t, a, http.MethodPost, "/v1/staff/sign-in", `{"org":"acme","login":"ann","password":"a long password"}`)
	if status != http.StatusOK || field(t, body, "role") != "admin" {
		t.Errorf("sign in: %d %s", status, body)
	}
	made, err := s.AddCabinet(t.Context(), "acme", cabinet.Registration{
		Serial: "LD-1", Model: app.ModelNative, Name: "One", Place: "Here",
		Doors: []cabinet.NewDoor{{Lanes: []cabinet.NewLane{{Shelf: 1, Noise: 1}}}},
	})
	if err != nil || len(made.Key) != 32 || len(made.Doors) != 1 {
		t.Fatalf("%+v, %v", made, err)
	}
	if status, body := ask(t, a, http.MethodGet, "/v1/doors/"+made.Doors[0].Token, ""); status != http.StatusOK || !strings.Contains(body, `"offline"`) {
		t.Errorf("its door: %d %s", status, body)
	}
}

// Wrong settings are told before anything is opened; what is opened is given back when a later step
// fails.
func TestOpen_refuses(t *testing.T) {
	t.Parallel()
	c, _ := settings(t)
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	for name, spoil := range map[string]func(*config.Config){
		"a setting":                 func(c *config.Config) { c.Node = -1 },
		"what the adapter looks at": func(c *config.Config) { c.WeChatPay.PrivateKey = config.NewSecret(canary) },
		"an address that is taken":  func(c *config.Config) { c.Link.Listen = taken.Addr().String() },
		"a folder that is not":      func(c *config.Config) { c.DB = filepath.Join(t.TempDir(), "none", "larder.db") },
	} {
		wrong := c
		spoil(&wrong)
		_, err := app.Open(t.Context(), wrong, app.Options{})
		if err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
	wrong := c
	wrong.WeChatPay.PrivateKey, wrong.WeChatPay.AppID = config.NewSecret(canary), "not an appid"
	_, err = app.Open(t.Context(), wrong, app.Options{})
	invalid, ok := errors.AsType[*config.Invalid](err)
	if !ok || len(invalid.Problems) != 2 || invalid.Problems[0].Key != "wechatpay-app-id" || invalid.Problems[1].Key != "wechatpay-private-key" {
		t.Errorf("the adapter's complaints are told as %v", err)
	}
	first, err := app.Open(t.Context(), c, app.Options{}) // everything was given back
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = first.Close() })
	if _, err := app.Open(t.Context(), c, app.Options{}); !errors.Is(err, sqlite.ErrInUse) {
		t.Errorf("two platforms on one file: %v", err)
	}
}

// Peers that say nothing hold up nobody's stop (H11): neither a cabinet's socket nor a client's.
func TestApp_Run_stops_beside_silent_peers(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("net/http gives a silent connection seconds before it takes it for idle")
	}
	c, _ := settings(t)
	a, stop := start(t, c, app.Options{})
	for _, address := range []string{a.HTTPAddr(), a.LinkAddr()} {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	if status, _ := ask(t, a, http.MethodGet, "/livez", ""); status != http.StatusOK {
		t.Errorf("livez: %d", status)
	}
	if err := stop(); err != nil {
		t.Errorf("Run: %v", err)
	}
}

func TestCheckRoles(t *testing.T) {
	t.Parallel()
	for asked, fine := range map[string]bool{
		"": true, "gateway worker api": true, "api gateway worker": true, "api": false, "gateway worker": false, "cook": false,
	} {
		if err := app.CheckRoles(strings.Fields(asked)); (err == nil) != fine {
			t.Errorf("%q: %v", asked, err)
		}
	}
}
