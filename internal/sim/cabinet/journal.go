package cabinet

import (
	"slices"
	"time"

	"larder"
	"larder/internal/edge/link/wire/pb"
)

// event is one entry of the durable log.
type event struct {
	boot    uint64
	seq     uint64
	kind    larder.DoorEventKind
	session int64
	at      int64 // the cabinet's clock
	sent    time.Time
}

// journal is the log of events that the platform has not committed, oldest first. It survives
// reconnects and restarts, as flash memory would.
type journal struct {
	last   uint64 // seq of the boot's latest event
	events []event
}

var eventKinds = map[larder.DoorEventKind]pb.DoorEventKind{
	larder.DoorOpened: pb.DoorEventKind_DOOR_EVENT_KIND_OPENED,
	larder.DoorShut:   pb.DoorEventKind_DOOR_EVENT_KIND_CLOSED,
	larder.DoorForced: pb.DoorEventKind_DOOR_EVENT_KIND_FORCED,
}

func (e event) body() *pb.DoorEvent {
	return &pb.DoorEvent{
		Boot: e.boot, Seq: e.seq, Door: doorNumber, Kind: eventKinds[e.kind],
		Session: e.session, AtMs: e.at,
	}
}

func (e event) change(kind ChangeKind) Change {
	return Change{Kind: kind, Session: larder.SessionID(e.session), Event: e.kind, Boot: e.boot, Seq: e.seq}
}

// before reports whether the event precedes (boot, seq).
func (e event) before(boot, seq uint64) bool {
	return e.boot < boot || e.boot == boot && e.seq < seq
}

// record writes an event that happened at a time into the log and sends it.
func (c *Cabinet) record(kind larder.DoorEventKind, session int64, at time.Time) event {
	c.journal.last++
	e := event{boot: c.boot, seq: c.journal.last, kind: kind, session: session, at: c.clock(at)}
	c.journal.events = append(c.journal.events, e)
	c.sendEvents(e.boot, e.seq)
	return e
}

// sendEvents sends what the log holds from (boot, seq) on.
func (c *Cabinet) sendEvents(boot, seq uint64) {
	if c.link == nil {
		return
	}
	now := c.cfg.Now()
	for i := range c.journal.events {
		e := &c.journal.events[i]
		if e.before(boot, seq) {
			continue
		}
		e.sent = now
		c.link.sendEvent(*e)
	}
	c.armResend()
}

// armResend sets the time at which the oldest event has waited for too long.
func (c *Cabinet) armResend() {
	if len(c.journal.events) == 0 || c.link == nil {
		c.alarms.clear(alarmResend)
		return
	}
	c.set(alarmResend, c.journal.events[0].sent.Add(c.cfg.Timing.Resend))
}

// resendLate sends again, with all that follow it, the first event that waited for too long.
func (c *Cabinet) resendLate(now time.Time) {
	late := slices.IndexFunc(c.journal.events, func(e event) bool {
		return !e.sent.Add(c.cfg.Timing.Resend).After(now)
	})
	if late < 0 {
		c.armResend()
		return
	}
	c.tally.EventsResent += len(c.journal.events) - late
	c.sendEvents(c.journal.events[late].boot, c.journal.events[late].seq)
}

// forget drops the events of a boot up to seq: the platform has them.
func (c *Cabinet) forget(boot, seq uint64) {
	c.journal.events = slices.DeleteFunc(c.journal.events, func(e event) bool {
		durable := e.boot == boot && e.seq <= seq
		if durable {
			c.tell(e.change(EventDurable))
		}
		return durable
	})
	c.armResend()
}

// resend answers the platform's request for events. If one that once was cannot be found, the boot
// number is raised, so that the gap stands between boots where people see it.
func (c *Cabinet) resend(boot, seq uint64) {
	found := slices.ContainsFunc(c.journal.events, func(e event) bool { return e.boot == boot && e.seq == seq })
	if !found && (boot < c.boot || seq <= c.journal.last) {
		c.cfg.Log.Warn("asked for an event that is gone", "boot", boot, "seq", seq)
		c.raiseBoot()
		c.lose("lost event")
		return
	}
	c.sendEvents(boot, seq)
}
