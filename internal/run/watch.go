package run

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"larder"
	"larder/internal/core/session"
	"larder/internal/core/weigh"
)

// Figures of a watch.
const (
	inboxSize   = 512              // readings that may wait; 2.5 minutes of them
	publishEach = time.Second      // a basket is published at every change and at least so often
	lingerAfter = 15 * time.Second // a watch stays for the tail of readings (8 s) after its end
	retryJudge  = time.Second      // pause before a verdict is committed again
	reviewQuiet = 10 * time.Second // without readings, before the evidence of a review is stored
)

// message is something that concerns one session.
type message struct {
	session  *session.Session
	event    *larder.DoorEvent
	next     *larder.DoorEvent // a door of the cabinet was opened for somebody else
	readings *larder.Readings
}

// watch follows one session: it feeds the recognizer, publishes the live basket, and commits the
// verdict. Everything but inbox, quit and lanes belongs to the goroutine of run.
type watch struct {
	floor   *Floor
	cabinet larder.CabinetID
	id      larder.SessionID
	inbox   chan message
	quit    chan struct{}
	lanes   atomic.Pointer[session.LaneChange]

	eye       *eye // nil until the scene is read
	state     session.State
	version   int64 // of the session, as far as it is known
	closed    bool
	rested    bool // the door may be leased again
	finished  bool // the evidence is stored, or none is wanted
	published time.Time
	lastRead  time.Time
}

func newWatch(f *Floor, cabinet larder.CabinetID, id larder.SessionID) *watch {
	w := &watch{
		floor: f, cabinet: cabinet, id: id,
		inbox: make(chan message, inboxSize), quit: make(chan struct{}),
	}
	w.lanes.Store(new(session.LanesUnchanged))
	return w
}

// send hands over a message. Readings that find no room are dropped: the cabinet has them still.
func (w *watch) send(m message) {
	select {
	case w.inbox <- m:
	default:
		if m.readings != nil {
			w.floor.Observer.Dropped("readings")
			return
		}
		select { // an event or a state makes room: readings come again, these do not
		case <-w.inbox:
			w.floor.Observer.Dropped("readings")
		default:
		}
		select {
		case w.inbox <- m:
		default:
			w.floor.Observer.Dropped("message")
		}
	}
}

// stop ends the watch soon; it is called once.
func (w *watch) stop() { close(w.quit) }

// change tells whether the session's lanes changed since its stream began.
func (w *watch) change() session.LaneChange { return *w.lanes.Load() }

// run is the life of a watch.
func (w *watch) run(ctx context.Context) {
	if !w.begin(ctx) {
		return
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-w.quit:
			return
		case m := <-w.inbox:
			w.take(m)
		case <-timer.C:
		}
		sleep := w.act(ctx)
		if sleep < 0 {
			w.floor.Live.Close(w.id)
			return
		}
		timer.Reset(sleep)
	}
}

// begin reads the scene; false if the cabinet has no such session or the watch was stopped.
func (w *watch) begin(ctx context.Context) bool {
	for {
		scene, err := w.floor.Visits.Scene(ctx, w.id)
		if err == nil && scene.Session.Cabinet != w.cabinet {
			err = larder.Wrap(larder.CodeNotFound, fmt.Errorf("cabinet %s has no session %s", w.cabinet, w.id))
		}
		if err == nil {
			w.eye, err = newEye(scene)
		}
		if err == nil {
			w.state, w.version, w.finished = scene.Session.State, scene.Session.Version, scene.Judged
			w.closed = w.eye.closed()
			return true
		}
		w.floor.Observer.Trouble(w.id, "scene", err)
		if larder.CodeOf(err) == larder.CodeNotFound {
			return false
		}
		select {
		case <-w.quit:
			return false
		case <-ctx.Done():
			return false
		case <-time.After(retryJudge):
		}
	}
}

