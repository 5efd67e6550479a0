package cabinet

import (
	"slices"
	"time"

	"larder"
	"larder/internal/edge/link/wire"
)

// phase is how far a session's stream has come.
type phase int

const (
	phaseWaiting phase = iota // the lock is released, the door has not opened
	phaseOpen
	phaseTail // the door is shut, the readings go on for a while
)

// session is the stream of readings of one opening. It survives restarts.
type session struct {
	id      int64
	phase   phase
	seq     uint64   // of its latest reading
	frames  [][]byte // its readings as sent, from seq 1; nil once durable
	durable bool
	rest    []frame // what it begins with; sent after the answer to "open"
	outside []int   // by lane index, pieces outside when it began
}

// truth is what really left in a session.
type truth struct {
	session int64
	taken   map[int]int
}

const (
	truthsKept   = 32
	keptFrames   = 8_000  // of all sessions: above 3 sessions of 10 minutes
	streamFrames = 40_000 // of one session: an open door of more than three hours
	replayBatch  = 10     // 100 frames a second at most, docs/protocol.md section 7
	replayPause  = 100 * time.Millisecond
)

// beginSession ends the tail of the former session and prepares a stream that begins with the last
// readings at rest: the lock has not moved yet. A session that is opened a second time goes on with
// its stream. Session 0 has none.
func (c *Cabinet) beginSession(id int64, now time.Time) {
	if id == 0 {
		return
	}
	rest := c.rest(now)
	if c.current != nil && c.current.id != id {
		c.endSession()
	}
	k := slices.IndexFunc(c.kept, func(s *session) bool { return s.id == id })
	if k >= 0 {
		c.current = c.kept[k]
		c.current.phase = phaseWaiting
	} else {
		c.current = &session{id: id, outside: c.body.Outside(), rest: rest}
		c.kept = append(c.kept, c.current)
	}
	c.alarms.clear(alarmTail)
	c.armReading(now)
}

// streamRest sends the readings at rest of a session that has just begun.
func (c *Cabinet) streamRest() {
	s := c.current
	if s == nil {
		return
	}
	for _, f := range s.rest {
		c.stream(s, f)
	}
	s.rest = nil
}

// endSession ends the running stream, if any.
func (c *Cabinet) endSession() {
	s := c.current
	if s == nil {
		return
	}
	c.keepTruth(s)
	c.current = nil
	c.alarms.clear(alarmTail)
	if s.durable {
		c.kept = slices.DeleteFunc(c.kept, func(k *session) bool { return k == s })
	}
	c.armReading(c.cfg.Now())
	c.tell(Change{Kind: SessionOver, Session: larder.SessionID(s.id)})
}

// keepTruth writes down what has left since the session began.
func (c *Cabinet) keepTruth(s *session) {
	taken := make(map[int]int)
	for i, n := range c.body.Outside() {
		if d := n - s.outside[i]; d != 0 {
			taken[i+1] = d
		}
	}
	k := slices.IndexFunc(c.truths, func(t truth) bool { return t.session == s.id })
	if k >= 0 {
		c.truths[k].taken = taken
		return
	}
	if len(c.truths) >= truthsKept {
		c.truths = c.truths[1:]
	}
	c.truths = append(c.truths, truth{s.id, taken})
}

// stream sends one reading of a session and keeps it.
func (c *Cabinet) stream(s *session, f frame) {
	s.seq++
	encoded, err := wire.Encode(f.body(s.id, s.seq))
	if err != nil {
		c.cfg.Log.Error("encode readings", "error", err) // a body of more than 256 lanes: a wrong configuration
		return
	}
	if !s.durable && len(s.frames) < streamFrames {
		s.frames = append(s.frames, encoded)
		c.makeRoom()
	}
	if c.link != nil {
		c.link.send(encoded, nil)
	}
}

// makeRoom forgets the oldest sessions while there are too many readings.
func (c *Cabinet) makeRoom() {
	total := 0
	for _, s := range c.kept {
		total += len(s.frames)
	}
	for total > keptFrames && c.kept[0] != c.current {
		total -= len(c.kept[0].frames)
		c.tally.SessionsForgotten++
		c.cfg.Log.Warn("no room: a session's readings are forgotten", "session_id", c.kept[0].id)
		c.kept = slices.Delete(c.kept, 0, 1)
	}
}

// sessionDurable forgets the readings of a session: the platform has them.
func (c *Cabinet) sessionDurable(id int64) {
	k := slices.IndexFunc(c.kept, func(s *session) bool { return s.id == id })
	if k < 0 {
		return
	}
	s := c.kept[k]
	s.durable, s.frames = true, nil
	if s != c.current {
		c.kept = slices.Delete(c.kept, k, k+1)
	}
	c.tell(Change{Kind: ReadingsDurable, Session: larder.SessionID(id)})
}

// replay is what still has to be sent of a kept session.
type replay struct {
	session  *session
	from, to int // indexes of its frames
}

// startReplay plans to send everything kept once more.
func (c *Cabinet) startReplay(now time.Time) {
	c.replay = c.replay[:0]
	for _, s := range c.kept {
		if len(s.frames) > 0 {
			c.replay = append(c.replay, replay{session: s, to: len(s.frames)})
		}
	}
	c.replaySome(now)
}

// replaySome sends the next kept readings, no faster than the protocol allows.
func (c *Cabinet) replaySome(now time.Time) {
	if c.link == nil {
		c.replay = c.replay[:0]
		return
	}
	for room := replayBatch; room > 0 && len(c.replay) > 0; {
		r := &c.replay[0]
		if r.from >= r.to || r.session.durable {
			c.replay = slices.Delete(c.replay, 0, 1)
			continue
		}
		c.link.send(r.session.frames[r.from], nil)
		c.tally.ReadingsReplayed++
		r.from++
		room--
	}
	if len(c.replay) > 0 {
		c.set(alarmReplay, now.Add(replayPause))
	}
}
