package cabinet

import (
	"time"

	"larder"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// Misbehavior switches on what real machines do wrong. Each counts in [Tally.Misbehaved] when it
// fires.
type Misbehavior struct {
	StaleAnswer    bool // O1: "open" is answered done, but the door's state says closed, and so do pongs for some seconds
	IgnoreOpen     bool // O2: a command to open is not answered, and nothing moves
	MuteAnswer     bool // O6: the lock moves, and the answer is lost
	CloseFirst     bool // O3: the answer to "open" is sent after the event "closed"
	JammedLock     bool // O13: "open" is answered done, and the bolt stays
	DuplicateClose int  // O4: "closed" is sent so many times more

	WildAfterClose bool          // W1: once the door is shut, no reading of its session means anything
	WildAfterOpen  bool          // W2: nor does any since the door was opened
	ClockAhead     time.Duration // G1: the cabinet's clock is wrong by so much
	ClockFast      float64       // G1: and runs so much too fast, relative; 0.02 an hour is 72 s
}

// Misbehaved counts how often each misbehavior fired.
type Misbehaved struct {
	StaleAnswer, IgnoreOpen, MuteAnswer, CloseFirst, JammedLock, DuplicateClose int

	WildAfterClose, WildAfterOpen int // readings
}

// heldAnswer is an answer that waits for the door to close, and the connection it belongs to.
type heldAnswer struct {
	link   *conn
	answer *pb.Answer
}

// Misbehave sets what the machine does wrong from now on.
func (c *Cabinet) Misbehave(m Misbehavior) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrong = m
}

// staleFor is how long a sensor goes on saying that a released door is closed.
const staleFor = 6 * time.Second

// shown is the state of the door as a pong tells it.
func (c *Cabinet) shown(now time.Time) larder.DoorState {
	if c.wrong.StaleAnswer && c.door.released && now.Sub(c.door.until.Add(-c.cfg.Timing.OpenWindow)) < staleFor {
		return larder.DoorClosed
	}
	return c.door.state()
}

// misanswer plays the faults of an answer that says "done"; it reports whether it has dealt with it.
func (c *Cabinet) misanswer(l *conn, answer *pb.Answer) bool {
	if c.wrong.StaleAnswer {
		c.tally.Misbehaved.StaleAnswer++
		answer.Door = pb.DoorState_DOOR_STATE_CLOSED
	}
	if c.wrong.MuteAnswer {
		c.tally.Misbehaved.MuteAnswer++
		return true
	}
	if c.wrong.CloseFirst {
		c.tally.Misbehaved.CloseFirst++
		c.held = append(c.held, heldAnswer{l, answer})
		return true
	}
	return false
}

// answerHeld sends the answers that waited for the door to close, over the connection that they
// belong to.
func (c *Cabinet) answerHeld() {
	for _, h := range c.held {
		if h.link == c.link {
			c.answer(h.link, h.answer)
		}
	}
	c.held = nil
}

// duplicateClose sends a closing again and again.
func (c *Cabinet) duplicateClose(e event) {
	if c.link == nil {
		return
	}
	for range c.wrong.DuplicateClose {
		c.tally.Misbehaved.DuplicateClose++
		c.link.send(wire.Encode(e.body()))
	}
}

// confuse replaces the masses of a reading of which nothing is true any more: all lanes at zero, or
// each anywhere, so that no two readings agree.
func (c *Cabinet) confuse(masses []larder.Gram) {
	s := c.current
	if s == nil || s.phase == phaseWaiting || !c.wrong.WildAfterOpen && (!c.wrong.WildAfterClose || s.phase != phaseTail) {
		return
	}
	if c.wrong.WildAfterOpen {
		c.tally.Misbehaved.WildAfterOpen++
	} else {
		c.tally.Misbehaved.WildAfterClose++
	}
	zero := c.cfg.Rand.IntN(2) == 0
	for i := range masses {
		masses[i] = 0
		if !zero {
			masses[i] = larder.Gram(c.cfg.Rand.IntN(wildest))
		}
	}
}

// wildest is the largest mass that a confused scale shows, in grams.
const wildest = 8000
