package tcp_test

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"larder/internal/edge/link"
	"larder/internal/edge/link/driver"
	"larder/internal/edge/link/driver/native"
	"larder/internal/edge/link/linktest"
	"larder/internal/edge/link/tcp"
)

// TestMain guards I21: nothing runs on after the tests.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// mute is a driver that decodes and can do nothing.
type mute struct{ native native.Driver }

func (d mute) Decode(c driver.Cabinet, p driver.Packet) (driver.Message, error) {
	return d.native.Decode(c, p)
}

// config is a gateway's, with a quiet log.
func config(t testing.TB, listener net.Listener, h link.Handler) tcp.Config {
	t.Helper()
	drivers, err := link.NewDrivers(map[string]driver.Driver{linktest.Model: native.Driver{}, "mute": mute{}})
	if err != nil {
		t.Fatal(err)
	}
	return tcp.Config{
		Listener: listener, Handler: h, Drivers: drivers, Now: time.Now,
		Logger: slog.New(slog.DiscardHandler),
	}
}

// run runs a gateway until t ends, or stop is called, which returns what Run did.
func run(t testing.TB, cfg tcp.Config) (g *tcp.Gateway, stop func() error) {
	t.Helper()
	g, err := tcp.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- g.Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	return g, stop
}

// listen listens on a free port of this machine.
func listen(t testing.TB) net.Listener {
	t.Helper()
	listener, err := tcp.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// dial connects to listener.
func dial(t testing.TB, listener net.Listener) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// pipes is a listener whose connections are net.Pipe, so that a gateway runs in a synctest bubble.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }

func (p *pipes) Addr() net.Addr { return pipeAddr{} }

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// dial returns the cabinet's end of a new connection.
func (p *pipes) dial(t testing.TB) net.Conn {
	ours, theirs := net.Pipe()
	p.conns <- theirs
	t.Cleanup(func() { _ = ours.Close() })
	return ours
}

// count returns the value of a counter or gauge with exactly these label values, in any order.
func count(t testing.TB, r *prometheus.Registry, name string, labels ...string) float64 {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			matching := 0
			for _, pair := range metric.GetLabel() {
				for _, label := range labels {
					if pair.GetValue() == label {
						matching++
					}
				}
			}
			if family.GetName() == name && matching == len(labels) && len(metric.GetLabel()) == len(labels) {
				return metric.GetCounter().GetValue() + metric.GetGauge().GetValue()
			}
		}
	}
	return 0
}
