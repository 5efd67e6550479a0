package tcp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// Listen listens for plain connections on a loopback address, for instance "127.0.0.1:7400"; port 0
// takes a free one. Any other address is an error, and an unnamed host is every address.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listen for cabinets on %q: %w", address, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, errNotLoopback(address)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for cabinets on %q: %w", address, err)
	}
	if !local(listener.Addr()) { // a resolver may have strange ideas of localhost
		return nil, errors.Join(errNotLoopback(address), listener.Close())
	}
	return listener, nil
}

func errNotLoopback(address string) error {
	return fmt.Errorf("plain TCP for cabinets is allowed on loopback addresses only, not on %q", address)
}

// local reports whether a peer at a can only be on this machine.
func local(a net.Addr) bool {
	if t, ok := a.(*net.TCPAddr); ok {
		return t.IP.IsLoopback()
	}
	return a != nil && a.Network() == "pipe" // net.Pipe never leaves the process
}

// Accepting again after an error waits this long, doubled up to the longest.
const (
	firstBackoff   = 5 * time.Millisecond
	longestBackoff = time.Second
)

// accept hands each new connection to serve until ctx ends or the listener is closed, which is no
// error while ctx has ended. Other errors (too many files, an aborted connection) pass: it waits.
func (g *Gateway) accept(ctx context.Context, serve func(net.Conn)) error {
	var backoff time.Duration
	for {
		conn, err := g.cfg.Listener.Accept()
		switch {
		case err == nil:
			backoff = 0
			serve(conn)
		case ctx.Err() != nil:
			return nil //nolint:nilerr // the end of ctx has closed the listener
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("accept cabinets: %w", err)
		default:
			backoff = min(max(firstBackoff, 2*backoff), longestBackoff)
			g.cfg.Logger.WarnContext(ctx, "cannot accept a cabinet's connection", keyError, err, "wait", backoff)
			select {
			case <-time.After(backoff):
			case <-ctx.Done():
			}
		}
	}
}
