package tcp_test

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"pgregory.net/rapid"

	"larder/internal/edge/link/linktest"
	"larder/internal/edge/link/tcp"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// bubble runs a gateway over pipes under virtual time, with one registered cabinet.
func bubble(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{handler: linktest.NewHandler(), pipes: newPipes(), registry: prometheus.NewRegistry()}
		w.id = w.handler.Register("LD-0001", 11, linktest.Model)
		cfg := config(t, w.pipes, w.handler)
		cfg.Registerer = w.registry
		w.gateway, w.stop = run(t, cfg)
		test(t, w)
		if err := w.stop(); err != nil {
			t.Error(err)
		}
	})
}

// world is what a test in a bubble has.
type world struct {
	*pipes
	handler  *linktest.Handler
	registry *prometheus.Registry
	gateway  *tcp.Gateway
	stop     func() error
	id       linktest.Identity
}

// connect greets as the registered cabinet.
func (w *world) connect(t *testing.T) *linktest.Cabinet {
	t.Helper()
	c := linktest.Connect(t, w.dial(t), w.id)
	synctest.Wait()
	return c
}

// cutAfter fails unless the platform closes conn at the time it should.
func cutAfter(t *testing.T, conn net.Conn, want time.Duration) {
	t.Helper()
	began := time.Now()
	if _, err := io.Copy(io.Discard, conn); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("read: %v", err)
	}
	if took := time.Since(began); took != want {
		t.Errorf("cut after %v, want %v", took, want)
	}
}

// drip sends a byte of stream every interval until the other end has closed, which wait waits for.
func drip(conn net.Conn, stream []byte, interval time.Duration) (wait func()) {
	var dripping sync.WaitGroup
	dripping.Go(func() {
		for _, b := range stream {
			if _, err := conn.Write([]byte{b}); err != nil {
				return
			}
			time.Sleep(interval)
		}
	})
	return dripping.Wait
}

// TestGateway_SlowLoris guards H11: who drips is cut at the deadline of the handshake, of a frame,
// or of silence.
func TestGateway_SlowLoris(t *testing.T) {
	t.Parallel()
	hello, err := wire.Encode(&pb.Hello{Serial: "LD-0001", Version: 1, Boot: 1, Nonce: linktest.Key(1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("handshake", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T, w *world) {
			conn := w.dial(t)
			wait := drip(conn, hello, time.Second)
			cutAfter(t, conn, 5*time.Second)
			wait()
			if got := count(t, w.registry, "larder_link_handshake_failures_total", "timeout"); got != 1 {
				t.Errorf("counted %v", got)
			}
		})
	})
	t.Run("silent_before_proof", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T, w *world) {
			conn := w.dial(t)
			if _, err := conn.Write(hello); err != nil {
				t.Fatal(err)
			}
			cutAfter(t, conn, 5*time.Second)
		})
	})
	t.Run("mid_frame", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T, w *world) {
			c := w.connect(t)
			wait := drip(c.Conn, append([]byte{0, 0, 0, 96}, make([]byte, 100)...), 10*time.Second/4)
			cutAfter(t, c.Conn, 10*time.Second)
			wait()
			if got := count(t, w.registry, "larder_link_closes_total", "slow_frame"); got != 1 {
				t.Errorf("counted %v", got)
			}
		})
	})
	t.Run("silence", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T, w *world) {
			c := w.connect(t)
			time.Sleep(70 * time.Second)
			c.Send(t, &pb.Heartbeat{})
			cutAfter(t, c.Conn, 75*time.Second)
			synctest.Wait()
			if got := count(t, w.registry, "larder_link_closes_total", "silent"); got != 1 {
				t.Errorf("counted %v", got)
			}
		})
	})
}

