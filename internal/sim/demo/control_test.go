package demo_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"larder/internal/sim/demo"
)

// BY15: the control plays hands, door, cable and the provider's page, for this machine only.
func TestWorld_Handler(t *testing.T) {
	t.Parallel()
	const first = "/demo/cabinets/LD-2611-0001/"
	post := func(t *testing.T, p *fakePlatform, path, body string) (int, string) {
		t.Helper()
		r := serve(t, p, http.MethodPost, path, body, nil)
		return r.Code, r.Body.String()
	}
	t.Run("refuses what hands cannot do", func(t *testing.T) {
		t.Parallel()
		p := newFake(t, 1)
		for _, c := range []struct {
			path, body, code string
			status           int
		}{
			{first + "open", "", "locked", http.StatusConflict},
			{first + "close", "", "is_shut", http.StatusConflict},
			{first + "take", `{"lane":1,"count":1}`, "is_shut", http.StatusConflict},
			{first + "take", `{"lane":21,"count":1}`, "invalid", http.StatusBadRequest},
			{first + "put-back", `{"home":1,"lane":1}`, "not_out", http.StatusConflict},
			{first + "take", `{"lane":"one"}`, "invalid", http.StatusBadRequest},
			{first + "take", `{"shelf":1}`, "invalid", http.StatusBadRequest},
			{"/demo/cabinets/LD-0/open", "", "not_found", http.StatusNotFound},
			{"/demo/people/nobody/code", "", "not_found", http.StatusNotFound},
		} {
			status, body := post(t, p, c.path, c.body)
			var problem struct{ Code string }
			if err := json.Unmarshal([]byte(body), &problem); err != nil || status != c.status || problem.Code != c.code {
				t.Errorf("%s %s: %d %s", c.path, c.body, status, body)
			}
		}
	})
	t.Run("answers this machine only", func(t *testing.T) {
		t.Parallel()
		p := newFake(t, 1)
		for name, change := range map[string]func(*http.Request){
			"a neighbor":             func(r *http.Request) { r.RemoteAddr = "192.0.2.7:50000" },
			"a name that leads here": func(r *http.Request) { r.Host = "evil.example:8080" },
			"another site's page": func(r *http.Request) {
				r.Header.Set("Origin", "https://evil.example")
				r.Header.Set("Sec-Fetch-Site", "cross-site")
			},
		} {
			r := serve(t, p, http.MethodPost, first+"cable", `{"plugged":false}`, change)
			if r.Code != http.StatusForbidden {
				t.Errorf("%s: %d", name, r.Code)
			}
		}
		if !p.state(0).Plugged {
			t.Error("somebody pulled the cable")
		}
	})
	t.Run("tells what there is", func(t *testing.T) {
		t.Parallel()
		p := newFake(t, 1)
		var fleet demo.FleetView
		if err := json.Unmarshal(serve(t, p, http.MethodGet, "/demo/fleet", "", nil).Body.Bytes(), &fleet); err != nil {
			t.Fatal(err)
		}
		if len(fleet.Cabinets) != 5 || len(fleet.Cabinets[4].Lanes) != 20 || fleet.Provider != "wechatpay" || len(fleet.People) < 2 {
			t.Errorf("%+v", fleet)
		}
		if fleet.Cabinets[1].Token != p.reg[1].Token || fleet.Cabinets[1].ID != p.reg[1].ID {
			t.Errorf("cabinet 2 is %+v", fleet.Cabinets[1])
		}
	})
	t.Run("streams every change", func(t *testing.T) {
		t.Parallel()
		p := newFake(t, 1)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.http.URL+"/demo/live", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r, err := p.http.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if status, body := post(t, p, first+"cable", `{"plugged":false}`); status != http.StatusOK {
			t.Fatal(body)
		}
		limit := time.AfterFunc(10*time.Second, func() { _ = r.Body.Close() })
		defer limit.Stop()
		lines := bufio.NewScanner(r.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var state demo.StateView
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if ok && json.Unmarshal([]byte(data), &state) == nil && !state.Cabinets[0].Plugged && !state.Cabinets[0].Connected {
				return
			}
		}
		t.Errorf("the stream ended before it said that the cable is out: %v", lines.Err())
	})
}
