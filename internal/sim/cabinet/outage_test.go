package cabinet_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
	"larder/internal/sim/cabinet"
)

// numbers lists (boot, seq) of events in the order of their arrival.
func numbers(events []*pb.DoorEvent) [][2]uint64 {
	var list [][2]uint64
	for _, e := range events {
		list = append(list, [2]uint64{e.Boot, e.Seq})
	}
	return list
}

// LK8, X2, X3, O8, O9: what happened while nobody listened is told, in order, once somebody does.
func TestCabinet_outage(t *testing.T) {
	t.Parallel()
	t.Run("X3 the network is gone in mid-session", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			p.open(1, 500)
			r.openDoor()
			r.cabinet.Cut()
			if _, err := r.cabinet.Take(2, 2); err != nil {
				t.Fatal(err)
			}
			time.Sleep(30 * time.Second)
			r.closeDoor()
			r.see(cabinet.Is(cabinet.SessionOver))
			time.Sleep(10 * time.Minute)
			r.cabinet.Heal()
			p = r.accept(0)
			got := p.quiet(4 * time.Second)
			if d := cmp.Diff([][2]uint64{{3, 1}, {3, 2}}, numbers(of[*pb.DoorEvent](got))); d != "" {
				t.Errorf("events: %s", d)
			}
			if _, ok := got[0].(*pb.DoorEvent); !ok {
				t.Errorf("a %T came before the events", got[0])
			}
			stream := unbroken(t, of[*pb.Readings](got), 500)
			if len(stream) < 120 {
				t.Errorf("%d readings of 38 s", len(stream))
			}
			if d := cmp.Diff([]int32{10000, 8000, 10000, 10000}, stream[len(stream)-1].MassDg); d != "" {
				t.Errorf("at the end: %s", d)
			}
			replayed := 0
			for _, f := range of[*pb.Readings](got) {
				if f.Session == 500 {
					replayed++
				}
			}
			if replayed != len(stream) {
				t.Errorf("%d readings for a stream of %d", replayed, len(stream))
			}
		})
	})
	t.Run("readings are replayed at no more than 100 a second", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			p.open(1, 500)
			r.openDoor()
			time.Sleep(2 * time.Minute)
			r.closeDoor()
			r.see(cabinet.Is(cabinet.SessionOver))
			_ = p.socket.Close()
			p = r.accept(2)
			if n := len(of[*pb.Readings](p.quiet(time.Second))); n < 80 || n > 112 {
				t.Errorf("%d readings in the first second", n)
			}
			if n := len(of[*pb.DoorEvent](p.quiet(10 * time.Second))); n != 0 {
				t.Errorf("%d events that Welcome called durable", n)
			}
		})
	})
	t.Run("X2 the power is gone in mid-session", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			p.open(1, 500)
			r.openDoor()
			if _, err := r.cabinet.Take(1, 1); err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Second)
			r.cabinet.PowerOff()
			if err := r.cabinet.CloseDoor(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Minute)
			if s := r.cabinet.State(); s.Connected || s.Powered || s.Session != 500 {
				t.Errorf("without power: %+v", s)
			}
			r.cabinet.PowerOn()
			p = r.accept(0)
			if p.hello.Boot != 4 {
				t.Errorf("boot %d", p.hello.Boot)
			}
			r.see(cabinet.Is(cabinet.SessionOver))
			got := p.quiet(4 * time.Second)
			events := of[*pb.DoorEvent](got)
			if d := cmp.Diff([][2]uint64{{3, 1}, {4, 1}}, numbers(events)[:2]); d != "" {
				t.Errorf("events: %s", d)
			}
			if e := events[1]; e.Kind != pb.DoorEventKind_DOOR_EVENT_KIND_CLOSED || e.Session != 500 {
				t.Errorf("event %v", e)
			}
			stream := unbroken(t, of[*pb.Readings](got), 500)
			if first, last := stream[0], stream[len(stream)-1]; first.Boot != 3 || last.Boot != 4 || last.MassDg[0] != 9000 {
				t.Errorf("first %v, last %v", first, last)
			}
		})
	})
	t.Run("X2 the power is gone before the door opened", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			p.open(1, 500)
			r.cabinet.Reboot()
			r.see(cabinet.Is(cabinet.SessionOver))
			p = r.accept(0)
			if err := r.cabinet.OpenDoor(); err == nil {
				t.Error("the lock stayed released over a restart")
			}
			p.open(2, 501)
		})
	})
	t.Run("O9 a new boot numbers anew and replays the old queue first", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			r.visit(p, 1, 500, 1, 1)
			r.cabinet.Reboot()
			p = r.accept(0)
			r.visit(p, 2, 501, 1, 1)
			got := of[*pb.DoorEvent](p.quiet(time.Second))
			p.send(&pb.Durable{Boot: 4, Seq: 2})
			r.see(cabinet.IsEvent(cabinet.EventDurable, larder.DoorShut))
			if events := r.cabinet.State().Events; events != 2 {
				t.Errorf("%d events are left, want those of the old boot", events)
			}
			_ = p.socket.Close()
			p = r.accept(2)
			again := of[*pb.DoorEvent](p.quiet(time.Second))
			if d := cmp.Diff([][2]uint64{{3, 1}, {3, 2}}, numbers(again)); d != "" {
				t.Errorf("events of the old boot: %s", d)
			}
			p.send(&pb.Durable{Boot: 3, Seq: 2})
			r.see(cabinet.IsEvent(cabinet.EventDurable, larder.DoorShut))
			if len(got) == 0 {
				t.Error("no events of the new boot")
			}
		})
	})
	t.Run("an event that is not durable after five seconds is sent again", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			r.visit(p, 1, 500, 1, 1)
			p.send(&pb.Durable{Boot: 3, Seq: 1})
			r.see(cabinet.IsEvent(cabinet.EventDurable, larder.DoorOpened))
			p.quiet(time.Second)
			if d := cmp.Diff([][2]uint64{{3, 2}}, numbers(of[*pb.DoorEvent](p.quiet(5*time.Second)))); d != "" {
				t.Errorf("sent again: %s", d)
			}
			p.send(&pb.Durable{Boot: 3, Seq: 2})
			r.see(cabinet.IsEvent(cabinet.EventDurable, larder.DoorShut))
			if again := of[*pb.DoorEvent](p.quiet(time.Minute)); len(again) != 0 {
				t.Errorf("sent again although durable: %v", again)
			}
		})
	})
	t.Run("O8 events are sent again from where the platform asks", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			r.visit(p, 1, 500, 1, 1)
			p.quiet(time.Second)
			p.send(&pb.Resend{Boot: 3, Seq: 2})
			if d := cmp.Diff([][2]uint64{{3, 2}}, numbers(of[*pb.DoorEvent](p.quiet(time.Second)))); d != "" {
				t.Errorf("sent again: %s", d)
			}
		})
	})
	t.Run("durable readings are not replayed, and the tail goes on", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			r.visit(p, 1, 500, 1, 1)
			p.send(&pb.SessionDurable{Session: 500})
			r.see(cabinet.Is(cabinet.ReadingsDurable))
			if n := len(of[*pb.Readings](p.quiet(5 * time.Second))); n < 15 {
				t.Errorf("%d readings in 5 s of the tail", n)
			}
			_ = p.socket.Close()
			p = r.accept(2)
			stream := of[*pb.Readings](p.quiet(20 * time.Second))
			if first := stream[0]; first.Session != 500 || first.Seq < 15 {
				t.Errorf("replayed: %v", first)
			}
			if kept := r.cabinet.State().Kept; kept != 0 {
				t.Errorf("%d sessions are kept", kept)
			}
		})
	})
	t.Run("without room the oldest session is forgotten first", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			for session := range int64(4) {
				p.open(session+1, session+500)
				r.openDoor()
				time.Sleep(10 * time.Minute)
				r.closeDoor()
				r.see(cabinet.Is(cabinet.SessionOver))
				if s := r.cabinet.State(); session == 2 && s.Kept != 3 {
					t.Errorf("of three sessions of ten minutes %d are kept", s.Kept)
				}
			}
			r.tally(func(n cabinet.Tally) error { return expect(n.SessionsForgotten == 1, "one forgotten") })
			_ = p.socket.Close()
			p = r.accept(8)
			for _, f := range of[*pb.Readings](p.quiet(2 * time.Minute)) {
				if f.Session == 500 {
					t.Fatalf("a reading of the forgotten session: %v", f)
				}
			}
		})
	})
	t.Run("a machine that was stopped goes on as it was left", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			p.open(1, 500)
			r.openDoor()
			r.halt()
			p.ended()
			if _, err := r.cabinet.Take(4, 1); err != nil {
				t.Fatal(err)
			}
			r.run()
			p = r.accept(1)
			r.closeDoor()
			if e := next[*pb.DoorEvent](p); e.Seq != 2 || e.Session != 500 {
				t.Errorf("event %v", e)
			}
		})
	})
	t.Run("a lost event raises the boot", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			r.visit(p, 1, 500, 1, 1)
			p.send(&pb.Durable{Boot: 3, Seq: 1})
			p.send(&pb.Resend{Boot: 3, Seq: 1})
			p.ended()
			if p = r.accept(0); p.hello.Boot != 4 {
				t.Errorf("boot %d", p.hello.Boot)
			}
		})
	})
}

