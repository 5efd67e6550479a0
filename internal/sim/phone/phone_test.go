package phone_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"larder"
	"larder/internal/sim/phone"
)

const waitTime = 10 * time.Second

// app returns a phone and the platform that it speaks to.
func app(t *testing.T, platform http.HandlerFunc) *phone.App {
	t.Helper()
	server := httptest.NewServer(platform)
	t.Cleanup(server.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &phone.App{Base: server.URL, Client: &http.Client{Transport: transport}}
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waitTime)
	t.Cleanup(cancel)
	return ctx
}

// TestApp_Start guards that a start carries its key, and that a refusal tells its code.
func TestApp_Start(t *testing.T) {
	t.Parallel()
	a := app(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Idempotency-Key") != "once" {
			t.Errorf("key %q", r.Header.Get("Idempotency-Key"))
		}
		w.WriteHeader(http.StatusConflict)
		fmt.Fprint(w, `{"code":"door_taken"}`)
	})
	_, err := a.Start(within(t), "token", "wechatpay", "once")
	if refusal, ok := errors.AsType[*phone.RefusedError](err); !ok || refusal.Code != larder.CodeDoorTaken || refusal.Status != http.StatusConflict {
		t.Errorf("Start: %v", err)
	}
}

// TestPatiently guards that trouble is asked through and that a refusal is an answer.
func TestPatiently(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int64{http.StatusInternalServerError: 3, http.StatusConflict: 1} {
		var asked atomic.Int64
		a := app(t, func(w http.ResponseWriter, _ *http.Request) {
			if asked.Add(1) < 3 {
				w.WriteHeader(status)
			}
			fmt.Fprint(w, `{}`)
		})
		_, err := a.Receipt(within(t), 1)
		if final := status < http.StatusInternalServerError; asked.Load() != want || (err != nil) != final {
			t.Errorf("after %d: asked %d times, want %d: %v", status, asked.Load(), want, err)
		}
	}
}

// TestApp_Receipt guards that the receipt is handed on whole, beside what is read of it.
func TestApp_Receipt(t *testing.T) {
	t.Parallel()
	const text = `{"session_id":"7","total_fen":350,"lanes":[{"known":true}]}`
	a := app(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) })
	r, err := a.Receipt(within(t), 7)
	if err != nil || r.Total != 350 || r.Session != 7 || string(r.Raw) != text {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestFollower guards that a view is never followed by an older one, that a broken stream is taken up
// again, and that the money's end is asked for after the visit's.
func TestFollower(t *testing.T) {
	t.Parallel()
	view := func(v phone.Visit) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		return string(text)
	}
	open := phone.Visit{ID: 1, State: phone.StateOpen, Version: 5}
	older := phone.Visit{ID: 1, State: phone.StateAwaiting, Version: 4}
	ended := phone.Visit{ID: 1, State: phone.StateEnded, Outcome: phone.OutcomeCharged, Version: 8}
	captured := ended
	captured.Version, captured.Payment.State = 9, phone.PaymentCaptured
	var streams, asks atomic.Int64
	a := app(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/v1/sessions/1/live":
			if asks.Add(1) < 3 {
				fmt.Fprint(w, view(older))
				return
			}
			fmt.Fprint(w, view(captured))
		case streams.Add(1) == 1:
			fmt.Fprintf(w, "event: session\ndata: %s\n\ndata: %s\n\n", view(open), view(older))
		default:
			fmt.Fprintf(w, "data: %s\n\n", view(ended))
		}
	})
	ctx := within(t)
	f, stop := a.Follow(ctx, phone.Visit{ID: 1, State: phone.StateAwaiting, Version: 1})
	defer stop()
	if _, err := f.Until(ctx, func(v phone.Visit) bool { return v.Version >= open.Version }); err != nil {
		t.Fatal(err)
	}
	last := int64(0)
	v, err := f.Until(ctx, func(v phone.Visit) bool {
		if v.Version < last {
			t.Errorf("version %d after %d", v.Version, last)
		}
		last = v.Version
		return v.Settled()
	})
	if err != nil || v.Version != captured.Version || streams.Load() < 2 {
		t.Errorf("%+v after %d streams: %v", v, streams.Load(), err)
	}
}

// TestFollower_Until guards that waiting ends with its context and says what was seen last.
func TestFollower_Until(t *testing.T) {
	t.Parallel()
	a := app(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	f, stop := a.Follow(t.Context(), phone.Visit{ID: 7, State: phone.StateAwaiting})
	defer stop()
	ctx, cancel := context.WithCancel(t.Context())
	v, err := f.Until(ctx, func(phone.Visit) bool { cancel(); return false })
	if !errors.Is(err, phone.ErrWaited) || v.ID != 7 {
		t.Errorf("Until: %+v, %v", v, err)
	}
}
