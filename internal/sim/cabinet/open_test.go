package cabinet_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"larder"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
	"larder/internal/sim/cabinet"
)

// I6, S7, O10 to O12: the lock moves for a live authorization, once, and never late.
func TestCabinet_open(t *testing.T) {
	t.Parallel()
	refused, expired := pb.Result_RESULT_REFUSED, pb.Result_RESULT_EXPIRED
	sign := func(o *pb.Open) { wire.SignOpen(key, serial, o) }
	cases := []struct {
		name   string
		spoil  func(*pb.Open)
		wait   time.Duration
		result pb.Result
		reason string
	}{
		{"a wrong code is refused", func(o *pb.Open) { o.Mac[3] ^= 1 }, 0, refused, "mac"},
		{"a changed session is refused", func(o *pb.Open) { o.Session++ }, 0, refused, "mac"},
		{"another cabinet's command is refused", func(o *pb.Open) { wire.SignOpen(key, "LD-0002", o) }, 0, refused, "mac"},
		{"an old epoch is refused", func(o *pb.Open) { o.Epoch--; o.Epoch += 9; sign(o) }, 0, refused, "epoch"},
		{"a challenge of nobody is refused", func(o *pb.Open) { o.Challenge[0] ^= 1; sign(o) }, 0, refused, "challenge"},
		{"a door that is not there is refused", func(o *pb.Open) { o.Door = 2; sign(o) }, 0, refused, "door"},
		{"O10 a command that comes after its ttl is expired", nil, 5 * time.Second, expired, ""},
		{"O10 a challenge dies after ten seconds", func(o *pb.Open) { o.TtlMs = 10_000; sign(o) }, 10 * time.Second, refused, "challenge"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, r *rig) {
				p := r.accept(0)
				o := p.command(1, 500)
				if tc.spoil != nil {
					tc.spoil(o)
				}
				time.Sleep(tc.wait)
				if a := p.ask(o); a.Result != tc.result || a.Reason != tc.reason {
					t.Errorf("answer %v", a)
				}
				if err := r.cabinet.OpenDoor(); !errors.Is(err, cabinet.ErrLocked) {
					t.Errorf("the door: %v", err)
				}
				r.tally(func(n cabinet.Tally) error { return expect(n.Actuations == 0, "no movement of the lock") })
			})
		})
	}
	t.Run("O11 a used challenge opens nothing", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			o := p.command(1, 500)
			p.ask(o)
			o.Command = 2
			sign(o)
			if a := p.ask(o); a.Result != refused || a.Reason != "challenge" {
				t.Errorf("answer %v", a)
			}
		})
	})
	t.Run("O11 a capture replayed over the next connection opens nothing", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			o := p.command(1, 500)
			_ = p.socket.Close()
			p = r.accept(0)
			if a := p.ask(o); a.Result != refused || a.Reason != "epoch" {
				t.Errorf("answer %v", a)
			}
			o.Epoch = p.epoch
			sign(o)
			if a := p.ask(o); a.Result != refused || a.Reason != "challenge" {
				t.Errorf("answer %v", a)
			}
		})
	})
	t.Run("O12 a repeated command gets its answer again and moves nothing", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			o := p.command(1, 500)
			p.ask(o)
			r.openDoor()
			a := p.ask(o)
			if a.Result != pb.Result_RESULT_DONE || a.Door != pb.DoorState_DOOR_STATE_OPEN {
				t.Errorf("answer %v", a)
			}
			r.tally(func(n cabinet.Tally) error {
				return expect(n.Actuations == 1 && n.Repeated == 1, "one movement, one repetition")
			})
		})
	})
	t.Run("an open door is not opened", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			if err := r.cabinet.ForceDoor(); err != nil {
				t.Fatal(err)
			}
			r.see(cabinet.Is(cabinet.DoorOpened))
			if a := p.ask(p.command(1, 500)); a.Result != refused || a.Reason != "door" {
				t.Errorf("answer %v", a)
			}
		})
	})
	t.Run("only the eight latest challenges are good", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			o := p.command(1, 500)
			for range 8 {
				p.challenge()
			}
			if a := p.ask(o); a.Result != refused || a.Reason != "challenge" {
				t.Errorf("answer %v", a)
			}
		})
	})
	t.Run("a lock that nobody uses engages again, and the stream ends", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			p.open(1, 500)
			r.see(cabinet.Is(cabinet.SessionOver))
			r.see(cabinet.Is(cabinet.LockEngaged))
			if err := r.cabinet.OpenDoor(); !errors.Is(err, cabinet.ErrLocked) {
				t.Errorf("the door: %v", err)
			}
			stream := unbroken(t, of[*pb.Readings](p.quiet(time.Minute)), 500)
			if n := len(stream); n < 45 || n > 60 {
				t.Errorf("%d readings in 15 s", n)
			}
			if events := r.cabinet.State().Events; events != 0 {
				t.Errorf("%d events of a door that did not move", events)
			}
			p.open(2, 500) // a second attempt for the same session goes on with its stream
			more := of[*pb.Readings](p.quiet(time.Second))
			if more[0].Seq != uint64(len(stream)+1) {
				t.Errorf("the stream goes on at %d after %d", more[0].Seq, len(stream))
			}
		})
	})
}