func (w *watch) take(m message) {
	switch {
	case m.session != nil:
		if m.session.Version >= w.version { // the start reads rows beside those who change them
			w.state, w.version = m.session.State, m.session.Version
		}
	case m.event != nil:
		w.eye.event(*m.event)
		w.closed = w.eye.closed()
	case m.next != nil:
		w.eye.bound(*m.next)
	case m.readings != nil:
		w.lastRead = w.floor.Now()
		if w.finished {
			return
		}
		if err := w.eye.feed(*m.readings); err != nil {
			w.floor.Observer.Trouble(w.id, "readings", err)
		}
		w.lanes.Store(new(w.eye.change()))
		w.publish()
	}
}

func (w *watch) publish() {
	now := w.floor.Now()
	basket, changed := w.eye.basket()
	if changed || now.Sub(w.published) >= publishEach {
		w.published = now
		w.floor.Live.Estimate(w.id, basket)
	}
}

// act does what is due and returns how long to sleep; below 0 the watch is over.
func (w *watch) act(ctx context.Context) time.Duration {
	now := w.floor.Now()
	switch {
	case w.finished:
		return w.linger(ctx, now)
	case w.state == session.Weighing && w.closed:
		return w.judge(ctx, now)
	case w.state == session.Review && w.closed, w.state == session.Ended:
		return w.keepEvidence(ctx, now)
	}
	return lingerAfter
}

// judge asks the recognizer, and commits its verdict with the evidence.
func (w *watch) judge(ctx context.Context, now time.Time) time.Duration {
	v, next, done := w.eye.decide(larder.MillisOf(now))
	if !done {
		w.rest(ctx)
		return max(next.Time().Sub(now), 10*time.Millisecond)
	}
	if err := w.commit(ctx, v); err != nil {
		w.floor.Observer.Trouble(w.id, "verdict", err)
		return retryJudge
	}
	w.floor.Observer.Judged(string(v.Kind), w.floor.Now().Sub(now))
	return w.linger(ctx, w.floor.Now())
}

// rest lets the next shopper come once the lanes are at rest, while more is waited for (EX9). Where the
// verdict is reached at the same moment, which is the rule, the verdict does it.
func (w *watch) rest(ctx context.Context) {
	if w.rested || !w.eye.settled() {
		return
	}
	if err := w.floor.Visits.Rested(ctx, w.id); err != nil {
		w.floor.Observer.Trouble(w.id, "rested", err)
		return
	}
	w.rested = true
}

// keepEvidence stores the readings of a session that has gone another way, once no more come.
func (w *watch) keepEvidence(ctx context.Context, now time.Time) time.Duration {
	if w.eye.empty() {
		return w.linger(ctx, now)
	}
	if quiet := now.Sub(w.lastRead); quiet < reviewQuiet {
		return reviewQuiet - quiet
	}
	if err := w.commit(ctx, weigh.Verdict{}); err != nil {
		w.floor.Observer.Trouble(w.id, "evidence", err)
		return retryJudge
	}
	return w.linger(ctx, now)
}

func (w *watch) commit(ctx context.Context, v weigh.Verdict) error {
	trace, err := w.eye.trace(v)
	if err != nil {
		return err
	}
	if err := w.floor.Visits.Judged(ctx, w.id, v.Kind, w.eye.taken(v), trace); err != nil {
		return err
	}
	w.finished = true
	w.forgetAtCabinet(ctx)
	return nil
}

// forgetAtCabinet tells the cabinet that the readings are durable. Lost, it is said again when the
// cabinet replays them.
func (w *watch) forgetAtCabinet(ctx context.Context) {
	if err := w.floor.Commander.SessionDurable(ctx, w.cabinet, w.id); err != nil && larder.CodeOf(err) != larder.CodeOffline {
		w.floor.Observer.Trouble(w.id, "durable", err)
	}
}

// linger waits for the tail of readings, so that it does not begin a watch of its own.
func (w *watch) linger(ctx context.Context, now time.Time) time.Duration {
	if w.state != session.Ended && w.state != session.Review && !w.finished {
		return lingerAfter
	}
	if w.lastRead.IsZero() {
		w.lastRead = now
	}
	left := lingerAfter - now.Sub(w.lastRead)
	if left > 0 {
		return left
	}
	if w.finished { // a cabinet that still replays has not heard it
		w.forgetAtCabinet(ctx)
	}
	return -1
}
