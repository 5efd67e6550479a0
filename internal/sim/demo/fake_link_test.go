package demo_test

import (
	"bytes"
	"context"
	"net"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
	"larder/internal/sim/demo"
)

// fakeLink is the smallest gateway: it welcomes cabinets, can open their doors, and says durable to
// everything.
type fakeLink struct {
	listener net.Listener
	keys     map[string][]byte // by serial
	door     func(*pb.DoorEvent)
	ended    sync.WaitGroup

	mu    sync.Mutex // guards what follows
	conns map[string]*fakeConn
}

type fakeConn struct {
	socket  net.Conn
	pong    chan []byte // challenges
	writing sync.Mutex
}

func newFakeLink(t *testing.T, plan demo.Plan, registered []demo.Registered, door func(*pb.DoorEvent)) *fakeLink {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &fakeLink{listener: listener, keys: map[string][]byte{}, door: door, conns: map[string]*fakeConn{}}
	for i, c := range plan.Cabinets {
		l.keys[c.Serial] = registered[i].Key
	}
	l.ended.Go(func() {
		for {
			socket, err := listener.Accept()
			if err != nil {
				return
			}
			l.ended.Go(func() { l.serve(socket) })
		}
	})
	return l
}

func (l *fakeLink) close() {
	_ = l.listener.Close()
	l.mu.Lock()
	for _, c := range l.conns {
		_ = c.socket.Close()
	}
	l.mu.Unlock()
	l.ended.Wait()
}

func (c *fakeConn) send(m proto.Message) {
	frame, err := wire.Encode(m)
	if err != nil {
		return
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	_, _ = c.socket.Write(frame)
}

func (l *fakeLink) serve(socket net.Conn) {
	defer socket.Close()
	c := &fakeConn{socket: socket, pong: make(chan []byte, 16)}
	r := wire.NewReader(socket)
	h := wire.Handshake{Version: wire.Version, PlatformNonce: bytes.Repeat([]byte{9}, wire.NonceSize)}
	for {
		f, err := r.Next()
		if err != nil {
			return
		}
		m, err := wire.Decode(f)
		if err != nil {
			return
		}
		switch m := m.(type) {
		case *pb.Hello:
			h.Serial, h.CabinetNonce = m.Serial, m.Nonce
			c.send(&pb.Challenge{Nonce: h.PlatformNonce})
		case *pb.Proof:
			w := &pb.Welcome{Epoch: 1, ServerTimeMs: 1, HeartbeatMs: 30_000, IdleReadingsMs: 90_000, FastReadingsMs: 300, TailMs: 8_000}
			w.Mac = h.PlatformProof(l.keys[h.Serial], w.Epoch, 0)
			r.SetLimit(wire.MaxBody)
			l.mu.Lock()
			l.conns[h.Serial] = c
			l.mu.Unlock()
			c.send(w)
		case *pb.Heartbeat:
			c.send(&pb.HeartbeatAck{ServerTimeMs: 1})
		case *pb.Pong:
			c.pong <- m.Challenge
		case *pb.DoorEvent:
			c.send(&pb.Durable{Boot: m.Boot, Seq: m.Seq})
			l.door(m)
		}
	}
}

// open proves the cabinet and tells it to open.
func (l *fakeLink) open(ctx context.Context, serial string, session int64) bool {
	l.mu.Lock()
	c := l.conns[serial]
	l.mu.Unlock()
	if c == nil {
		return false
	}
	c.send(&pb.Ping{Nonce: 1})
	select {
	case <-ctx.Done():
		return false
	case challenge := <-c.pong:
		o := &pb.Open{Command: session, Session: session, Door: 1, Epoch: 1, TtlMs: 5000, Challenge: challenge}
		wire.SignOpen(l.keys[serial], serial, o)
		c.send(o)
		return true
	}
}
