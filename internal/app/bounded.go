package app

import (
	"net"
	"sync"
)

// bounded accepts only while fewer than so many of its connections are open: a connection costs
// memory, and those that wait cost the kernel's (PL5).
type bounded struct {
	net.Listener
	places chan struct{} // holds one for each open connection
	close  sync.Once
	ended  chan struct{}
}

// newBounded bounds l.
func newBounded(l net.Listener, most int) *bounded {
	return &bounded{Listener: l, places: make(chan struct{}, most), ended: make(chan struct{})}
}

// Accept waits for a place, then for a connection.
func (b *bounded) Accept() (net.Conn, error) {
	select {
	case b.places <- struct{}{}:
	case <-b.ended:
		return nil, net.ErrClosed
	}
	conn, err := b.Listener.Accept()
	if err != nil {
		<-b.places
		return nil, err
	}
	return &placed{Conn: conn, leave: sync.OnceFunc(func() { <-b.places })}, nil
}

// Close ends Accept.
func (b *bounded) Close() error {
	b.close.Do(func() { close(b.ended) })
	return b.Listener.Close()
}

// placed is a connection that gives its place back.
type placed struct {
	net.Conn
	leave func()
}

// Close closes the connection and gives its place back, once.
func (p *placed) Close() error {
	defer p.leave()
	return p.Conn.Close()
}
