package tcp_test

import (
	"context"
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

	"larder"
	"larder/internal/edge/link"
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

// TestGateway_SlowConsumer guards H15: a cabinet that does not read fills a bounded queue, costs
// acknowledgements and no command silently, and is cut when a write takes too long.
func TestGateway_SlowConsumer(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w *world) {
		c := w.connect(t)
		for range 200 { // acknowledgements that nobody reads
			c.Send(t, &pb.Heartbeat{})
		}
		synctest.Wait()
		if got := count(t, w.registry, "larder_link_write_drops_total", "heartbeat_ack"); got != 200-64-1 {
			t.Errorf("%v acknowledgements were dropped", got) // one is being written, 64 wait
		}
		results := make(chan error, 100)
		for n := range cap(results) {
			go func() { results <- w.gateway.ReadLanes(context.Background(), 11, larder.CommandID(n+1)) }()
		}
		synctest.Wait()
		codes := map[larder.Code]int{}
		for range 36 {
			codes[larder.CodeOf(<-results)]++
		}
		if codes[larder.CodeOverload] != 36 {
			t.Errorf("of 100 commands for 64 places, 36 had %v", codes)
		}
		began := time.Now()
		for range 64 {
			codes[larder.CodeOf(<-results)]++
		}
		if codes[larder.CodeOffline] != 64 || time.Since(began) > 10*time.Second {
			t.Errorf("the commands that waited had %v after %v", codes, time.Since(began))
		}
		if seen, err := w.handler.Await(t.Context(), "disconnected"); err != nil || seen.What != "stalled" {
			t.Errorf("disconnected: %v, %v", seen, err)
		}
	})
}

// TestGateway_OpenExpires guards LK6 on our side: a command that could not leave within its TTL, or
// whose caller has gone, does not leave later.
func TestGateway_OpenExpires(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w *world) {
		c := w.connect(t)
		c.Send(t, &pb.Heartbeat{}) // its answer occupies the writer: nobody reads
		synctest.Wait()
		began := time.Now()
		err := w.gateway.Open(t.Context(), larder.OpenCommand{
			Command: 1, Session: 1, Door: 1, Epoch: c.Welcome.Epoch, TTLMillis: 3000, Challenge: make([]byte, wire.ChallengeSize),
		})
		if larder.CodeOf(err) != larder.CodeOffline || time.Since(began) != 3*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := w.gateway.ReadLanes(ctx, 11, 2); !errors.Is(err, context.Canceled) {
			t.Errorf("a caller that has gone: %v", err)
		}
		if _, err := linktest.TryExpect[*pb.HeartbeatAck](c); err != nil {
			t.Fatal(err)
		}
		if err := w.gateway.ReadDoor(t.Context(), 11, 3, 1); err == nil {
			t.Error("a command was written to nobody") // the pipe has no buffer
		}
	})
}

// TestGateway_Flood guards H14: a cabinet that talks too much is read at the allowed pace and cut
// after half a minute; its neighbor does not notice.
func TestGateway_Flood(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w *world) {
		loud := w.connect(t)
		neighbor := linktest.Connect(t, w.dial(t), w.handler.Register("LD-0002", 12, linktest.Model))
		began, sent := time.Now(), 0
		frame, err := wire.AppendFrame(nil, 0x7f, nil) // of a later version: costs its count only
		if err != nil {
			t.Fatal(err)
		}
		for ; err == nil; sent++ {
			_, err = loud.Conn.Write(frame)
			if sent%1000 == 0 {
				neighbor.Send(t, &pb.Heartbeat{})
				linktest.Expect[*pb.HeartbeatAck](t, neighbor)
			}
		}
		if took := time.Since(began); took < 30*time.Second || took > 31*time.Second || sent < 6_900 || sent > 7_100 {
			t.Errorf("cut after %v and %d frames", took, sent)
		}
		synctest.Wait()
		if got := count(t, w.registry, "larder_link_closes_total", "flood"); got != 1 {
			t.Errorf("counted %v", got)
		}
	})
}

