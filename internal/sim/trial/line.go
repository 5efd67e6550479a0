package trial

import (
	"slices"
	"time"

	"larder"
	"larder/internal/edge/link/driver"
	"larder/internal/edge/link/driver/native"
	"larder/internal/edge/link/sequence"
	"larder/internal/edge/link/wire"
)

// line is one connection between a cabinet and the platform, both ends of it and the network between.
// What is sent arrives in order, unless a fault says otherwise.
type line struct {
	gateway *gateway
	machine *machine
	cabinet driver.Cabinet
	order   *sequence.Order
	pings   map[uint64]*ping
	nonce   uint64

	up, down time.Time // when the latest frame of each direction arrives
	plugged  bool      // the cabinet has been welcomed
	ended    bool      // nothing arrives any more

	queue    []larder.DoorEvent // to be committed
	draining bool
}

// Carry implements [cabinet.Line]: a frame on its way to the platform.
func (l *line) Carry(frame []byte) {
	if l.ended {
		return
	}
	w := l.gateway.p.world
	f, err := wire.Parse(frame)
	if err != nil {
		w.fail(err)
		return
	}
	msg, err := native.Driver{}.Decode(l.cabinet, driver.Packet{Kind: uint8(f.Type), Body: f.Body})
	if err != nil {
		w.fail(err)
		return
	}
	for _, at := range l.machine.weather.arrivals(l, msg, w.kernel.Now().Add(l.machine.delay(w))) {
		w.kernel.At(at, func() { l.gateway.receive(l, msg) })
	}
}

// Cut implements [cabinet.Line]: the cabinet has left; the platform hears of it a moment later.
func (l *line) Cut() {
	w := l.gateway.p.world
	w.kernel.After(w.between(time.Millisecond, 300*time.Millisecond), func() { l.end("the cabinet left") })
}

// inOrder is when a frame arrives that was sent over an orderly stream.
func inOrder(latest *time.Time, at time.Time) time.Time {
	if !at.After(*latest) {
		at = latest.Add(time.Microsecond)
	}
	*latest = at
	return at
}

// command sends a packet that somebody waits for.
func (l *line) command(packet driver.Packet, err error) error {
	if err != nil {
		return err
	}
	if l.ended {
		return larder.E(larder.CodeOffline)
	}
	l.post(packet, nil)
	return nil
}

// post sends a packet to the cabinet.
func (l *line) post(packet driver.Packet, err error) {
	w := l.gateway.p.world
	if err != nil {
		w.fail(err)
		return
	}
	if l.ended {
		return
	}
	at := inOrder(&l.down, w.kernel.Now().Add(l.machine.delay(w)))
	w.kernel.At(at, func() {
		if !l.ended {
			l.machine.Hear(l, wire.Frame{Type: wire.Type(packet.Kind), Body: packet.Body})
			l.machine.poke()
		}
	})
}

// end breaks the connection for both sides.
func (l *line) end(why string) {
	if l.ended {
		return
	}
	l.ended = true
	g, w := l.gateway, l.gateway.p.world
	g.all = slices.DeleteFunc(g.all, func(other *line) bool { return other == l })
	w.say(about(l.machine), "connection %d ends: %s", l.cabinet.Epoch, why)
	for _, nonce := range pending(l.pings) {
		l.pings[nonce].signal.Set()
	}
	if !g.p.life.Dead() && w.platform == g.p {
		g.p.floor.Disconnected(l.cabinet.ID, l.cabinet.Epoch)
	}
	w.kernel.After(w.between(10*time.Millisecond, 2*time.Second), func() {
		l.machine.Unplugged(l, errReset)
		l.machine.poke()
	})
}

// pending returns the keys of a map in their order.
func pending(pings map[uint64]*ping) []uint64 {
	keys := make([]uint64, 0, len(pings))
	for nonce := range pings {
		keys = append(keys, nonce)
	}
	slices.Sort(keys)
	return keys
}

// offer takes a durable event as a gateway does: what passes is committed in order, beside everything
// else, and acknowledged afterwards.
func (l *line) offer(ev larder.DoorEvent) {
	verdict := l.order.Offer(ev.Boot, ev.Seq)
	w := l.gateway.p.world
	w.say(of(ev.Session, ev.Cabinet), "event %d/%d %s of session %s: %s", ev.Boot, ev.Seq, ev.Kind, ev.Session, verdicts[verdict])
	switch verdict {
	case sequence.Pass:
		l.queue = append(l.queue, ev)
		if !l.draining {
			l.draining = true
			l.gateway.p.life.Go(l.drain)
		}
	case sequence.Repeat:
		l.post(native.Driver{}.EncodeDurable(l.cabinet, ev.Boot, ev.Seq))
	case sequence.Gap:
		boot, missing := l.order.Missing()
		l.machine.weather.gapSeen(w)
		l.post(native.Driver{}.EncodeResend(l.cabinet, boot, missing))
	case sequence.Drop:
	case sequence.Foreign:
		l.end("an event of a boot that has not begun")
	}
}

var verdicts = map[sequence.Verdict]string{
	sequence.Pass: "passes", sequence.Repeat: "repeated", sequence.Drop: "dropped", sequence.Gap: "a gap before it", sequence.Foreign: "foreign",
}

// drain commits what waits, one after the other.
func (l *line) drain() {
	defer func() { l.draining = false }()
	for len(l.queue) > 0 && !l.ended {
		ev := l.queue[0]
		l.queue = l.queue[1:]
		err := l.gateway.p.floor.Event(l.gateway.p.ctx, l.cabinet.Epoch, ev)
		if err != nil {
			l.gateway.p.world.say(of(ev.Session, ev.Cabinet), "event %d/%d was not committed: %v", ev.Boot, ev.Seq, err)
			l.order.Failed(ev.Boot, ev.Seq)
			l.queue = nil
			continue
		}
		l.order.Committed(ev.Boot, ev.Seq)
		l.post(native.Driver{}.EncodeDurable(l.cabinet, ev.Boot, ev.Seq))
	}
	l.queue = nil
}
