package cabinet

import (
	"maps"
	"slices"

	"larder"
	"larder/internal/sim/physics"
)

// State is a machine as it stood at one moment.
type State struct {
	Serial    string
	Boot      uint64
	Connected bool
	Epoch     int64 // of the connection; 0 without one
	Powered   bool
	Door      larder.DoorState // as the firmware knows it
	Leaf      bool             // the leaf is open, whatever the sensor says
	Session   larder.SessionID // whose stream runs; 0 outside sessions
	Taken     map[int]int      // by lane: what left since the running session began, else in the latest one
	Contents  [][]physics.Item // by lane index, the foremost last
	Mass      []larder.Gram    // the latest reading by lane index; nil if there was none in this boot
	Events    int              // events that are not durable
	Kept      int              // sessions whose readings are not durable
	Tally     Tally
}

// Tally counts what a machine has done and seen.
type Tally struct {
	Connections       int // welcomed
	Actuations        int // the lock moved
	Violations        int // I6: the lock was told to move without a live authorization
	Repeated          int // commands to open that were repetitions
	Expired           int
	Refused           map[string]int // by the check that failed: mac, epoch, challenge, door
	EventsResent      int
	ReadingsReplayed  int
	SessionsForgotten int // for lack of room
	Malformed         int // frames that ended a connection
	Unknown           int // frames of a type that is not known here
	Impostors         int // platforms whose proof was wrong
	Misbehaved        Misbehaved
	Faults            physics.Tally
}

func (t *Tally) refuse(check string) {
	if t.Refused == nil {
		t.Refused = make(map[string]int)
	}
	t.Refused[check]++
}

// State returns the machine as it stands. Nothing in it is shared.
func (c *Cabinet) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := State{
		Serial: c.cfg.Serial, Boot: c.boot, Powered: c.powered,
		Door: c.door.state(), Leaf: c.door.leaf,
		Contents: make([][]physics.Item, c.body.Lanes()),
		Events:   len(c.journal.events), Kept: len(c.kept), Tally: c.tally,
	}
	if c.link != nil {
		s.Connected, s.Epoch = true, c.link.epoch
	}
	if c.current != nil {
		s.Session = larder.SessionID(c.current.id)
		c.keepTruth(c.current)
	}
	if n := len(c.truths); n > 0 {
		s.Taken = maps.Clone(c.truths[n-1].taken)
	}
	for i := range s.Contents {
		s.Contents[i] = c.body.Contents(i + 1)
	}
	if n := len(c.history); n > 0 {
		s.Mass = slices.Clone(c.history[n-1].masses)
	}
	s.Tally.Refused = maps.Clone(c.tally.Refused)
	s.Tally.Faults = c.body.Tally()
	return s
}

// Serial returns the machine's number.
func (c *Cabinet) Serial() string { return c.cfg.Serial }

// Truth returns what really left in a session, by lane, and false for a session that is not among
// the latest ones of this machine.
func (c *Cabinet) Truth(session larder.SessionID) (map[int]int, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current != nil {
		c.keepTruth(c.current)
	}
	for _, t := range c.truths {
		if t.session == int64(session) {
			return maps.Clone(t.taken), true
		}
	}
	return nil, false
}
