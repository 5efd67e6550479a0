package cabinet

import "time"

// alarm names something that is due at a time.
type alarm int

// The alarms, in the order in which those of one moment ring.
const (
	alarmHand      alarm = iota // the last hand is out: the door falls shut
	alarmSensor                 // the door's sensor has kept its state
	alarmLock                   // nobody opened the door: the lock engages
	alarmTail                   // the session's stream ends
	alarmReading                // a frame of weights is due
	alarmHeartbeat              // a beat is due
	alarmSilence                // the platform has been silent for too long
	alarmResend                 // an event has not become durable in time
	alarmReplay                 // the next kept readings may go out
	alarmConnect                // try to connect
	alarmCount
)

// alarms are the times at which things are due; the zero time is none.
type alarms [alarmCount]time.Time

// never is when Run looks again if nothing is due.
const never = 24 * time.Hour

func (a *alarms) clear(which alarm) { a[which] = time.Time{} }

// next returns the earliest alarm.
func (a *alarms) next(now time.Time) time.Time {
	earliest := now.Add(never)
	for _, at := range a {
		if !at.IsZero() && at.Before(earliest) {
			earliest = at
		}
	}
	return earliest
}

// due clears and returns the earliest alarm that has come, or alarmCount.
func (a *alarms) due(now time.Time) alarm {
	found := alarmCount
	for which, at := range a {
		if at.IsZero() || at.After(now) {
			continue
		}
		if found == alarmCount || at.Before(a[found]) {
			found = alarm(which)
		}
	}
	if found != alarmCount {
		a.clear(found)
	}
	return found
}

// set arms an alarm and rouses Run if it would look too late.
func (c *Cabinet) set(which alarm, at time.Time) {
	c.alarms[which] = at
	if at.Before(c.rouse) || c.rouse.IsZero() {
		select {
		case c.wake <- struct{}{}:
		default: // roused already
		}
	}
}

// ring handles everything that is due, and reports whether a connection should be tried.
func (c *Cabinet) ring(now time.Time) (connect bool) {
	for {
		switch c.alarms.due(now) {
		case alarmHand:
			c.shut(now)
		case alarmSensor:
			c.sense(now)
		case alarmLock:
			c.lockAgain(now)
		case alarmTail:
			c.endSession()
		case alarmReading:
			c.readOnTime(now)
		case alarmHeartbeat:
			c.beat(now)
		case alarmSilence:
			c.lose("silence")
		case alarmResend:
			c.resendLate(now)
		case alarmReplay:
			c.replaySome(now)
		case alarmConnect:
			connect = c.mayConnect()
		case alarmCount:
			return connect
		}
	}
}