// H12, H13, S1 from the cabinet's side: it trusts no platform that has not proved itself, and no
// frame that is none.
func TestCabinet_connect(t *testing.T) {
	t.Parallel()
	t.Run("a platform without the key is left", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.meet()
			p.send(&pb.Welcome{
				Epoch: 1, HeartbeatMs: 1, IdleReadingsMs: 1, FastReadingsMs: 1, Mac: make([]byte, wire.MACSize),
			})
			if _, err := p.receive(); err == nil {
				t.Error("the machine went on")
			}
			r.accept(0)
			r.see(cabinet.Is(cabinet.Connected))
			r.tally(func(n cabinet.Tally) error { return expect(n.Impostors == 1 && n.Connections == 1, "one impostor") })
		})
	})
	t.Run("a durable_seq that was changed on the way is noticed", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.meet()
			w := &pb.Welcome{Epoch: 1, HeartbeatMs: 1, IdleReadingsMs: 1, FastReadingsMs: 1}
			w.Mac = p.h.PlatformProof(key, w.Epoch, w.DurableSeq)
			w.DurableSeq = 9
			p.send(w)
			if _, err := p.receive(); err == nil {
				t.Error("the machine went on")
			}
		})
	})
	t.Run("a silent handshake is given up after five seconds", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			began := time.Now()
			p := r.meet()
			if _, err := p.receive(); err == nil {
				t.Error("something came")
			}
			if took := time.Since(began); took != 5*time.Second {
				t.Errorf("given up after %v", took)
			}
		})
	})
	t.Run("waits double, up to a bound", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			last := time.Now()
			for i := range 9 {
				p := r.meet()
				if waited := time.Since(last); i > 0 && (waited < 500*time.Millisecond<<(i-1) && waited < 30*time.Second || waited > time.Second<<(i-1) || waited > time.Minute) {
					t.Errorf("attempt %d after %v", i, waited)
				}
				p.send(&pb.Goodbye{Reason: pb.GoodbyeReason_GOODBYE_REASON_UNAUTHENTICATED})
				last = time.Now()
			}
		})
	})
	t.Run("a gateway that stops is tried again soon", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			began := time.Now()
			p.send(&pb.Goodbye{Reason: pb.GoodbyeReason_GOODBYE_REASON_STOPPING})
			p.ended()
			r.accept(0)
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("tried again after %v", took)
			}
		})
	})
	t.Run("a platform that falls silent is left after two and a half beats", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			r.silent = true
			p := r.accept(0)
			began := time.Now()
			p.ended()
			if took := time.Since(began); took != 75*time.Second {
				t.Errorf("left after %v", took)
			}
		})
	})
	t.Run("malformed frames end the connection, unknown ones do not", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			unknown, err := wire.AppendFrame(nil, 0xEE, []byte("later"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.socket.Write(unknown); err != nil {
				t.Fatal(err)
			}
			p.challenge()
			p.send(&pb.Challenge{Nonce: make([]byte, wire.NonceSize)}) // known, but not now
			p.ended()
			p = r.accept(0)
			if _, err := p.socket.Write([]byte{0xFF, 0xFF, 0xFF, 0xFF, 0}); err != nil {
				t.Fatal(err)
			}
			p.ended()
			r.accept(0)
			r.tally(func(n cabinet.Tally) error { return expect(n.Unknown == 1 && n.Malformed == 2, "counted") })
		})
	})
}
