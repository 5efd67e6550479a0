package cabinet

import "time"

// PowerOff takes the power away: the connection, the challenges and the clock are gone, the lock
// engages, and what flash memory holds stays. The leaf can still be moved.
func (c *Cabinet) PowerOff() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.powerOff()
}

// PowerOn starts the machine again with the next boot number. A session whose door is open goes on;
// one whose door never opened is over; what the door did meanwhile is found out and written down.
func (c *Cabinet) PowerOn() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.powerOn()
}

// Reboot is PowerOff and PowerOn at once.
func (c *Cabinet) Reboot() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.powerOff()
	c.powerOn()
}

// Cut takes the network away until Heal: the connection breaks and none is made. The machine goes
// on, keeps what it would have sent, and replays it (X3).
func (c *Cabinet) Cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = true
	c.drop()
	c.alarms.clear(alarmConnect)
}

// Heal gives the network back; the machine connects at once.
func (c *Cabinet) Heal() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.cut {
		return
	}
	c.cut, c.failures = false, 0
	c.set(alarmConnect, c.cfg.Now())
}

func (c *Cabinet) powerOff() {
	if !c.powered {
		return
	}
	c.drop()
	c.powered = false
	hand := c.alarms[alarmHand]
	c.alarms = alarms{alarmHand: hand}
	c.history = nil
	if !c.door.sensed {
		c.door.released = false // the bolt springs back; a door that stands open stays the session's
	}
}

func (c *Cabinet) powerOn() {
	if c.powered {
		return
	}
	now := c.cfg.Now()
	c.powered, c.booted, c.failures = true, now, 0
	c.raiseBoot()
	if s := c.current; s != nil {
		c.resumeSession(s, now)
	}
	c.watchSensor(now)
	c.armReading(now)
	c.set(alarmConnect, now)
	c.tell(Change{Kind: Booted, Boot: c.boot})
}

// resumeSession goes on with a stream that a restart has interrupted.
func (c *Cabinet) resumeSession(s *session, now time.Time) {
	switch s.phase {
	case phaseWaiting:
		if !c.door.leaf {
			c.door.session = 0
			c.endSession()
			return
		}
		// pulled just before the power went: the sensor will confirm it, and the lock had let it go
		c.door.released = true
	case phaseOpen:
	case phaseTail:
		c.set(alarmTail, now.Add(c.cadence.Tail))
	}
}

// raiseBoot begins the next boot's numbers.
func (c *Cabinet) raiseBoot() {
	c.boot++
	c.journal.last, c.idleSeq = 0, 0
}

// armReadingOffline keeps a session's readings going while there is no connection, and stops those
// that nobody would get.
func (c *Cabinet) armReadingOffline() {
	if c.current == nil {
		c.alarms.clear(alarmReading)
	}
}
