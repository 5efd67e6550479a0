package api_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/edge/api"
)

// S15: so many at once, then one per interval, and the refusal says how long to wait.
func TestLimiter_Take(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := api.NewLimiter(api.Limit{Burst: 3, Every: time.Minute})
		for range 3 {
			must(t, l.Take("a"))
		}
		err := l.Take("a")
		e, ok := errors.AsType[*larder.Error](err)
		if !ok || e.Code != larder.CodeLimited || e.Params["retry_after_s"] != 60 {
			t.Fatalf("the fourth: %v", err)
		}
		must(t, l.Take("b")) // somebody else's attempts are their own
		time.Sleep(time.Minute)
		must(t, l.Take("a"))
		if l.Take("a") == nil {
			t.Error("two attempts regrew in one interval")
		}
		time.Sleep(time.Hour)
		for range 3 {
			must(t, l.Take("a"))
		}
		if l.Take("a") == nil {
			t.Error("more than the burst regrew")
		}
	})
}

// A limit that failures cost leaves those alone who do not fail, and counts attempts that ran side
// by side.
func TestLimiter_Spend(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := api.NewLimiter(api.Limit{Burst: 2, Every: time.Minute})
		for range 10 {
			must(t, l.Check("a"))
		}
		for range 4 {
			l.Spend("a")
		}
		time.Sleep(2*time.Minute + time.Second)
		if l.Check("a") == nil {
			t.Error("attempts beyond the limit were forgotten")
		}
		time.Sleep(time.Minute)
		must(t, l.Check("a"))
	})
}

// I21: a flood of addresses takes no more memory than the limiter has.
func TestLimiter_is_bounded(t *testing.T) {
	t.Parallel()
	l := api.NewLimiter(api.Limit{Burst: 1, Every: time.Hour})
	must(t, l.Take("first"))
	var flood sync.WaitGroup
	for part := range 4 {
		flood.Go(func() {
			for i := range api.MaxAskers {
				_ = l.Take(fmt.Sprint(part, " ", i))
			}
		})
	}
	flood.Wait()
	if n := l.Askers(); n != api.MaxAskers {
		t.Errorf("remembers %d askers, want %d", n, api.MaxAskers)
	}
	must(t, l.Take("first")) // forgotten, which costs nobody anything
}

// S24 and "Bad input": unknown door tokens cost the asker; after ten in ten minutes even a known one
// is refused. Starting is no way around it.
func TestScan_limit(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	key := []string{"Idempotency-Key", "made-up-here-1"}
	for i := range 10 {
		if i%2 == 0 {
			refused(t, r.ask(t, ownCustomer, "GET", "/v1/doors/unknown"+strconv.Itoa(i), ""), 404, larder.CodeNotFound)
			continue
		}
		body := `{"door_token":"unknown","provider":"wechatpay"}`
		refused(t, r.ask(t, ownCustomer, "POST", "/v1/sessions", body, key...), 404, larder.CodeNotFound)
	}
	answer := r.ask(t, ownCustomer, "GET", "/v1/doors/"+r.door.Token, "")
	p := refused(t, answer, 429, larder.CodeLimited)
	wait, err := strconv.Atoi(answer.Header().Get("Retry-After"))
	if err != nil || wait < 1 || wait > 60 || p.Params["retry_after_s"] != float64(wait) {
		t.Errorf("Retry-After is %d, the problem says %v", wait, p.Params)
	}
	body := `{"door_token":"` + r.door.Token + `","provider":"wechatpay"}`
	refused(t, r.ask(t, ownCustomer, "POST", "/v1/sessions", body, key...), 429, larder.CodeLimited)
	if n := r.count(t, "larder_api_limited_total", "limit", "scan"); n != 2 {
		t.Errorf("counted %v refusals", n)
	}
	// Neither another customer nor an address pays for it.
	if other := r.ask(t, otherCustomer, "GET", "/v1/doors/"+r.door.Token, ""); other.Code != 200 {
		t.Errorf("another customer got %d", other.Code)
	}
	if other := r.ask(t, anonymous, "GET", "/v1/doors/"+r.door.Token, ""); other.Code != 200 {
		t.Errorf("somebody at an address got %d", other.Code)
	}
}

// S23: guessing passwords is limited by address before the room's own lock even counts.
func TestSignIn_limit(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(d *api.Deps) { d.Limits.StaffSignIn = api.Limit{Burst: 2, Every: time.Hour} })
	guess := `{"org":"ours","login":"admin","password":"guess"}`
	for range 2 {
		refused(t, r.ask(t, anonymous, "POST", "/v1/staff/sign-in", guess), 401, larder.CodeCredentials)
	}
	refused(t, r.ask(t, anonymous, "POST", "/v1/staff/sign-in", guess), 429, larder.CodeLimited)
	refused(t, r.ask(t, adminRole, "POST", "/v1/staff/sign-in", guess), 429, larder.CodeLimited)
}

func TestStart_limit(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(d *api.Deps) { d.Limits.Start = api.Limit{Burst: 2, Every: time.Hour} })
	body := `{"door_token":"` + r.door.Token + `","provider":"wechatpay"}`
	first := r.ask(t, ownCustomer, "POST", "/v1/sessions", body, "Idempotency-Key", "made-up-here-1")
	again := r.ask(t, ownCustomer, "POST", "/v1/sessions", body, "Idempotency-Key", "made-up-here-1")
	if first.Code != 201 || again.Code != 201 || first.Body.String() != again.Body.String() {
		t.Errorf("a repetition: %d %s, want %d %s", again.Code, again.Body, first.Code, first.Body)
	}
	refused(t, r.ask(t, ownCustomer, "POST", "/v1/sessions", body, "Idempotency-Key", "made-up-here-2"), 429, larder.CodeLimited)
}

// Whom limits count: a stranger cannot make up an address, a trusted proxy can say whom it serves.
func TestAskerOf(t *testing.T) {
	t.Parallel()
	proxy := netip.MustParsePrefix("10.0.0.0/8")
	for name, c := range map[string]struct {
		remote, forwarded string
		proxies           []netip.Prefix
		want              string
	}{
		"straight":                   {"192.0.2.1:5000", "", nil, "192.0.2.1"},
		"a_made_up_address":          {"192.0.2.1:5000", "198.51.100.7", nil, "192.0.2.1"},
		"through_a_proxy":            {"10.1.1.1:5000", "198.51.100.7", []netip.Prefix{proxy}, "198.51.100.7"},
		"through_two":                {"10.1.1.1:5000", "198.51.100.7, 10.2.2.2", []netip.Prefix{proxy}, "198.51.100.7"},
		"made_up_before_a_proxy":     {"10.1.1.1:5000", "203.0.113.9, 198.51.100.7", []netip.Prefix{proxy}, "198.51.100.7"},
		"nonsense_before_a_proxy":    {"10.1.1.1:5000", "nonsense", []netip.Prefix{proxy}, "10.1.1.1"},
		"one_subscriber_of_ipv6":     {"[2001:db8:1:2:3:4:5:6]:5000", "", nil, "2001:db8:1:2::/64"},
		"ipv4_in_ipv6":               {"[::ffff:192.0.2.1]:5000", "", nil, "192.0.2.1"},
		"a_socket_without_addresses": {"@", "", nil, "@"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
			if c.forwarded != "" {
				req.Header.Set("X-Forwarded-For", c.forwarded)
			}
			if got := api.AskerOf(req, c.proxies...); got != c.want {
				t.Errorf("asker is %q, want %q", got, c.want)
			}
		})
	}
}
