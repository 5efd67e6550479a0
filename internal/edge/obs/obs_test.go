package obs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/weigh/health"
	"larder/internal/edge/obs"
	"larder/internal/run"
)

// I27: what a key calls a secret is not shown, at any depth and in any format.
func TestNewLogger_hides_secrets(t *testing.T) {
	t.Parallel()
	for _, format := range []string{obs.FormatText, obs.FormatJSON} {
		var out bytes.Buffer
		log, err := obs.NewLogger(&out, "info", format)
		if err != nil {
			t.Fatal(err)
		}
		log.Debug("too quiet")
		log.With("token", "canary").Info("said", "password", "canary", "authorization", "canary",
			slog.Group("header", "cookie", "canary"), "cabinet_id", 7)
		if s := out.String(); strings.Contains(s, "canary") || strings.Contains(s, "quiet") || !strings.Contains(s, "cabinet_id") {
			t.Errorf("%s: %s", format, s)
		}
	}
}

func TestNewLogger_refuses(t *testing.T) {
	t.Parallel()
	if _, err := obs.NewLogger(&bytes.Buffer{}, "loud", "text"); err == nil || !strings.Contains(err.Error(), "loud") {
		t.Errorf("level: %v", err)
	}
	if _, err := obs.NewLogger(&bytes.Buffer{}, "info", "xml"); err == nil || !strings.Contains(err.Error(), "xml") {
		t.Errorf("format: %v", err)
	}
}

func get(t *testing.T, h http.HandlerFunc) (int, map[string]any) {
	t.Helper()
	w := httptest.NewRecorder()
	h(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	var page map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
		t.Fatalf("%s: %v", w.Body, err)
	}
	return w.Code, page
}

// A check that hangs is a failed one, and no error's text leaves the house.
func TestHealth_Ready(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		free := make(chan struct{})
		fine := obs.Check{Name: "fine", Probe: func(context.Context) error { return nil }}
		h := obs.NewHealth(slog.New(slog.NewTextHandler(&log, nil)), fine,
			obs.Check{Name: "broken", Probe: func(context.Context) error { return errors.New("inside detail") }},
			obs.Check{Name: "stuck", Probe: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
			obs.Check{Name: "deaf", Probe: func(context.Context) error { <-free; return nil }},
		)
		began := time.Now()
		status, page := get(t, h.Ready)
		want := map[string]any{"status": "not_ready", "checks": map[string]any{
			"fine": "ok", "broken": "failed", "stuck": "timeout", "deaf": "timeout",
		}}
		if diff := cmp.Diff(want, page); status != http.StatusServiceUnavailable || diff != "" {
			t.Errorf("%d %s", status, diff)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("took %s", took)
		}
		if !strings.Contains(log.String(), "inside detail") {
			t.Error("nobody can find out why")
		}
		if status, page := get(t, h.Live); status != http.StatusOK || page["status"] != "alive" {
			t.Errorf("live: %d %v", status, page)
		}
		if status, page := get(t, obs.NewHealth(slog.New(slog.DiscardHandler), fine).Ready); status != http.StatusOK || page["status"] != "ready" {
			t.Errorf("ready: %d %v", status, page)
		}
		close(free)
	})
}

// What is observed is on the page that Prometheus scrapes, with bounded labels.
func TestObserver(t *testing.T) {
	t.Parallel()
	r, err := obs.NewRegistry(obs.ReadBuild())
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	o, err := obs.NewObserver(slog.New(slog.NewTextHandler(&log, nil)), r)
	if err != nil {
		t.Fatal(err)
	}
	o.Stepped(session.Awaiting, session.KindAuthorized, session.Opening)
	o.LeaseLost(1, true)
	o.Notice("wechatpay", "signature")
	o.Provider("wechatpay", payment.Won)
	o.Settled(2)
	o.EffectRan("payment.ask", "dead", time.Second)
	o.EffectFailed(run.Effect{Kind: "payment.ask", Key: 42}, errors.New("no answer"))
	o.Unlocked(20 * time.Millisecond)
	o.Judged("charge", time.Millisecond)
	o.Dropped("readings")
	o.Scale(7, health.Healthy, health.Quarantined)
	o.Scales(health.Quarantined, 3)
	o.Trouble(1, "verdict", errors.New("trouble"))
	w := httptest.NewRecorder()
	obs.Metrics(r).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, line := range []string{
		`larder_session_steps_total{event="authorized",from="awaiting",to="opening"} 1`, `larder_session_leases_lost_total{opened="true"} 1`,
		`larder_visit_notices_total{cause="signature",provider="wechatpay"} 1`, "larder_visit_order_lines_total 2",
		`larder_effect_tries_total{kind="payment.ask",outcome="dead"} 1`, `larder_effect_late_seconds_count{kind="payment.ask"} 1`,
		"larder_visit_unlock_seconds_count 1", `larder_visit_receipt_seconds_count{verdict="charge"} 1`,
		`larder_lanes_unhealthy{status="quarantined"} 3`, `larder_lanes_unhealthy{status="watch"} 0`,
		`larder_run_dropped_total{what="readings"} 1`, "larder_build_info{", "go_goroutines ",
	} {
		if !strings.Contains(w.Body.String(), line) {
			t.Errorf("%s is not on the page", line)
		}
	}
	for _, word := range []string{"no answer", "given up", "signature", "trouble"} {
		if !strings.Contains(log.String(), word) {
			t.Errorf("%q is not in the log", word)
		}
	}
	if _, err := obs.NewObserver(slog.New(slog.DiscardHandler), r); err == nil {
		t.Error("two observers on one registry")
	}
	var already prometheus.AlreadyRegisteredError
	if _, err := obs.NewObserver(slog.New(slog.DiscardHandler), r); !errors.As(err, &already) {
		t.Errorf("why is not told: %v", err)
	}
}