// TestGateway_Guessing guards S6: failed proofs are limited per address, and forgiven with time.
func TestGateway_Guessing(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w *world) {
		guess := linktest.Identity{Serial: "LD-0001", Key: linktest.Key(99), Boot: 1}
		for n := range 30 {
			_, err := linktest.Greet(w.dial(t), guess)
			if _, heard := errors.AsType[*linktest.GoodbyeError](err); !heard {
				t.Fatalf("guess %d: %v", n, err)
			}
			synctest.Wait()
		}
		_, err := linktest.Greet(w.dial(t), w.id)
		if _, heard := errors.AsType[*linktest.GoodbyeError](err); heard || err == nil {
			t.Errorf("after 30 guesses: %v", err)
		}
		synctest.Wait()
		if got := count(t, w.registry, "larder_link_handshake_failures_total", "limited"); got != 1 {
			t.Errorf("counted %v", got)
		}
		time.Sleep(2 * time.Second)
		w.connect(t)
	})
}

// TestGateway_EventBacklog guards I21 and I20: events that come faster than they are committed are
// bounded, and what did not fit comes again.
func TestGateway_EventBacklog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		handler, listener := linktest.NewHandler(), newPipes()
		handler.OnEvent = func(context.Context, larder.DoorEvent) error {
			time.Sleep(10 * time.Millisecond)
			return nil
		}
		id := handler.Register("LD-0001", 11, linktest.Model)
		cfg, registry := config(t, listener, handler), prometheus.NewRegistry()
		cfg.Registerer = registry
		_, stop := run(t, cfg)
		c := linktest.Connect(t, listener.dial(t), id)
		const events = 200
		acknowledged := make(chan uint64)
		go func() {
			var durable uint64
			for durable < events {
				d, err := linktest.TryExpect[*pb.Durable](c)
				if err != nil {
					break
				}
				durable = max(durable, d.Seq)
				acknowledged <- durable
			}
			close(acknowledged)
		}()
		var durable uint64
		for durable < events {
			for seq := durable + 1; seq <= events; seq++ {
				go func() { _ = c.TrySend(&pb.DoorEvent{Boot: 1, Seq: seq, Door: 1, Kind: 1}) }()
				synctest.Wait()
			}
			for quiet := false; !quiet; {
				select {
				case durable = <-acknowledged:
				case <-time.After(5 * time.Second): // the cabinet's timer
					quiet = true
				}
				quiet = quiet || durable == events
			}
		}
		if got := count(t, registry, "larder_link_events_total", "dropped"); got < 200-64-1 {
			t.Errorf("%v events found no room", got) // one is being committed, 64 wait
		}
		for i, seen := range handler.All("event") {
			if got := seen.What.(larder.DoorEvent).Seq; got != uint64(i+1) { //nolint:gosec // small
				t.Fatalf("event %d came at place %d", got, i+1)
			}
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// TestGateway_Overload guards H10 and I21: handshakes and pings under way are bounded, and whoever is
// one too many is told at once.
func TestGateway_Overload(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w *world) {
		c := w.connect(t)
		for range 1024 {
			w.dial(t) // says nothing
		}
		synctest.Wait()
		cutAfter(t, w.dial(t), 0)
		synctest.Wait()
		if got := count(t, w.registry, "larder_link_handshake_failures_total", "overload"); got != 1 {
			t.Errorf("counted %v", got)
		}
		go func() { _ = c.Ended() }()
		results := make(chan error, 33)
		for range cap(results) {
			go func() {
				_, err := w.gateway.Prove(context.Background(), 11)
				results <- err
			}()
		}
		if err := <-results; larder.CodeOf(err) != larder.CodeOverload {
			t.Errorf("the 33rd ping: %v", err)
		}
		for range cap(results) - 1 {
			if err := <-results; larder.CodeOf(err) != larder.CodeOffline {
				t.Errorf("an unanswered ping: %v", err)
			}
		}
		began := time.Now()
		if err := w.stop(); err != nil || time.Since(began) != 0 {
			t.Errorf("with handshakes under way the gateway stopped after %v: %v", time.Since(began), err)
		}
	})
}

