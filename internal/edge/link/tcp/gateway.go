package tcp

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"sync"
	"sync/atomic"

	"larder/internal/edge/link/wire"
)

// Gateway holds the connections of cabinets. Its methods are safe for concurrent use.
type Gateway struct {
	cfg        Config
	metrics    *metrics
	fleet      *fleet
	failures   *failures
	handshakes atomic.Int64 // under way now
	decoyKey   []byte       // stands in for the key of an unknown serial
}

// New returns a gateway that accepts nothing until Run. It owns cfg.Listener from here on, unless
// New fails.
func New(cfg Config) (*Gateway, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	counted, err := newMetrics(cfg.Registerer)
	if err != nil {
		return nil, err
	}
	g := &Gateway{
		cfg:      cfg,
		metrics:  counted,
		fleet:    newFleet(),
		failures: newFailures(cfg.Now),
		decoyKey: make([]byte, wire.KeySize),
	}
	if _, err := rand.Read(g.decoyKey); err != nil {
		return nil, err
	}
	return g, nil
}

// Run accepts and serves cabinets until ctx ends, then tells them, closes the listener and every
// connection, and returns when all of its goroutines have ended, within about 5 seconds. It is
// called once. The error is nil unless the listener failed.
func (g *Gateway) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var serving sync.WaitGroup
	stop := context.AfterFunc(ctx, func() { g.closeListener(ctx) })
	err := g.accept(ctx, func(conn net.Conn) {
		serving.Go(func() { g.serve(ctx, conn) })
	})
	cancel()
	if stop() {
		g.closeListener(ctx)
	}
	serving.Wait()
	return err
}

// closeListener ends the accept loop.
func (g *Gateway) closeListener(ctx context.Context) {
	if err := g.cfg.Listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		g.cfg.Logger.WarnContext(ctx, "cannot close the cabinets' listener", keyError, err)
	}
}

// serve owns one accepted connection from its first byte to its end.
func (g *Gateway) serve(ctx context.Context, raw net.Conn) {
	g.metrics.connections.Inc()
	defer g.metrics.connections.Dec()
	conn, c, err := g.greet(ctx, raw)
	if err != nil {
		g.refuse(ctx, conn, err)
		return
	}
	g.attend(ctx, c)
}

// attend serves an authenticated connection.
func (g *Gateway) attend(ctx context.Context, c *connection) {
	older, current := g.fleet.enter(c)
	if older != nil {
		older.end(reasonReplaced)
	}
	if !current {
		c.end(reasonReplaced)
	}
	c.log.InfoContext(ctx, "cabinet connected", "remote", c.remote)
	stop := context.AfterFunc(ctx, func() { c.end(reasonStopping) })
	c.read(ctx)
	stop()
	g.fleet.leave(c)
	c.tearDown(ctx)
	reason := c.why()
	g.metrics.closes.WithLabelValues(string(reason)).Inc()
	c.log.InfoContext(ctx, "cabinet disconnected", "reason", string(reason))
	g.cfg.Handler.Disconnected(c.cabinet.ID, c.cabinet.Epoch, string(reason))
}
