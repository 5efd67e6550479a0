package cabinet

import (
	"time"

	"larder"
)

// door is the lock, the leaf and the sensor of the one door.
type door struct {
	released bool      // the lock lets the leaf go, until the sensor says closed
	until    time.Time // when the lock engages if the sensor never said open
	session  int64     // whose command released the lock; 0 if none
	jammed   bool      // the bolt stuck at the last release (O13)
	leaf     bool      // the leaf is open, whatever the sensor says so far
	moved    time.Time // when the leaf last moved
	sensed   bool      // open, as the sensor says; the firmware keeps it over restarts
}

// state is what the firmware knows of the door.
func (d door) state() larder.DoorState {
	switch {
	case d.sensed:
		return larder.DoorOpen
	case d.released:
		return larder.DoorOpening
	}
	return larder.DoorClosed
}

// release lets the leaf go for a session.
func (c *Cabinet) release(session int64, now time.Time) {
	c.door.released, c.door.session = true, session
	c.door.jammed = c.wrong.JammedLock
	if c.door.jammed {
		c.tally.Misbehaved.JammedLock++
	}
	c.door.until = now.Add(c.cfg.Timing.OpenWindow)
	c.set(alarmLock, c.door.until)
}

// lockAgain engages the lock of a door that nobody opened, and ends its session.
func (c *Cabinet) lockAgain(now time.Time) {
	if c.door.leaf || c.door.sensed || !c.door.released {
		return // the sensor will say what has become of it
	}
	session := c.door.session
	c.door.released, c.door.session = false, 0
	if c.current != nil && c.current.phase == phaseWaiting {
		c.read(now) // shows that the door is closed and nothing has changed
		c.endSession()
	}
	c.tell(Change{Kind: LockEngaged, Session: larder.SessionID(session)})
}

// swing moves the leaf; the sensor follows once it has kept its state.
func (c *Cabinet) swing(open bool, now time.Time) {
	c.door.leaf, c.door.moved = open, now
	if open {
		c.body.Open(c.moment(now))
	} else {
		c.body.Close(c.moment(now))
	}
	c.watchSensor(now)
}

// watchSensor arms or disarms the sensor's alarm after the leaf, or the power, has changed.
func (c *Cabinet) watchSensor(now time.Time) {
	switch {
	case !c.powered:
		c.alarms.clear(alarmSensor)
	case c.door.leaf != c.door.sensed:
		c.set(alarmSensor, now.Add(c.cfg.Timing.Debounce))
	default:
		c.alarms.clear(alarmSensor) // a bounce is no event
		if c.door.released && !c.door.sensed && !c.door.until.After(now) {
			c.set(alarmLock, now)
		}
	}
}

// sense takes over what the leaf has been doing for long enough, and writes it down.
func (c *Cabinet) sense(now time.Time) {
	if c.door.leaf == c.door.sensed {
		return
	}
	c.door.sensed = c.door.leaf
	if c.door.sensed {
		c.opened(now)
	} else {
		c.closed(now)
	}
}

// opened handles an opening that the sensor confirmed.
func (c *Cabinet) opened(now time.Time) {
	kind := larder.DoorForced
	if c.door.released {
		kind = larder.DoorOpened
		c.alarms.clear(alarmLock)
		if c.current != nil && c.current.id == c.door.session {
			c.current.phase = phaseOpen
		}
	}
	e := c.record(kind, c.door.session, c.edge(now))
	c.tell(e.change(DoorOpened))
}

// closed handles a closing that the sensor confirmed: the lock engages, the tail begins.
func (c *Cabinet) closed(now time.Time) {
	session := c.door.session
	c.door.released, c.door.session = false, 0
	if s := c.current; s != nil && s.id == session {
		s.phase = phaseTail
		c.keepTruth(s)
		c.set(alarmTail, now.Add(c.cadence.Tail))
	}
	e := c.record(larder.DoorShut, session, c.edge(now))
	c.tell(e.change(DoorShut))
	c.duplicateClose(e)
	c.answerHeld()
}

// edge is when the leaf moved, or the boot's start if it moved while the power was off.
func (c *Cabinet) edge(now time.Time) time.Time {
	if c.door.moved.Before(c.booted) {
		return c.booted
	}
	if c.door.moved.After(now) {
		return now
	}
	return c.door.moved
}
