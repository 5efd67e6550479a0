package trial

import (
	"time"

	"larder"
	"larder/internal/edge/link/driver"
	"larder/internal/sim/fault"
)

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
	line *line
	msg  driver.Readings
}

func (h held) arrive() { h.line.gateway.receive(h.line, h.msg) }

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
		n.held = append(n.held, held{l, msg})
		return true
	}
	n.releaseHeld(w, msg.Session)
	return false
}

// releaseHeld lets the readings of an earlier session arrive in the middle of the next one's (W8).
func (n *weather) releaseHeld(w *world, present larder.SessionID) {
	if len(n.held) == 0 || n.held[0].msg.Session == present {
		return
	}
	for _, h := range n.held {
		w.kernel.After(w.between(0, 3*time.Second), h.arrive)
	}
	if !n.held[0].line.ended {
		w.faults.Fired(fault.Mixed)
	}
	n.held, n.hold = nil, false
}
