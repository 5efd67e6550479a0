package api_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"larder/internal/edge/api"
)

// pipes is a listener whose connections stay inside a bubble: real sockets do not.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// A quiet socket is pinged: a phone that answers keeps its stream, one that has silently gone loses it.
func TestSocket_heartbeat(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		id := r.start(t).ID
		listener, server := newPipes(), r.NewServer(r.API)
		go func() { _ = server.Serve(listener) }()
		transport := &http.Transport{DialContext: listener.dial}
		var pings atomic.Int64
		var silent atomic.Bool
		conn, _, err := websocket.Dial(t.Context(), "ws://cabinet.example/v1/sessions/"+id.String()+"/socket", &websocket.DialOptions{ //nolint:bodyclose // the library closes it
			HTTPClient: &http.Client{Transport: transport},
			HTTPHeader: http.Header{"Authorization": {"Bearer " + r.tokens[ownCustomer]}},
			OnPingReceived: func(context.Context, []byte) bool {
				pings.Add(1)
				return !silent.Load()
			},
		})
		must(t, err)
		read(t, conn)
		conn.CloseRead(t.Context()) // answers pings
		time.Sleep(4*api.Heartbeat + time.Second)
		synctest.Wait()
		if n := pings.Load(); n != 4 || r.count(t, "larder_api_streams") != 1 {
			t.Errorf("%d pings in a minute, want 4; %v streams", n, r.count(t, "larder_api_streams"))
		}
		silent.Store(true)
		time.Sleep(2 * api.Heartbeat)
		synctest.Wait()
		if n := r.count(t, "larder_api_streams"); n != 0 {
			t.Errorf("a phone that does not answer keeps %v streams", n)
		}
		_ = conn.CloseNow()
		transport.CloseIdleConnections()
		must(t, server.Close())
	})
}
