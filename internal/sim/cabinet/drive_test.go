package cabinet_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
	"larder/internal/sim/cabinet"
	"larder/internal/sim/physics"
)

// driven is a machine whose time and network are the test's.
type driven struct {
	t       *testing.T
	machine *cabinet.Cabinet
	now     time.Time
	key     []byte
	sent    []any // over the present line, since it was last read
	cut     bool
}

func newDriven(t *testing.T) *driven {
	t.Helper()
	d := &driven{t: t, now: time.Date(2026, time.March, 2, 6, 0, 0, 0, time.UTC), key: make([]byte, wire.KeySize)}
	rng := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // a test repeats itself
	goods := []physics.Goods{{Unit: 300, CV: 0.01, Count: 5}, {Unit: 500, CV: 0.01, Count: 5}}
	body, err := physics.New(physics.Config{Shelves: 1, PerRow: 2, Goods: goods}, rng)
	if err != nil {
		t.Fatal(err)
	}
	d.machine, err = cabinet.New(cabinet.Config{
		Serial: "D-1", Key: d.key, Body: body, Rand: rng, Driven: true,
		Now: func() time.Time { return d.now }, Random: rand.NewChaCha8([32]byte{1}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Carry implements [cabinet.Line].
func (d *driven) Carry(frame []byte) {
	f, err := wire.Parse(frame)
	if err != nil {
		d.t.Fatal(err)
	}
	m, err := wire.Decode(f)
	if err != nil {
		d.t.Fatal(err)
	}
	d.sent = append(d.sent, m)
}

// Cut implements [cabinet.Line].
func (d *driven) Cut() { d.cut = true }

// pass lets time go by, alarm by alarm; it reports whether the machine has wanted a connection.
func (d *driven) pass(by time.Duration) (connect bool) {
	for end := d.now.Add(by); ; {
		next, wants := d.machine.Tick()
		connect = connect || wants
		if next.After(end) {
			d.now = end
			return connect
		}
		d.now = next
	}
}

func (d *driven) plug() {
	d.t.Helper()
	w := &pb.Welcome{Epoch: 7, HeartbeatMs: 30_000, IdleReadingsMs: 90_000, FastReadingsMs: 300, TailMs: 8_000}
	if err := d.machine.Plug(d, d.machine.Boot(), w); err != nil {
		d.t.Fatal(err)
	}
}

func (d *driven) hear(f wire.Frame, err error) {
	d.t.Helper()
	if err != nil || !d.machine.Hear(d, f) {
		d.t.Fatalf("the machine does not listen: %v", err)
	}
}

// open sends the command to open with a fresh challenge and pulls the door.
func (d *driven) open() {
	d.t.Helper()
	d.hear(wire.Marshal(&pb.Ping{Nonce: 1}))
	pong := took[*pb.Pong](d)[0]
	o := &pb.Open{Command: 1, Session: 500, Door: 1, Epoch: 7, TtlMs: 10_000, Challenge: pong.Challenge}
	wire.SignOpen(d.key, "D-1", o)
	d.hear(wire.Marshal(o))
	if err := d.machine.OpenDoor(); err != nil {
		d.t.Fatal(err)
	}
	d.pass(2 * time.Second)
}

// took returns what was sent of a kind, and forgets everything that was sent.
func took[M any](d *driven) (out []M) {
	for _, m := range d.sent {
		if m, ok := m.(M); ok {
			out = append(out, m)
		}
	}
	d.sent = nil
	return out
}

// TestCabinet_Tick guards that a driven machine is the same machine: it wants a connection, opens on
// command, tells of its door, weighs, keeps what is not durable, and tries again when the line breaks.
func TestCabinet_Tick(t *testing.T) {
	t.Parallel()
	d := newDriven(t)
	if !d.pass(0) {
		t.Fatal("it wants no connection")
	}
	d.machine.Unplugged(nil, errors.New("refused"))
	if d.pass(0) || !d.pass(2*time.Second) {
		t.Fatal("it tries again at once, or never")
	}
	d.plug()
	d.open()
	opened := took[*pb.DoorEvent](d)
	if len(opened) != 1 || opened[0].Kind != pb.DoorEventKind_DOOR_EVENT_KIND_OPENED || opened[0].Session != 500 {
		t.Fatalf("events %v", opened)
	}
	d.pass(3 * time.Second)
	if n := len(took[*pb.Readings](d)); n != 10 {
		t.Errorf("%d readings in 3 s", n)
	}
	d.machine.Unplugged(d, errors.New("reset"))
	if !d.cut || d.machine.Hear(d, wire.Frame{Type: wire.TypePing}) {
		t.Error("it goes on over a line that is broken")
	}
	if !d.pass(10 * time.Second) {
		t.Error("it wants no other connection")
	}
	d.plug()
	if again := took[*pb.DoorEvent](d); len(again) != 1 || again[0].Seq != opened[0].Seq {
		t.Errorf("told again: %v", again)
	}
}

// TestCabinet_Misbehave_scales guards rows W1, W2, O1 and G1 as the simulator plays them: scales mean
// nothing from the moment asked for on, pings are answered by a stale sensor for a while, and a clock
// is wrong and fast.
func TestCabinet_Misbehave_scales(t *testing.T) {
	t.Parallel()
	t.Run("W1 and W2", func(t *testing.T) {
		t.Parallel()
		for _, wrong := range []cabinet.Misbehavior{{WildAfterOpen: true}, {WildAfterClose: true}} {
			d := newDriven(t)
			d.pass(0)
			d.plug()
			d.machine.Misbehave(wrong)
			d.open()
			atRest := took[*pb.Readings](d)
			d.pass(2 * time.Second)
			inside := took[*pb.Readings](d)
			if err := d.machine.CloseDoor(); err != nil {
				t.Fatal(err)
			}
			d.pass(3 * time.Second)
			after := took[*pb.Readings](d)
			if sane(atRest[0]) != true || sane(inside[0]) != wrong.WildAfterClose || sane(after[len(after)-1]) {
				t.Errorf("%+v: at rest %v, inside %v, after %v", wrong, atRest[0], inside[0], after[len(after)-1])
			}
			n := d.machine.State().Tally.Misbehaved
			if (n.WildAfterOpen > 0) != wrong.WildAfterOpen || (n.WildAfterClose > 0) != wrong.WildAfterClose {
				t.Errorf("counted %+v", n)
			}
		}
	})
	t.Run("O1", func(t *testing.T) {
		t.Parallel()
		d := newDriven(t)
		d.pass(0)
		d.plug()
		d.machine.Misbehave(cabinet.Misbehavior{StaleAnswer: true})
		d.open()
		for _, want := range []pb.DoorState{pb.DoorState_DOOR_STATE_CLOSED, pb.DoorState_DOOR_STATE_OPEN} {
			d.hear(wire.Marshal(&pb.Ping{Nonce: 2}))
			if got := took[*pb.Pong](d)[0].Doors[0]; got != want {
				t.Errorf("door %v, want %v", got, want)
			}
			d.pass(6 * time.Second)
		}
	})
	t.Run("G1", func(t *testing.T) {
		t.Parallel()
		d := newDriven(t)
		d.pass(0)
		d.machine.Misbehave(cabinet.Misbehavior{ClockAhead: time.Hour, ClockFast: 0.5})
		d.pass(2 * time.Second)
		d.plug()
		if at := took[*pb.Readings](d)[0].AtMs; at != 3_603_000 {
			t.Errorf("at %d ms", at)
		}
	})
}

// sane reports whether a reading is that of ten pieces in two lanes, give or take some.
func sane(r *pb.Readings) bool {
	return len(r.MassDg) == 2 && r.MassDg[0] > 10_000 && r.MassDg[0] < 20_000 && r.MassDg[1] > 20_000 && r.MassDg[1] < 30_000
}
