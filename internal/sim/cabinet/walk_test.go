package cabinet_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/edge/link/wire/pb"
	"larder/internal/sim/cabinet"
	"larder/internal/sim/physics"
)

// LK2, docs/protocol.md section 9: one purchase on the wire.
func TestCabinet_Run(t *testing.T) {
	t.Parallel()
	t.Run("a purchase in a bubble", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			if idle := next[*pb.Readings](p); idle.Session != 0 || idle.Seq != 1 {
				t.Errorf("the first reading after Welcome: %v", idle)
			}
			time.Sleep(time.Minute)
			answer := p.open(1, 500)
			if answer.Door != pb.DoorState_DOOR_STATE_OPENING {
				t.Errorf("the answer says %v", answer.Door)
			}
			r.openDoor()
			e := next[*pb.DoorEvent](p)
			want := &pb.DoorEvent{Boot: 3, Seq: 1, Door: 1, Kind: pb.DoorEventKind_DOOR_EVENT_KIND_OPENED, Session: 500, AtMs: e.AtMs}
			if e.String() != want.String() {
				t.Errorf("event %v, want %v", e, want)
			}
			p.send(&pb.Durable{Boot: 3, Seq: 1})
			r.see(cabinet.IsEvent(cabinet.EventDurable, larder.DoorOpened))
			if _, err := r.cabinet.Take(2, 3); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			r.closeDoor()
			rest := p.quiet(20 * time.Second)
			frames := of[*pb.Readings](rest)
			last := frames[len(frames)-1]
			if d := cmp.Diff([]int32{10000, 7000, 10000, 10000}, last.MassDg); d != "" {
				t.Errorf("last reading of the session: %s", d)
			}
			closed := of[*pb.DoorEvent](rest)
			if len(closed) < 2 || closed[0].Seq != 2 || closed[0].Kind != pb.DoorEventKind_DOOR_EVENT_KIND_CLOSED {
				t.Fatalf("events after the close: %v", closed) // sent again, as nobody says durable
			}
			if tail := last.AtMs - closed[0].AtMs; tail < 7600 || tail > 8600 {
				t.Errorf("readings went on for %d ms after the close", tail)
			}
			if taken, ok := r.cabinet.Truth(500); !ok || !cmp.Equal(taken, map[int]int{2: 3}) {
				t.Errorf("truth %v, %v", taken, ok)
			}
			p.send(&pb.Durable{Boot: 3, Seq: 2})
			p.send(&pb.SessionDurable{Session: 500})
			r.see(cabinet.Is(cabinet.ReadingsDurable))
			if s := r.cabinet.State(); s.Events != 0 || s.Kept != 0 || s.Session != 0 {
				t.Errorf("something is left: %+v", s)
			}
			r.tally(func(n cabinet.Tally) error { return expect(n.Actuations == 1, "one movement of the lock") })
		})
	})
	t.Run("the stream begins at rest and has no gap", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			time.Sleep(10 * time.Second)
			o := p.command(1, 500)
			p.send(o)
			r.see(cabinet.Is(cabinet.LockReleased))
			r.openDoor()
			got := p.quiet(5 * time.Second)
			stream := unbroken(t, of[*pb.Readings](got), 500)
			closed := 0
			for closed < len(stream) && stream[closed].Door == pb.DoorState_DOOR_STATE_CLOSED {
				closed++
			}
			if closed < 3 || closed > 10 {
				t.Errorf("%d readings at rest, want 3 to 10", closed)
			}
			for i := 1; i < len(stream); i++ {
				if d := stream[i].AtMs - stream[i-1].AtMs; d != 300 {
					t.Errorf("readings %d and %d are %d ms apart", i, i+1, d)
				}
			}
			if _, first := got[0].(*pb.Answer); !first {
				t.Errorf("the answer waits behind %T", got[0])
			}
		})
	})
	t.Run("idle readings and heartbeats keep their beat", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			beats, idle := 0, 0
			for end := time.Now().Add(10*time.Minute + time.Second); time.Now().Before(end); {
				got := p.quiet(29 * time.Second)
				beats += len(of[*pb.Heartbeat](got))
				idle += len(of[*pb.Readings](got))
			}
			if beats != 20 || idle != 7 {
				t.Errorf("%d heartbeats and %d readings in ten minutes", beats, idle)
			}
		})
	})
	t.Run("readings and the door are told on demand", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			next[*pb.Readings](p)
			p.send(&pb.ReadLanes{Command: 9})
			if f := next[*pb.Readings](p); f.Seq != 2 || f.Session != 0 {
				t.Errorf("reading %v", f)
			}
			if a := next[*pb.Answer](p); a.Command != 9 || a.Result != pb.Result_RESULT_DONE {
				t.Errorf("answer %v", a)
			}
			p.send(&pb.ReadDoor{Command: 10, Door: 1})
			if a := next[*pb.Answer](p); a.Door != pb.DoorState_DOOR_STATE_CLOSED {
				t.Errorf("answer %v", a)
			}
			p.send(&pb.ReadDoor{Command: 11, Door: 2})
			if a := next[*pb.Answer](p); a.Result != pb.Result_RESULT_REFUSED {
				t.Errorf("answer about a door that is not there: %v", a)
			}
		})
	})
	t.Run("the next opening ends the former session's tail", func(t *testing.T) { // EX9
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			r.visit(p, 1, 500, 1, 1)
			p.open(2, 501)
			r.see(func(ch cabinet.Change) bool { return ch.Kind == cabinet.SessionOver && ch.Session == 500 })
			for _, f := range of[*pb.Readings](p.quiet(3 * time.Second)) {
				if f.Session == 500 {
					t.Fatalf("a reading of the former session: %v", f)
				}
			}
			if taken, _ := r.cabinet.Truth(501); len(taken) != 0 {
				t.Errorf("the next session is said to have taken %v", taken)
			}
		})
	})
}

