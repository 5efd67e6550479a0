package api_test

import (
	"bufio"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/edge/api"
)

// listen serves the rig on a real socket, with the server that production uses.
func (r *rig) listen(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.Config = r.NewServer(r.API)
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func dial(t *testing.T, server *httptest.Server, id larder.SessionID, headers ...string) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	h := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	url := "ws" + strings.TrimPrefix(server.URL, "http") + "/v1/sessions/" + id.String() + "/socket"
	return websocket.Dial(t.Context(), url, &websocket.DialOptions{HTTPHeader: h}) //nolint:bodyclose // the library closes it
}

// read returns the next view of a socket.
func read(t *testing.T, conn *websocket.Conn) (v visit.View) {
	t.Helper()
	kind, data, err := conn.Read(t.Context())
	must(t, err)
	if kind != websocket.MessageText {
		t.Fatalf("a message of kind %v", kind)
	}
	must(t, json.Unmarshal(data, &v))
	return v
}

// until reads views up to one for which test holds; what lies between may have been overtaken.
func until(t *testing.T, conn *websocket.Conn, test func(visit.View) bool) {
	t.Helper()
	for {
		if v := read(t, conn); test(v) {
			return
		}
	}
}

// The same stream over a WebSocket, on a real connection: the session as it is, its changes, its
// end, a normal close.
func TestSocket_from_start_to_end(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.start(t).ID
	conn, _, err := dial(t, r.listen(t), id, "Cookie", api.CookieName+"="+r.tokens[ownCustomer]) //nolint:bodyclose // as above
	must(t, err)
	if v := read(t, conn); v.ID != id || v.State != session.Awaiting {
		t.Fatalf("first came %s %s", v.ID, v.State)
	}
	r.live.Estimate(id, visit.Basket{Total: 350})
	until(t, conn, func(v visit.View) bool { return v.Basket.Total == 350 })
	_, err = r.visits.Cancel(t.Context(), r.owner, id)
	must(t, err)
	until(t, conn, func(v visit.View) bool { return v.State == session.Ended })
	r.says(t, id, payment.ProviderCanceled) // nobody is told any more
	if _, _, err = conn.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Errorf("after the end: %v", err)
	}
}

// What is no WebSocket is a problem; a page of another origin cannot follow with somebody's cookie.
func TestSocket_refuses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.start(t).ID
	server := r.listen(t)
	cookie := api.CookieName + "=" + r.tokens[ownCustomer]
	for name, c := range map[string]struct {
		headers []string
		status  int
	}{
		"another_origin": {[]string{"Cookie", cookie, "Origin", "https://evil.example.com"}, 403},
		"nobody":         {nil, 401},
		"a_stranger":     {[]string{"Authorization", "Bearer " + r.tokens[otherCustomer]}, 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, answer, err := dial(t, server, id, c.headers...) //nolint:bodyclose // a refusal's body is buffered
			if err == nil || answer.StatusCode != c.status || answer.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("dialing got %v, %v", answer, err)
			}
		})
	}
	path := "/v1/sessions/" + id.String() + "/socket"
	refused(t, r.ask(t, ownCustomer, "GET", path, ""), 426, "upgrade_required")
	refused(t, r.ask(t, ownCustomer, "GET", path, "", "Connection", "Upgrade", "Upgrade", "websocket"), 400, "malformed")
}

// Events arrive while the stream is open, over a real connection, and stopping the server ends them.
func TestLive_on_a_real_server(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.start(t).ID
	server := r.listen(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/sessions/"+id.String()+"/live", nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+r.tokens[ownCustomer])
	answer, err := server.Client().Do(req)
	must(t, err)
	defer func() { _ = answer.Body.Close() }()
	lines := bufio.NewScanner(answer.Body)
	for range 3 {
		if !lines.Scan() {
			t.Fatalf("the stream ended: %v", lines.Err())
		}
	}
	if !strings.HasPrefix(lines.Text(), `data: {"id":"`+id.String()) {
		t.Errorf("first came %q", lines.Text())
	}
	must(t, server.Config.Shutdown(t.Context()))
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "data:") {
			t.Errorf("and then %q", lines.Text())
		}
	}
	must(t, lines.Err()) // a clean end, not a broken connection
}

// S16, H11: a body that does not come in time is not waited for.
func TestServer_slow_body(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("waits 5 s of real time: deadlines of sockets have no fake clock")
	}
	r := newRig(t)
	server := r.listen(t)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	must(t, err)
	defer func() { _ = conn.Close() }()
	_, err = conn.Write([]byte("POST /v1/customers/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"))
	must(t, err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	must(t, err)
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusRequestTimeout || answer.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("a slow body got %d", answer.StatusCode)
	}
}