// TestGateway_LengthBomb guards H12: a length that is too large for the moment closes at once.
func TestGateway_LengthBomb(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w *world) {
		for _, length := range []uint32{0, 2 << 10, 1 << 31, 1<<32 - 1} {
			conn := w.dial(t)
			if _, err := conn.Write(binary.BigEndian.AppendUint32(nil, length)); err != nil {
				t.Fatal(err)
			}
			cutAfter(t, conn, 0)
		}
		for _, length := range []uint32{0, 128 << 10, 1 << 31, 1<<32 - 1} {
			c := w.connect(t)
			if _, err := c.Conn.Write(binary.BigEndian.AppendUint32(nil, length)); err != nil {
				t.Fatal(err)
			}
			cutAfter(t, c.Conn, 0)
		}
		synctest.Wait()
		if got := count(t, w.registry, "larder_link_handshake_failures_total", "length"); got != 4 {
			t.Errorf("%v strangers counted", got)
		}
		if got := count(t, w.registry, "larder_link_closes_total", "length"); got != 4 {
			t.Errorf("%v cabinets counted", got)
		}
	})
}

// TestGateway_Strangers guards H13 and S2: whatever somebody without a key sends, nothing panics and
// nothing reaches the handler.
func TestGateway_Strangers(t *testing.T) {
	t.Parallel()
	handler, listener := linktest.NewHandler(), newPipes()
	handler.Register("LD-0001", 11, linktest.Model)
	run(t, config(t, listener, handler))
	rapid.Check(t, func(rt *rapid.T) {
		conn := listener.dial(t)
		go func() { _, _ = io.Copy(io.Discard, conn) }()
		for _, chunk := range rapid.SliceOfN(strangeBytes(), 1, 5).Draw(rt, "stream") {
			if _, err := conn.Write(chunk); err != nil {
				break
			}
		}
		_ = conn.Close()
	})
	if calls := handler.All(); len(calls) != 0 {
		t.Errorf("the handler heard %v", calls)
	}
}

// strangeBytes draws noise, or a frame that is right but for what it says.
func strangeBytes() *rapid.Generator[[]byte] {
	framed := rapid.Custom(func(t *rapid.T) []byte {
		body := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "body")
		whole, err := wire.AppendFrame(nil, wire.Type(rapid.Uint8().Draw(t, "type")), body)
		if err != nil {
			t.Fatal(err)
		}
		return whole
	})
	return rapid.OneOf(framed, rapid.SliceOfN(rapid.Byte(), 1, 200), rapid.Just([]byte("GET / HTTP/1.1\r\n\r\n")))
}

// TestGateway_BrokenCabinet guards H13 behind the handshake: a frame that is damaged or not for now
// ends the connection, counts its reason, and changes nothing.
func TestGateway_BrokenCabinet(t *testing.T) {
	t.Parallel()
	event, err := wire.Encode(&pb.DoorEvent{Boot: 1, Seq: 1, Door: 1, Kind: 1})
	if err != nil {
		t.Fatal(err)
	}
	framed := func(kind wire.Type, body ...byte) []byte {
		whole, err := wire.AppendFrame(nil, kind, body)
		if err != nil {
			t.Fatal(err)
		}
		return whole
	}
	flipped := append([]byte(nil), event...)
	flipped[7] ^= 4
	for reason, stream := range map[string][]byte{
		"checksum": flipped,
		"body":     framed(wire.TypeDoorEvent, 0xff, 0xff),
		"field":    framed(wire.TypeDoorEvent),
		"type":     framed(wire.TypeOpen),
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T, w *world) {
				c := w.connect(t)
				go func() { _, _ = c.Conn.Write(append(append([]byte(nil), stream...), event...)) }()
				cutAfter(t, c.Conn, 0)
				synctest.Wait()
				if got := count(t, w.registry, "larder_link_closes_total", reason); got != 1 {
					t.Errorf("counted %v", got)
				}
				if got := w.handler.All("event"); len(got) != 0 {
					t.Errorf("the handler heard %v", got)
				}
			})
		})
	}
}
