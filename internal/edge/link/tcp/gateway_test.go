package tcp_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"larder"
	"larder/internal/edge/link"
	"larder/internal/edge/link/linktest"
	"larder/internal/edge/link/tcp"
	"larder/internal/edge/link/wire/pb"
)

// TestGateway runs the conformance kit over real sockets.
func TestGateway(t *testing.T) {
	t.Parallel()
	linktest.Gateway(t, func(t *testing.T, h link.Handler) (func() net.Conn, linktest.Commands) {
		listener := listen(t)
		g, _ := run(t, config(t, listener, h))
		return func() net.Conn { return dial(t, listener) }, g
	})
}

// TestListen guards S1's lowest rung: plain TCP does not leave the loopback.
func TestListen(t *testing.T) {
	t.Parallel()
	for _, address := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.org:0", "127.0.0.1", "127.1:0"} {
		if listener, err := tcp.Listen(t.Context(), address); err == nil {
			t.Errorf("listens on %q", address)
			_ = listener.Close()
		}
	}
	for _, address := range []string{"127.0.0.1:0", "localhost:0", "127.0.0.53:0"} {
		listener, err := tcp.Listen(t.Context(), address)
		if err != nil {
			t.Errorf("does not listen on %q: %v", address, err)
			continue
		}
		_ = listener.Close()
	}
}

// elsewhere is a listener or connection that is not on the loopback.
type elsewhere struct {
	net.Listener
	net.Conn
}

func (elsewhere) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 7400} }

func (e elsewhere) RemoteAddr() net.Addr { return e.Addr() }

func (e elsewhere) Close() error { return e.Conn.Close() }

// TestNew guards S1 and that a gateway names what it lacks.
func TestNew(t *testing.T) {
	t.Parallel()
	good := config(t, newPipes(), linktest.NewHandler())
	for name, change := range map[string]func(*tcp.Config){
		"listener": func(c *tcp.Config) { c.Listener = nil },
		"handler":  func(c *tcp.Config) { c.Handler = nil },
		"drivers":  func(c *tcp.Config) { c.Drivers = nil },
		"logger":   func(c *tcp.Config) { c.Logger = nil },
		"clock":    func(c *tcp.Config) { c.Now = nil },
		"loopback": func(c *tcp.Config) { c.Listener = elsewhere{} },
	} {
		broken := good
		change(&broken)
		if _, err := tcp.New(broken); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
	good.Listener = elsewhere{}
	good.Upgrade = func(context.Context, net.Conn) (net.Conn, []byte, error) { return nil, nil, nil }
	if _, err := tcp.New(good); err != nil {
		t.Errorf("secured, on any address: %v", err)
	}
}

// TestGateway_Remote guards S1: a peer from elsewhere is not heard, whatever the listener is.
func TestGateway_Remote(t *testing.T) {
	t.Parallel()
	listener, registry := newPipes(), prometheus.NewRegistry()
	cfg := config(t, listener, linktest.NewHandler())
	cfg.Registerer = registry
	run(t, cfg)
	ours, theirs := net.Pipe()
	listener.conns <- elsewhere{Conn: theirs}
	if _, err := ours.Read(make([]byte, 1)); err == nil {
		t.Error("a peer from elsewhere is served")
	}
	if got := count(t, registry, "larder_link_handshake_failures_total", "address"); got != 1 {
		t.Errorf("counted %v", got)
	}
}

// TestGateway_Upgrade guards the seam for TLS: the proof covers what the secured connection exports.
func TestGateway_Upgrade(t *testing.T) {
	t.Parallel()
	handler, listener := linktest.NewHandler(), newPipes()
	id := handler.Register("LD-0001", 11, linktest.Model)
	cfg := config(t, listener, handler)
	cfg.Upgrade = func(_ context.Context, conn net.Conn) (net.Conn, []byte, error) {
		return conn, linktest.Key(77), nil
	}
	run(t, cfg)
	if _, err := linktest.Greet(listener.dial(t), id); err == nil {
		t.Error("a proof of another connection was accepted")
	}
	id.Exporter = linktest.Key(77)
	linktest.Connect(t, listener.dial(t), id)
}

// TestGateway_Unavailable guards I17 and LK4 where the platform cannot answer: nobody is let in, and
// the cabinet is told to come again rather than that it is a stranger.
func TestGateway_Unavailable(t *testing.T) {
	t.Parallel()
	broken := func() error { return errors.New("the database is away") }
	cases := map[string]func(*linktest.Handler) string{
		"credential": func(h *linktest.Handler) string { h.OnCredential = broken; return linktest.Model },
		"connected":  func(h *linktest.Handler) string { h.OnConnected = broken; return linktest.Model },
		"no_driver":  func(*linktest.Handler) string { return "unheard-of" },
	}
	for name, prepare := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler, listener := linktest.NewHandler(), newPipes()
			id := handler.Register("LD-0001", 11, prepare(handler))
			run(t, config(t, listener, handler))
			_, err := linktest.Greet(listener.dial(t), id)
			goodbye, ok := errors.AsType[*linktest.GoodbyeError](err)
			if !ok || goodbye.Reason != pb.GoodbyeReason_GOODBYE_REASON_UNAVAILABLE {
				t.Errorf("got %v", err)
			}
			if calls := handler.All(); len(calls) != 0 {
				t.Errorf("the handler heard %v", calls)
			}
		})
	}
}

