package linktest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"google.golang.org/protobuf/proto"

	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// Identity is who a scripted cabinet claims to be.
type Identity struct {
	Serial   string
	Key      []byte
	Boot     uint64
	Exporter []byte // empty on plain TCP
}

// Key returns 32 bytes that differ for every n.
func Key(n byte) []byte {
	key := make([]byte, wire.KeySize)
	for i := range key {
		key[i] = n
	}
	return key
}

// Cabinet is the cabinet's end of a connection, frame by frame in the hands of a test. It is used by
// one goroutine at a time.
type Cabinet struct {
	Identity Identity
	Welcome  *pb.Welcome
	Conn     net.Conn

	in *wire.Reader
}

// GoodbyeError is a connection that the platform ended with a word.
type GoodbyeError struct{ Reason pb.GoodbyeReason }

// Error names the reason.
func (e *GoodbyeError) Error() string { return "goodbye: " + e.Reason.String() }

// Greet does a cabinet's handshake on conn. The error is a [*GoodbyeError] where the platform said
// one; a wrong proof of the platform is an error too. The cabinet is returned either way.
func Greet(conn net.Conn, id Identity) (*Cabinet, error) {
	c := &Cabinet{Identity: id, Conn: conn, in: wire.NewReader(conn)}
	c.in.SetLimit(wire.MaxBody)
	nonce := make([]byte, wire.NonceSize)
	_, _ = rand.Read(nonce) // never fails since Go 1.24
	hello := &pb.Hello{Serial: id.Serial, Version: wire.Version, Boot: id.Boot, Firmware: "1.0.0", Model: "test", Nonce: nonce}
	if err := c.TrySend(hello); err != nil {
		return c, err
	}
	challenge, err := TryExpect[*pb.Challenge](c)
	if err != nil {
		return c, err
	}
	shake := wire.Handshake{
		Version: wire.Version, Serial: id.Serial,
		CabinetNonce: nonce, PlatformNonce: challenge.Nonce, Exporter: id.Exporter,
	}
	if err := c.TrySend(&pb.Proof{Mac: shake.CabinetProof(id.Key)}); err != nil {
		return c, err
	}
	if c.Welcome, err = TryExpect[*pb.Welcome](c); err != nil {
		return c, err
	}
	if !shake.VerifyPlatform(id.Key, c.Welcome) {
		return c, errors.New("the platform's proof is wrong")
	}
	return c, nil
}

// Connect is Greet for a handshake that has to work; the connection is closed when t ends.
func Connect(t testing.TB, conn net.Conn, id Identity) *Cabinet {
	t.Helper()
	t.Cleanup(func() { _ = conn.Close() })
	c, err := Greet(conn, id)
	if err != nil {
		t.Fatalf("handshake of %s: %v", id.Serial, err)
	}
	return c
}

// TrySend writes one message.
func (c *Cabinet) TrySend(m proto.Message) error {
	frame, err := wire.Encode(m)
	if err != nil {
		return err
	}
	_, err = c.Conn.Write(frame)
	return err
}

// Send writes messages, which has to work.
func (c *Cabinet) Send(t testing.TB, messages ...proto.Message) {
	t.Helper()
	for _, m := range messages {
		if err := c.TrySend(m); err != nil {
			t.Fatalf("send %T: %v", m, err)
		}
	}
}

// Receive waits for the next message; [io.EOF] at the end of the connection.
func (c *Cabinet) Receive() (proto.Message, error) {
	frame, err := c.in.Next()
	if err != nil {
		return nil, err
	}
	return wire.Decode(frame)
}

// TryExpect waits for a message of type M, past answers to heartbeats. A goodbye is a
// [*GoodbyeError] unless it is what M is, any other message an error.
func TryExpect[M proto.Message](c *Cabinet) (M, error) {
	var none M
	for {
		m, err := c.Receive()
		if err != nil {
			return none, err
		}
		if want, ok := m.(M); ok {
			return want, nil
		}
		switch m := m.(type) {
		case *pb.HeartbeatAck:
		case *pb.Goodbye:
			return none, &GoodbyeError{Reason: m.Reason}
		default:
			return none, fmt.Errorf("got %T, want %T", m, none)
		}
	}
}

// Expect is TryExpect for a message that has to come.
func Expect[M proto.Message](t testing.TB, c *Cabinet) M {
	t.Helper()
	m, err := TryExpect[M](c)
	if err != nil {
		t.Fatalf("wait for %T: %v", m, err)
	}
	return m
}

// Ended reads until the connection ends and returns the last word, if there was one.
func (c *Cabinet) Ended() pb.GoodbyeReason {
	var last pb.GoodbyeReason
	for {
		m, err := c.Receive()
		if err != nil {
			return last
		}
		if goodbye, ok := m.(*pb.Goodbye); ok {
			last = goodbye.Reason
		}
	}
}

// AnswerPing waits for a ping and answers it with a challenge that counts up from first.
func (c *Cabinet) AnswerPing(t testing.TB, first byte, doors ...pb.DoorState) {
	t.Helper()
	ping := Expect[*pb.Ping](t, c)
	challenge := make([]byte, wire.ChallengeSize)
	for i := range challenge {
		challenge[i] = first + byte(i)
	}
	c.Send(t, &pb.Pong{Nonce: ping.Nonce, Challenge: challenge, Doors: doors})
}

// Silent reports whether nothing waits between the two ends but the end itself.
func (c *Cabinet) Silent() bool {
	_, err := c.Receive()
	return errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed)
}