// The same machine over a real socket, in real time, with ordinary faults.
func TestCabinet_tcp(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c, err := cabinet.New(cabinet.Config{
		Serial: serial, Key: key, Boot: 3, Address: listener.Addr().String(),
		Body: body(t, physics.Ordinary()), Rand: rand.New(rand.NewPCG(5, 6)),
	})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, ctx: t.Context(), cabinet: c, watch: c.Watch(), dialed: make(chan net.Conn, 1)}
	r.run()
	socket, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	r.dialed <- socket
	p := r.accept(0)
	r.visit(p, 1, 500, 3, 2)
	r.see(cabinet.IsEvent(cabinet.EventSent, larder.DoorShut))
	if taken, _ := c.Truth(500); !cmp.Equal(taken, map[int]int{3: 2}) {
		t.Errorf("truth %v", taken)
	}
	r.tally(func(n cabinet.Tally) error { return expect(n.Actuations == 1, "one movement of the lock") })
	r.halt()
	r.watch.Close()
	p.ended()
	_ = socket.Close()
	_ = listener.Close()
}

// BY15: who tells of a movement waits until the hand is out; nobody waits for a hand that is not in.
func TestCabinet_WaitHands(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		p := r.accept(0)
		p.open(1, 500)
		r.openDoor()
		began := time.Now()
		if err := r.cabinet.WaitHands(t.Context()); err != nil || time.Since(began) != 0 {
			t.Errorf("no hand: %v after %v", err, time.Since(began))
		}
		for range 2 {
			if err := r.cabinet.Hesitate(2, 1); err != nil { // takes its time even in a body without hands
				t.Fatal(err)
			}
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := r.cabinet.WaitHands(gone); !errors.Is(err, context.Canceled) {
			t.Errorf("a canceled wait: %v", err)
		}
		if err := r.cabinet.WaitHands(t.Context()); err != nil || time.Since(began) < 500*time.Millisecond {
			t.Errorf("two hands: %v after %v", err, time.Since(began))
		}
		free := time.Now()
		if err := r.cabinet.CloseDoor(); err != nil {
			t.Fatal(err)
		}
		if shut := r.see(cabinet.Is(cabinet.DoorShut)); shut.At.Sub(free) > time.Second {
			t.Errorf("the door waited for %v", shut.At.Sub(free))
		}
	})
}