// O1 to O5, O13, O14: what real machines and doors do wrong.
func TestCabinet_Misbehave(t *testing.T) {
	t.Parallel()
	t.Run("O1 opens and says closed", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			r.cabinet.Misbehave(cabinet.Misbehavior{StaleAnswer: true})
			p := r.accept(0)
			if a := p.open(1, 500); a.Door != pb.DoorState_DOOR_STATE_CLOSED {
				t.Errorf("answer %v", a)
			}
			r.openDoor()
			p.send(&pb.ReadDoor{Command: 2, Door: 1})
			if a := next(p, func(a *pb.Answer) bool { return a.Command == 2 }); a.Door != pb.DoorState_DOOR_STATE_OPEN {
				t.Errorf("asked again: %v", a)
			}
			r.tally(func(n cabinet.Tally) error { return expect(n.Misbehaved.StaleAnswer == 1, "counted") })
		})
	})
	t.Run("O2 does not answer", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			r.cabinet.Misbehave(cabinet.Misbehavior{IgnoreOpen: true})
			p := r.accept(0)
			p.send(p.command(1, 500))
			if got := of[*pb.Answer](p.quiet(time.Minute)); len(got) != 0 {
				t.Errorf("answers %v", got)
			}
			r.tally(func(n cabinet.Tally) error {
				return expect(n.Misbehaved.IgnoreOpen == 1 && n.Actuations == 0, "ignored")
			})
		})
	})
	t.Run("O3 and O4 answers after the close, and says closed five times", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			r.cabinet.Misbehave(cabinet.Misbehavior{CloseFirst: true, DuplicateClose: 4})
			p := r.accept(0)
			p.send(p.command(1, 500))
			r.see(cabinet.Is(cabinet.LockReleased))
			r.openDoor()
			r.closeDoor()
			got := p.quiet(2 * time.Second)
			closes, answered := 0, -1
			for _, m := range got {
				switch m := m.(type) {
				case *pb.DoorEvent:
					if m.Kind == pb.DoorEventKind_DOOR_EVENT_KIND_CLOSED {
						closes++
					}
				case *pb.Answer:
					answered = closes
				}
			}
			if closes != 5 || answered != 5 {
				t.Errorf("%d closes, the answer after %d of them", closes, answered)
			}
		})
	})
	t.Run("O5 a forced door belongs to nobody", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			if err := r.cabinet.ForceDoor(); err != nil {
				t.Fatal(err)
			}
			r.see(cabinet.Is(cabinet.DoorOpened))
			r.closeDoor()
			got := of[*pb.DoorEvent](p.quiet(time.Second))
			if len(got) != 2 || got[0].Kind != pb.DoorEventKind_DOOR_EVENT_KIND_FORCED ||
				got[1].Kind != pb.DoorEventKind_DOOR_EVENT_KIND_CLOSED || got[0].Session != 0 || got[1].Session != 0 {
				t.Errorf("events %v", got)
			}
		})
	})
	t.Run("O13 the bolt is stuck", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			r.cabinet.Misbehave(cabinet.Misbehavior{JammedLock: true})
			p := r.accept(0)
			p.open(1, 500)
			if err := r.cabinet.OpenDoor(); !errors.Is(err, cabinet.ErrJammed) {
				t.Errorf("the door: %v", err)
			}
			r.see(cabinet.Is(cabinet.LockEngaged))
			r.tally(func(n cabinet.Tally) error { return expect(n.Misbehaved.JammedLock == 1, "counted") })
		})
	})
	t.Run("O14 a bounce of the door is no event", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			p.open(1, 500)
			for _, step := range []func() error{r.cabinet.OpenDoor, r.cabinet.CloseDoor, r.cabinet.OpenDoor} {
				if err := step(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(100 * time.Millisecond)
			}
			r.see(cabinet.Is(cabinet.DoorOpened))
			for _, step := range []func() error{r.cabinet.CloseDoor, r.cabinet.OpenDoor, r.cabinet.CloseDoor} {
				if err := step(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(100 * time.Millisecond)
			}
			r.see(cabinet.Is(cabinet.DoorShut))
			var kinds []pb.DoorEventKind
			for _, e := range of[*pb.DoorEvent](p.quiet(time.Second)) {
				kinds = append(kinds, e.Kind)
			}
			want := []pb.DoorEventKind{pb.DoorEventKind_DOOR_EVENT_KIND_OPENED, pb.DoorEventKind_DOOR_EVENT_KIND_CLOSED}
			if !slices.Equal(kinds, want) {
				t.Errorf("events %v", kinds)
			}
		})
	})
	t.Run("a hand keeps the door from closing", func(t *testing.T) {
		bubble(t, func(t *testing.T, r *rig) {
			p := r.accept(0)
			p.open(1, 500)
			r.openDoor()
			began := time.Now()
			for range 3 {
				if err := r.cabinet.Hesitate(1, 1); err != nil {
					t.Fatal(err)
				}
			}
			r.closeDoor()
			if took := time.Since(began); took < 750*time.Millisecond {
				t.Errorf("the door closed on a hand after %v", took)
			}
			if s := r.cabinet.State(); s.Door != larder.DoorClosed || len(s.Taken) != 0 {
				t.Errorf("state %+v", s)
			}
		})
	})
}