// TestGateway_Capabilities guards LK2: what a model cannot do is said, not tried.
func TestGateway_Capabilities(t *testing.T) {
	t.Parallel()
	handler, listener := linktest.NewHandler(), newPipes()
	id := handler.Register("LD-0002", 12, "mute")
	g, _ := run(t, config(t, listener, handler))
	c := linktest.Connect(t, listener.dial(t), id)
	if _, err := handler.Await(t.Context(), "heartbeat"); err != nil {
		t.Fatal(err)
	}
	_, err := g.Prove(t.Context(), 12)
	for name, err := range map[string]error{
		"prove":      err,
		"open":       g.Open(t.Context(), larder.OpenCommand{Epoch: c.Welcome.Epoch, TTLMillis: 1000, Door: 1}),
		"read door":  g.ReadDoor(t.Context(), 12, 1, 1),
		"read lanes": g.ReadLanes(t.Context(), 12, 1),
	} {
		if larder.CodeOf(err) != larder.CodeUnsupported {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := g.SessionDurable(t.Context(), 12, 1); err != nil {
		t.Errorf("a model that keeps no readings: %v", err)
	}
	c.Send(t, &pb.Heartbeat{}, &pb.DoorEvent{Boot: 1, Seq: 1, Door: 1, Kind: 1})
	if _, err := handler.Await(t.Context(), "event"); err != nil {
		t.Error(err)
	}
}

// TestGateway_Stop guards I21 and PL9: a gateway that stops says so, lets a commit end,
// and leaves no goroutine.
func TestGateway_Stop(t *testing.T) {
	t.Parallel()
	handler, listener, registry := linktest.NewHandler(), listen(t), prometheus.NewRegistry()
	committing, release := make(chan struct{}), make(chan struct{})
	handler.OnEvent = func(ctx context.Context, _ larder.DoorEvent) error {
		close(committing) // panics for a second event: what waits behind this one is for the next connection
		<-release
		return ctx.Err()
	}
	id := handler.Register("LD-0001", 11, linktest.Model)
	cfg := config(t, listener, handler)
	cfg.Registerer = registry
	_, stop := run(t, cfg)
	dial(t, listener) // one that never says hello
	c := linktest.Connect(t, dial(t, listener), id)
	c.Send(t, &pb.DoorEvent{Boot: 1, Seq: 1, Door: 1, Kind: 1}, &pb.DoorEvent{Boot: 1, Seq: 2, Door: 1, Kind: 2}, &pb.Heartbeat{})
	linktest.Expect[*pb.HeartbeatAck](t, c) // both have arrived
	<-committing
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	if reason := c.Ended(); reason != pb.GoodbyeReason_GOODBYE_REASON_STOPPING {
		t.Errorf("ended with %v", reason)
	}
	close(release)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if got := len(handler.All("event")); got != 1 {
		t.Errorf("%d events were committed", got)
	}
	calls := handler.All()
	if last := calls[len(calls)-1]; last.Call != "disconnected" || last.What != "stopping" {
		t.Errorf("the last call is %+v", last)
	}
	if got := count(t, registry, "larder_link_connections"); got != 0 {
		t.Errorf("%v connections are left", got)
	}
	if conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String()); err == nil {
		_ = conn.Close()
		t.Error("still listens")
	}
}

// flaky is a listener that fails now and then.
type flaky struct {
	*pipes
	failures int // of the first calls
	calls    int
}

func (f *flaky) Accept() (net.Conn, error) {
	if f.calls++; f.calls <= f.failures {
		return nil, errors.New("too many open files")
	}
	return f.pipes.Accept()
}

// TestGateway_Accept guards I21: a listener that fails does not spin and does not end the gateway;
// one that is closed by somebody else does.
func TestGateway_Accept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		listener := &flaky{pipes: newPipes(), failures: 10}
		handler := linktest.NewHandler()
		id := handler.Register("LD-0001", 11, linktest.Model)
		began := time.Now()
		run(t, config(t, listener, handler))
		linktest.Connect(t, listener.dial(t), id)
		if took := time.Since(began); took < 3*time.Second || took > 5*time.Second {
			t.Errorf("accepts again after %v", took) // 5, 10, 20 … 640, 1000, 1000 ms
		}
	})
	listener := newPipes()
	g, err := tcp.New(config(t, listener, linktest.NewHandler()))
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	if err := g.Run(t.Context()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("run: %v", err)
	}
}
