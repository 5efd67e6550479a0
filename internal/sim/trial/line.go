package trial

import (
	"slices"
	"time"

	"larder"
	"larder/internal/edge/link/driver"
	"larder/internal/edge/link/driver/native"
	"larder/internal/edge/link/sequence"
	"larder/internal/edge/link/wire"
	"larder/internal/sim/fault"
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

// weather is what a cabinet's network does wrong during a visit.
type weather struct {
	shuffled bool // O7: repeats and overtakes
	gap      int  // O8: transmissions of the next opening that are still to be lost
	deaf     int  // O6: transmissions of the next close that are still to be lost
	burst    bool // W7: to begin with the next reading while a door is open
	bursting time.Time
	hold     bool // W8: readings of the tail wait until the next session streams
	held     []held
	lostOpen bool
}

// held is a reading that waits for the next shopper.
type held struct {
	session larder.SessionID
	arrive  func()
}

// arrivals is when a frame arrives: mostly once, in order.
func (n *weather) arrivals(l *line, msg driver.Message, at time.Time) []time.Time {
	w := l.gateway.p.world
	switch msg := msg.(type) {
	case driver.Event:
		if n.losesEvent(w, msg.DoorEvent) {
			return nil
		}
	case driver.Readings:
		if n.losesReading(w, l, msg) {
			return nil
		}
	case driver.Pong, driver.Answer, driver.Heartbeat:
		return []time.Time{inOrder(&l.up, at)}
	}
	if !n.shuffled {
		return []time.Time{inOrder(&l.up, at)}
	}
	return n.shuffle(w, at)
}

// shuffle lets frames overtake each other and come more than once (O7).
func (n *weather) shuffle(w *world, at time.Time) []time.Time {
	w.faults.Fired(fault.Shuffled)
	times := []time.Time{at.Add(w.between(0, 2*time.Second))}
	for range w.chance.IntN(3) {
		times = append(times, at.Add(w.between(0, 4*time.Second)))
	}
	return times
}

func (n *weather) losesEvent(w *world, ev larder.DoorEvent) bool {
	switch {
	case ev.Kind == larder.DoorOpened && n.gap > 0:
		n.gap--
		n.lostOpen = true
		return true
	case ev.Kind == larder.DoorShut && n.deaf > 0:
		n.deaf--
		w.faults.Fired(fault.AnswerLost)
		return true
	}
	return false
}

// gapSeen is called when an event has arrived before its predecessor.
func (n *weather) gapSeen(w *world) {
	if n.lostOpen {
		n.lostOpen = false
		w.faults.Fired(fault.Gap)
	}
}

// burstTime is how long a burst of losses lasts.
const burstTime = 2 * time.Second

func (n *weather) losesReading(w *world, l *line, msg driver.Readings) bool {
	now := w.kernel.Now()
	if n.burst && msg.Door == larder.DoorOpen {
		n.burst, n.bursting = false, now.Add(burstTime)
	}
	if now.Before(n.bursting) && msg.Session != 0 {
		w.faults.Fired(fault.Burst)
		return true
	}
	if msg.Session == 0 {
		return false
	}
	if n.hold && msg.Door == larder.DoorClosed && msg.Seq > 12 {
		n.held = append(n.held, held{msg.Session, func() { l.gateway.receive(l, msg) }})
		return true
	}
	n.releaseHeld(w, msg.Session)
	return false
}

// releaseHeld lets the readings of an earlier session arrive in the middle of the next one's (W8).
func (n *weather) releaseHeld(w *world, present larder.SessionID) {
	if len(n.held) == 0 || n.held[0].session == present {
		return
	}
	for _, h := range n.held {
		w.kernel.After(w.between(0, 3*time.Second), h.arrive)
	}
	n.held, n.hold = nil, false
	w.faults.Fired(fault.Mixed)
}
