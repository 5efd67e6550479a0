package app

import (
	"errors"
	"net"
	"testing"
)

// dial opens a connection to l.
func dial(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// PL5: no more connections at a time than allowed; those that wait are served when one leaves.
func TestBounded_Accept(t *testing.T) {
	t.Parallel()
	l, err := listen(t.Context(), "127.0.0.1:0", 1)
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan net.Conn)
	ended := make(chan error, 1)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				ended <- err
				return
			}
			accepted <- c
		}
	}()
	dial(t, l)
	first := <-accepted
	dial(t, l)
	select {
	case <-accepted:
		t.Fatal("a second connection was accepted beside the first")
	default:
	}
	for range 2 { // closing twice gives back one place
		_ = first.Close()
	}
	second := <-accepted
	if err := l.Close(); err != nil { // while Accept waits for a place
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept ended with %v", err)
	}
	_ = second.Close()
}
