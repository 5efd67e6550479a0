package tcp_test

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"

	"google.golang.org/protobuf/proto"

	"larder"
	"larder/internal/edge/link"
	"larder/internal/edge/link/linktest"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// quiet is a handler that knows one cabinet, keeps nothing, and counts what may only follow a proof.
type quiet struct {
	id     linktest.Identity
	epoch  atomic.Int64
	proven atomic.Int64
}

func (q *quiet) Credential(_ context.Context, serial string) (link.Credential, error) {
	if serial != q.id.Serial {
		return link.Credential{}, larder.E(larder.CodeNotFound)
	}
	return link.Credential{Cabinet: 11, Key: q.id.Key, Model: linktest.Model}, nil
}

func (q *quiet) Connected(context.Context, link.Hello) (link.Grant, error) {
	q.proven.Add(1)
	return link.Grant{Epoch: q.epoch.Add(1)}, nil
}

func (q *quiet) Disconnected(larder.CabinetID, int64, string)         {}
func (q *quiet) Heartbeat(larder.CabinetID, int64)                    {}
func (q *quiet) Event(context.Context, int64, larder.DoorEvent) error { return nil }
func (q *quiet) Readings(int64, larder.Readings)                      {}
func (q *quiet) Answer(context.Context, larder.Answer)                {}

// FuzzGateway guards H13, S2 and I20 over a whole connection: a stream of bytes in place of a
// handshake lets nobody in, one behind a handshake breaks nothing, and the platform says nothing but
// frames of its own.
func FuzzGateway(f *testing.F) {
	for _, m := range []proto.Message{
		&pb.Hello{Serial: "LD-0001", Version: wire.Version, Boot: 1, Nonce: make([]byte, wire.NonceSize)}, &pb.Proof{Mac: make([]byte, wire.MACSize)},
		&pb.DoorEvent{Boot: 1, Seq: 1, Door: 1, Kind: 1}, &pb.DoorEvent{Boot: 1, Seq: 9, Door: 1, Kind: 2}, &pb.Readings{Seq: 1, MassDg: []int32{1}},
		&pb.Pong{Nonce: 1, Challenge: make([]byte, wire.ChallengeSize), Doors: []pb.DoorState{1}}, &pb.Answer{Command: 1, Result: 1}, &pb.Heartbeat{},
	} {
		frame, err := wire.Encode(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(frame, true)
		f.Add(frame, false)
	}
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), false)
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 1}, true)
	h, listener := &quiet{id: linktest.Identity{Serial: "LD-0001", Key: linktest.Key(7), Boot: 1}}, newPipes()
	run(f, config(f, listener, h))
	f.Fuzz(func(t *testing.T, stream []byte, greet bool) {
		before := h.proven.Load()
		conn := listener.dial(t)
		if greet {
			if _, err := linktest.Greet(conn, h.id); err != nil {
				t.Fatalf("a cabinet with its key is not let in: %v", err)
			}
			before++
		}
		said := make(chan error, 1)
		go func() { said <- frames(conn) }()
		if _, err := conn.Write(stream); err != nil && !errors.Is(err, io.ErrClosedPipe) {
			t.Error(err)
		}
		_ = conn.Close()
		if err := <-said; err != nil {
			t.Errorf("the platform said what is no frame: %v", err)
		}
		if now := h.proven.Load(); now != before {
			t.Errorf("%d cabinets were let in, want %d", now, before)
		}
	})
}

// frames reads what the platform says until the connection ends.
func frames(conn io.Reader) error {
	in := wire.NewReader(conn)
	in.SetLimit(wire.MaxBody)
	for {
		frame, err := in.Next()
		if bad, ok := errors.AsType[*wire.MalformedError](err); ok && bad.Reason != wire.ReasonTruncated {
			return bad
		}
		if err != nil {
			return nil //nolint:nilerr // the connection is over, which is how it ends
		}
		if _, err := wire.Decode(frame); err != nil {
			return err
		}
	}
}
