package tcp

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"larder/internal/edge/link"
)

// What a cabinet is told in Welcome, and what follows from it (docs/protocol.md).
const (
	heartbeatMillis = 30_000
	idleMillis      = 90_000           // between readings outside sessions
	fastMillis      = 300              // between readings within a session
	tailMillis      = 8_000            // of fast readings after the door has closed
	silenceTimeout  = 75 * time.Second // 2.5 heartbeats
)

// What a peer may cost. The protocol's section 10 tells firmware authors the same figures.
const (
	handshakeTimeout = 5 * time.Second  // from accepting to Welcome (fault H11)
	frameTimeout     = 10 * time.Second // from a frame's first byte to its last (fault H11)
	writeTimeout     = 10 * time.Second // for one frame to leave (fault H15)
	proveTimeout     = 2 * time.Second  // for a pong: longer is offline (invariant I24)
	eventTimeout     = 5 * time.Second  // for the handler to commit one event
	farewellTimeout  = 200 * time.Millisecond

	maxHandshakes = 1024 // under way at once; more are closed on arrival (fault H10)
	maxWaiting    = 64   // frames in a write queue (fault H15)
	maxUncommited = 64   // events that wait for their commit; more come again
	maxPings      = 32   // under way at once on one connection
)

// Upgrade secures an accepted connection before the first frame, and returns the connection to use
// and 32 bytes of keying material that both ends derive from it. It observes ctx, which ends with
// the handshake's deadline.
type Upgrade func(ctx context.Context, conn net.Conn) (secured net.Conn, exporter []byte, err error)

// Config is what a gateway needs. Upgrade and Registerer may be nil.
type Config struct {
	Listener   net.Listener // the gateway closes it; see [Listen]
	Handler    link.Handler
	Drivers    *link.Drivers
	Logger     *slog.Logger
	Now        func() time.Time      // the platform's clock; intervals use its monotonic reading
	Upgrade    Upgrade               // nil: plain TCP, on loopback addresses only
	Registerer prometheus.Registerer // nil: metrics are counted and not shown
}

// check names what is missing.
func (c Config) check() error {
	switch {
	case c.Listener == nil:
		return errors.New("a gateway needs a listener")
	case c.Handler == nil:
		return errors.New("a gateway needs a handler")
	case c.Drivers == nil:
		return errors.New("a gateway needs drivers")
	case c.Logger == nil:
		return errors.New("a gateway needs a logger")
	case c.Now == nil:
		return errors.New("a gateway needs a clock")
	case c.Upgrade == nil && !local(c.Listener.Addr()):
		return errNotLoopback(c.Listener.Addr().String())
	}
	return nil
}
