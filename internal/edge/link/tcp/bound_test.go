package tcp_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"larder"
	"larder/internal/edge/link/linktest"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

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
