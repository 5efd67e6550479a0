package cabinet

import (
	"slices"
	"time"

	"larder"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// frame is one reading of all lanes.
type frame struct {
	boot   uint64
	clock  int64 // the cabinet's clock
	taken  time.Time
	door   larder.DoorState
	masses []larder.Gram
}

// The readings at rest that begin a session's stream; the protocol asks for 3 to 10.
const (
	restFrames  = 5
	restLeast   = 3
	restSpacing = 300 * time.Millisecond
	restSpan    = 3 * time.Second // older ones say nothing of the moment before the opening
)

var doorStates = map[larder.DoorState]pb.DoorState{
	larder.DoorClosed:  pb.DoorState_DOOR_STATE_CLOSED,
	larder.DoorOpening: pb.DoorState_DOOR_STATE_OPENING,
	larder.DoorOpen:    pb.DoorState_DOOR_STATE_OPEN,
}

// body returns the frame as the wire has it; session 0 is none.
func (f frame) body(session int64, seq uint64) *pb.Readings {
	masses := make([]int32, len(f.masses))
	for i, g := range f.masses {
		masses[i] = wire.FromMass(g)
	}
	return &pb.Readings{
		Session: session, Seq: seq, Door: doorStates[f.door], AtMs: f.clock, MassDg: masses, Boot: f.boot,
	}
}

// weigh reads all scales as of a time and remembers the frame.
func (c *Cabinet) weigh(at time.Time) frame {
	f := frame{boot: c.boot, clock: c.clock(at), taken: at, door: c.door.state()}
	full := len(c.history) >= restFrames
	if full {
		f.masses = c.history[0].masses[:0] // frames of the history are nobody else's
		c.history = slices.Delete(c.history, 0, 1)
	}
	f.masses = c.body.AppendMasses(f.masses, c.moment(at))
	c.confuse(f.masses)
	c.history = append(c.history, f)
	return f
}

// rest returns the last readings up to now, none of them of an open door. Scales convert all the time; what
// nobody has read since is read here as of then.
func (c *Cabinet) rest(now time.Time) []frame {
	for k := restFrames - 1; k >= 0; k-- {
		at := now.Add(-time.Duration(k) * restSpacing)
		if at.After(c.booted) && (len(c.history) == 0 || at.After(c.history[len(c.history)-1].taken)) {
			c.weigh(at)
		}
	}
	for len(c.atRest(now)) < restLeast {
		c.weigh(now)
	}
	return c.atRest(now)
}

// atRest returns copies of the readings of the last seconds, without those of an open door.
func (c *Cabinet) atRest(now time.Time) []frame {
	var rest []frame
	for _, f := range c.history {
		if f.door != larder.DoorOpen && now.Sub(f.taken) <= restSpan {
			f.masses = slices.Clone(f.masses)
			rest = append(rest, f)
		}
	}
	return rest
}

// readOnTime sends the reading that is due and arms the next one.
func (c *Cabinet) readOnTime(now time.Time) {
	c.read(now)
	c.armReading(now)
}

// read sends a reading of now: of the running session, or of none.
func (c *Cabinet) read(now time.Time) {
	f := c.weigh(now)
	if c.current != nil {
		c.stream(c.current, f)
		return
	}
	if c.link != nil {
		c.idleSeq++
		c.link.send(wire.Encode(f.body(0, c.idleSeq)))
	}
}

// armReading sets the time of the next reading. Outside sessions nobody is told anything while
// there is no connection, so nothing is read either.
func (c *Cabinet) armReading(now time.Time) {
	switch {
	case !c.powered:
		c.alarms.clear(alarmReading)
	case c.current != nil:
		c.set(alarmReading, now.Add(c.cadence.Fast))
	case c.link != nil:
		c.set(alarmReading, now.Add(c.cadence.Idle))
	default:
		c.alarms.clear(alarmReading)
	}
}