// grants is a handler that gives out the epochs it was told to.
type grants struct {
	*linktest.Handler
	epochs chan int64
}

func (g *grants) Connected(context.Context, link.Hello) (link.Grant, error) {
	return link.Grant{Epoch: <-g.epochs}, nil
}

// TestGateway_Epochs guards H4 and H8: a connection whose epoch was overtaken, or is another
// cabinet's, never becomes current, and does not harm the one that is.
func TestGateway_Epochs(t *testing.T) {
	t.Parallel()
	handler, listener := &grants{Handler: linktest.NewHandler(), epochs: make(chan int64, 4)}, newPipes()
	id, other := handler.Register("LD-0001", 11, linktest.Model), handler.Register("LD-0002", 12, linktest.Model)
	g, _ := run(t, config(t, listener, handler))
	for _, epoch := range []int64{5, 3, 5, 5} {
		handler.epochs <- epoch
	}
	current := linktest.Connect(t, listener.dial(t), id)
	for _, late := range []linktest.Identity{id, id, other} {
		c, err := linktest.Greet(listener.dial(t), late)
		if err == nil && c.Ended() != pb.GoodbyeReason_GOODBYE_REASON_REPLACED {
			t.Errorf("%s: epoch %d is served", late.Serial, c.Welcome.Epoch)
		}
	}
	proofs := make(chan error, 1)
	go func() {
		_, err := g.Prove(context.Background(), 11)
		proofs <- err
	}()
	current.AnswerPing(t, 1, pb.DoorState_DOOR_STATE_CLOSED)
	if err := <-proofs; err != nil {
		t.Errorf("the current connection: %v", err)
	}
	if _, err := g.Prove(context.Background(), 12); larder.CodeOf(err) != larder.CodeOffline {
		t.Errorf("the cabinet without an epoch of its own: %v", err)
	}
}

// blocking is a handler whose first readings wait for release.
type blocking struct {
	*linktest.Handler
	entered, release chan struct{}
}

func (b *blocking) Readings(epoch int64, r larder.Readings) {
	b.Handler.Readings(epoch, r)
	if r.Seq == 1 {
		close(b.entered)
		<-b.release
	}
}

// TestGateway_Fence guards H4 and H6: what an older connection has already sent does not pass once a
// newer one has taken over.
func TestGateway_Fence(t *testing.T) {
	t.Parallel()
	handler := &blocking{Handler: linktest.NewHandler(), entered: make(chan struct{}), release: make(chan struct{})}
	listener := newPipes()
	id := handler.Register("LD-0001", 11, linktest.Model)
	run(t, config(t, listener, handler))
	older := linktest.Connect(t, listener.dial(t), id)
	var both []byte
	for seq := uint64(1); seq <= 2; seq++ {
		frame, err := wire.Encode(&pb.Readings{Seq: seq, MassDg: []int32{1}})
		if err != nil {
			t.Fatal(err)
		}
		both = append(both, frame...)
	}
	if _, err := older.Conn.Write(both); err != nil { // one write: both lie in the gateway's buffer
		t.Fatal(err)
	}
	<-handler.entered
	linktest.Connect(t, listener.dial(t), id)
	for range 2 {
		if _, err := handler.Await(t.Context(), "heartbeat"); err != nil { // the newer one is current
			t.Fatal(err)
		}
	}
	close(handler.release)
	_ = older.Ended()
	if _, err := handler.Await(t.Context(), "disconnected"); err != nil {
		t.Fatal(err)
	}
	if got := handler.All("readings"); len(got) != 1 {
		t.Errorf("%d frames of the older connection passed", len(got))
	}
}
