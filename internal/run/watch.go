package run

import (
	"context"
	"fmt"
	"time"

	"larder"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
)

// Figures of a watch.
const (
	publishEach = time.Second      // a basket is published at every change and at least so often
	lingerAfter = 15 * time.Second // a watch stays for the tail of readings (8 s) after its end
	retryScene  = time.Second      // pause before a scene is read again
	retryJudge  = time.Second      // pause before a verdict is committed again
	reviewQuiet = 10 * time.Second // without readings, before the evidence of a review is stored
)

// over is what a turn returns instead of a pause when there is nothing left to do.
const over = time.Duration(-1)

// watch follows one session: it feeds the recognizer, publishes the live basket, and commits the
// verdict. Everything but box belongs to whoever takes its turns: the goroutine of run.
type watch struct {
	floor   *Floor
	cabinet larder.CabinetID
	id      larder.SessionID
	box     *mailbox

	eye       *eye // nil until the scene is read
	missing   bool // the cabinet has no such session
	again     time.Time
	state     session.State
	version   int64 // of the session, as far as it is known
	closed    bool
	rested    bool // the door may be leased again
	finished  bool // the evidence is stored, or none is wanted
	published time.Time
	lastRead  time.Time
}

func newWatch(f *Floor, cabinet larder.CabinetID, id larder.SessionID) *watch {
	return &watch{floor: f, cabinet: cabinet, id: id, box: newMailbox(f.Time.NewSignal())}
}

// run is the life of a watch: it takes a turn whenever there is mail or the last turn's pause is over.
func (w *watch) run(ctx context.Context) {
	for pause := time.Duration(0); w.wait(pause); {
		pause = w.turn(ctx)
		if pause == over {
			if w.floor.retire(w) {
				return
			}
			pause = 0 // something came at the last moment
		}
	}
	w.floor.retire(w)
}

// wait is where a watch waits; false if it is asked to end. What ends it is said through its box, so
// the wait has no context.
func (w *watch) wait(pause time.Duration) bool {
	if pause > 0 {
		w.box.wake.Wait(context.Background(), pause)
	}
	return !w.box.stopping()
}

// turn looks at the mail, does what is due and returns how long to pause, or over.
func (w *watch) turn(ctx context.Context) time.Duration {
	if w.eye == nil {
		if pause := w.begin(ctx); pause != 0 {
			return pause
		}
	}
	w.hear(w.box.take())
	return w.act(ctx)
}

// begin reads the scene: 0 if that worked, over if the cabinet has no such session, otherwise how long
// to pause before another try.
func (w *watch) begin(ctx context.Context) time.Duration {
	if left := w.again.Sub(w.floor.Time.Now()); left > 0 {
		return left
	}
	scene, err := w.floor.Visits.Scene(ctx, w.id)
	if err == nil && scene.Session.Cabinet != w.cabinet {
		err = larder.Wrap(larder.CodeNotFound, fmt.Errorf("cabinet %s has no session %s", w.cabinet, w.id))
	}
	if err == nil {
		w.eye, err = w.open(ctx, scene)
	}
	if err == nil {
		w.state, w.version, w.finished = scene.Session.State, scene.Session.Version, scene.Judged
		w.closed = w.eye.closed()
		return 0
	}
	w.floor.Observer.Trouble(w.id, "scene", err)
	if larder.CodeOf(err) == larder.CodeNotFound {
		w.missing = true
		return over
	}
	w.again = w.floor.Time.Now().Add(retryScene)
	return retryScene
}

// open makes the eye of a scene, with what is kept of its lanes. Rows that cannot be read now are read again
// later: without them a lane in quarantine would charge. What was learned and makes no sense is left out: then
// the catalog's word counts.
func (w *watch) open(ctx context.Context, scene visit.Scene) (*eye, error) {
	since := w.floor.Scales.happened(w.cabinet) // before the rows, which pass over what they know
	memories, err := w.floor.Lessons.recall(ctx, scene)
	if err != nil {
		return nil, err
	}
	known, err := learned(scene, memories)
	if err != nil {
		w.floor.Observer.Trouble(w.id, "learned", err)
	}
	return newEye(scene, known, w.floor.Scales.states(scene, memories, since))
}

// hear takes in what has come.
func (w *watch) hear(m mail) {
	if s := m.session; s != nil && s.Version >= w.version { // the start reads rows beside those who change them
		w.state, w.version = s.State, s.Version
	}
	for _, ev := range m.events {
		w.eye.event(ev)
	}
	for _, ev := range m.next {
		w.eye.bound(ev)
	}
	w.closed = w.eye.closed()
	if len(m.readings) > 0 {
		w.look(m.readings)
	}
}

// look feeds readings. Whether the lanes have changed matters only until the door is known to be open.
func (w *watch) look(readings []larder.Readings) {
	w.lastRead = w.floor.Time.Now()
	if w.finished {
		return
	}
	for _, r := range readings {
		if err := w.eye.feed(r); err != nil {
			w.floor.Observer.Trouble(w.id, "readings", err)
		}
	}
	if w.state == session.Opening {
		w.box.compared(w.eye.ends.change(w.eye.scene.Slots))
	}
	w.publish()
}

func (w *watch) publish() {
	now := w.floor.Time.Now()
	basket, changed := w.eye.basket()
	if changed || now.Sub(w.published) >= publishEach {
		w.published = now
		w.floor.Live.Estimate(w.id, basket)
	}
}

// act does what is due and returns how long to pause, or over.
func (w *watch) act(ctx context.Context) time.Duration {
	now := w.floor.Time.Now()
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
	w.floor.Observer.Judged(string(v.Kind), w.floor.Time.Now().Sub(now))
	return w.linger(ctx, w.floor.Time.Now())
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
	w.floor.Scales.visited(w.eye.scene, w.eye.visits(v))
	if err := w.floor.Lessons.teach(ctx, w.eye.scene, w.eye.lessons(v)); err != nil {
		w.floor.Observer.Trouble(w.id, "lesson", err)
	}
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
	return over
}
