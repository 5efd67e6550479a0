package run

import (
	"sync"

	"larder"
	"larder/internal/core/session"
)

// maxReadings is how many readings may wait for one watch: 2.5 minutes of them.
const maxReadings = 512

// mail is what has come for a watch since it last looked.
type mail struct {
	session  *session.Session   // the newest state of its session; nil: nothing new
	events   []larder.DoorEvent // in which its cabinet names its session
	next     []larder.DoorEvent // openings of its cabinet's doors for somebody else
	readings []larder.Readings
	stopped  bool
}

// mailbox holds what a watch has yet to look at, and what is known of its lanes meanwhile. States and
// events never find it full: there are no more of them than rows. Readings may; the cabinet has them
// still. It is safe for concurrent use.
type mailbox struct {
	wake Signal // set when there is mail

	mu     sync.Mutex // guards what follows
	mail   mail
	closed bool
	lanes  session.LaneChange
}

// newMailbox returns an empty one. Without a stream the lock has not moved, so the lanes are
// unchanged by this session (docs/decisions/0011).
func newMailbox(wake Signal) *mailbox {
	return &mailbox{wake: wake, lanes: session.LanesUnchanged}
}

// putSession hands over what the session has become. An overtaken state is forgotten; false
// if nobody looks any more, as for the other puts.
func (b *mailbox) putSession(s session.Session) bool {
	return b.put(func(m *mail) {
		if m.session == nil || m.session.Version <= s.Version {
			m.session = &s
		}
	})
}

// putEvent hands over an event that names the session; one that waits already is no news.
func (b *mailbox) putEvent(ev larder.DoorEvent) bool {
	return b.put(func(m *mail) { m.events = addEvent(m.events, ev) })
}

// putNext hands over an opening for somebody else.
func (b *mailbox) putNext(ev larder.DoorEvent) {
	b.put(func(m *mail) { m.next = addEvent(m.next, ev) })
}

func addEvent(waiting []larder.DoorEvent, ev larder.DoorEvent) []larder.DoorEvent {
	for _, w := range waiting {
		if w.Boot == ev.Boot && w.Seq == ev.Seq {
			return waiting
		}
	}
	return append(waiting, ev)
}

// putReadings hands over a frame; kept is false if there was no room for it. From here on nothing is
// known of the lanes until the watch has compared them: a stream that nobody looks at proves nothing.
func (b *mailbox) putReadings(r larder.Readings) (kept, taken bool) {
	taken = b.put(func(m *mail) {
		b.lanes = session.LanesUnknown
		if kept = len(m.readings) < maxReadings; kept {
			m.readings = append(m.readings, r)
		}
	})
	return kept, taken
}

// stop asks the watch to end.
func (b *mailbox) stop() { b.put(func(m *mail) { m.stopped = true }) }

func (b *mailbox) put(change func(*mail)) bool {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return false
	}
	change(&b.mail)
	b.mu.Unlock()
	b.wake.Set()
	return true
}

// stopping reports whether the watch is asked to end.
func (b *mailbox) stopping() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.mail.stopped
}

// take empties the mailbox.
func (b *mailbox) take() mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.mail
	b.mail = mail{stopped: m.stopped}
	return m
}

// close refuses everything from now on; false, and nothing happens, while there is mail to look at.
func (b *mailbox) close() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.mail
	b.closed = m.stopped || m.session == nil && len(m.events)+len(m.next)+len(m.readings) == 0
	return b.closed
}

// compared says what the readings taken so far show of the lanes. It counts only if no others wait.
func (b *mailbox) compared(lanes session.LaneChange) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.mail.readings) == 0 {
		b.lanes = lanes
	}
}

// change tells whether the session's lanes changed since its stream began.
func (b *mailbox) change() session.LaneChange {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lanes
}
