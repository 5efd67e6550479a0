package run

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"larder"
	"larder/internal/core/session"
	"larder/internal/core/visit"
)

// Commander sends to cabinets; gateways implement it. Errors carry codes: cabinet_offline, conflict
// (the epoch is no longer the cabinet's), overload, unsupported.
type Commander interface {
	// Prove pings a cabinet: its fresh challenge and its doors within 2 s.
	Prove(ctx context.Context, cabinet larder.CabinetID) (larder.Proof, error)
	// Open writes the command to the connection of its epoch; the answer comes by [Floor.Answer].
	Open(ctx context.Context, cmd larder.OpenCommand) error
	// SessionDurable lets the cabinet forget the readings of a session.
	SessionDurable(ctx context.Context, cabinet larder.CabinetID, session larder.SessionID) error
}

// FloorConfig is what a Floor is made of.
type FloorConfig struct {
	Visits    *visit.Service
	Commander Commander
	IDs       larder.IDSource
	Live      *Live
	Time      Scheduler
	Observer  Observer
	Lessons   *Lessons // nil: lanes learn nothing
	Scales    *Scales  // nil: no scale is followed
}

// Floor owns the cabinets of a process: who is connected, what their open sessions weigh.
//
// Goroutines: one per watched session, started by what first concerns the session and ended some
// time after the session has; Run waits for them. Locks: mu guards the maps, is held for moments and
// never while anything is called but a mailbox, whose lock comes after it.
type Floor struct {
	FloorConfig
	mu       sync.Mutex
	cabinets map[larder.CabinetID]presence
	watches  map[watched]*watch
	answers  map[asked]*expected
	won      map[larder.SessionID]time.Time // when an authorization was committed, until "open" is written
	unknown  unknowns                       // what cabinets call sessions and the database does not have
	base     context.Context                // of watches; nil while none may begin
	running  *crew
	stopping Signal
}

// watched is what a watch follows: a session as one cabinet tells of it. What a cabinet says about
// another one's session never meets that session's watch.
type watched struct {
	cabinet larder.CabinetID
	session larder.SessionID
}

// asked is a command and who was asked: the answer to it is nobody else's to give.
type asked struct {
	cabinet larder.CabinetID
	command larder.CommandID
}

// presence is a cabinet's current connection.
type presence struct {
	org   larder.OrgID
	epoch int64
	since time.Time
}

// NewFloor returns a floor without cabinets.
func NewFloor(cfg FloorConfig) *Floor {
	return &Floor{
		FloorConfig: cfg, running: newCrew(cfg.Time), stopping: cfg.Time.NewSignal(),
		cabinets: make(map[larder.CabinetID]presence),
		watches:  make(map[watched]*watch),
		answers:  make(map[asked]*expected),
		won:      make(map[larder.SessionID]time.Time),
	}
}

var _ visit.Bell = (*Floor)(nil)

// Run watches the sessions that a former process left behind and those that come, until ctx ends.
// A verdict that is being committed then is committed within grace.
func (f *Floor) Run(ctx, grace context.Context) error {
	f.mu.Lock()
	f.base = grace
	f.mu.Unlock()
	if err := f.resume(ctx); err != nil {
		return fmt.Errorf("run: live sessions could not be read: %w", err)
	}
	for ctx.Err() == nil {
		f.stopping.Wait(ctx, time.Hour)
	}
	f.mu.Lock()
	f.base = nil
	for _, w := range f.watches {
		w.box.stop()
	}
	f.mu.Unlock()
	f.running.wait()
	return nil
}

// resume watches every session whose door may be open or whose verdict is missing.
func (f *Floor) resume(ctx context.Context) error {
	return f.eachLive(ctx, f.concern)
}

// eachLive goes through the sessions that have not ended, page by page.
func (f *Floor) eachLive(ctx context.Context, do func(session.Session)) error {
	const page = 500
	for after := larder.SessionID(0); ; {
		live, err := f.Visits.Live(ctx, after, page)
		if err != nil {
			return err
		}
		for _, s := range live {
			do(s)
			after = s.ID
		}
		if len(live) < page {
			return nil
		}
	}
}

// unwatched returns the sessions that need a watch and have none.
func (f *Floor) unwatched(ctx context.Context) (bare []session.Session, err error) {
	err = f.eachLive(ctx, func(s session.Session) {
		if needsWatch(s) && !f.watching(s) {
			bare = append(bare, s)
		}
	})
	return bare, err
}

func (f *Floor) watching(s session.Session) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.watches[watched{s.Cabinet, s.ID}] != nil
}

// Ring implements [visit.Bell]: a session or its payment has changed.
func (f *Floor) Ring(s session.Session) {
	if s.State == session.Opening && s.Queries == 0 {
		f.mu.Lock()
		if _, known := f.won[s.ID]; !known {
			f.won[s.ID] = f.Time.Now()
		}
		f.mu.Unlock()
	}
	f.concern(s)
	f.Live.Changed(s.ID)
}

// concern tells a session's watch what the session has become, and begins one where it needs one.
func (f *Floor) concern(s session.Session) {
	of := watched{s.Cabinet, s.ID}
	put := func(w *watch) bool { return w.box.putSession(s) }
	switch s.State {
	case session.Opening, session.Open, session.Weighing, session.Review:
		f.mu.Lock()
		f.unknown.forget(of)
		f.mu.Unlock()
		f.tell(of, put)
	case session.Awaiting:
	case session.Ended:
		f.mu.Lock()
		w := f.watches[of]
		delete(f.won, s.ID)
		f.mu.Unlock()
		if w != nil {
			put(w)
		}
	}
}

// tell hands something over to a session's watch, which it begins if there is none; false, and
// nobody heard it, while the floor is not running or if the database has no such session.
func (f *Floor) tell(of watched, put func(*watch) bool) bool {
	for {
		w := f.watch(of)
		if w == nil {
			return false
		}
		if put(w) {
			return true
		} // it ended meanwhile: another one hears it
	}
}

// watch returns the watch of a session and begins it if there is none; nil while the floor is not
// running and for a session that was found missing lately.
func (f *Floor) watch(of watched) *watch {
	f.mu.Lock()
	defer f.mu.Unlock()
	base := f.base
	if w := f.watches[of]; w != nil {
		return w
	}
	if base == nil || f.unknown.has(of, f.Time.Now()) {
		return nil
	}
	w := newWatch(f, of.cabinet, of.session)
	f.watches[of] = w
	f.running.run(func() { w.run(base) })
	return w
}

// retire ends a watch; false if there is mail that it has to look at before. Readings of a session
// that the database does not have are counted and otherwise let go: the cabinet keeps them, because
// "durable" would be said of what was stored nowhere, and another database may know the session.
func (f *Floor) retire(w *watch) bool {
	of := watched{w.cabinet, w.id}
	lost := 0
	f.mu.Lock()
	if w.missing {
		f.unknown.add(of, f.Time.Now())
		lost = len(w.box.take().readings)
	}
	ended := w.box.close()
	if ended {
		delete(f.watches, of)
	}
	f.mu.Unlock()
	for range lost {
		f.Observer.Dropped(droppedUnknown)
	}
	if ended {
		f.Live.Close(w.id)
	}
	return ended
}

// Connected makes epoch the cabinet's current connection.
func (f *Floor) Connected(cabinet larder.CabinetID, org larder.OrgID, epoch int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cabinets[cabinet].epoch < epoch {
		f.cabinets[cabinet] = presence{org: org, epoch: epoch, since: f.Time.Now()}
	}
}

// Disconnected ends the connection of epoch; one that was replaced before is no news.
func (f *Floor) Disconnected(cabinet larder.CabinetID, epoch int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cabinets[cabinet].epoch == epoch {
		delete(f.cabinets, cabinet)
	}
}

// presence returns the cabinet's connection if epoch is the current one, or any if epoch is 0.
func (f *Floor) presence(cabinet larder.CabinetID, epoch int64) (presence, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.cabinets[cabinet]
	return p, ok && (epoch == 0 || p.epoch == epoch)
}

// Event takes a durable event; nil means that it is committed. An event of a connection that is no
// longer current is refused: the cabinet sends it again on the current one.
func (f *Floor) Event(ctx context.Context, epoch int64, ev larder.DoorEvent) error {
	p, ok := f.presence(ev.Cabinet, epoch)
	if !ok {
		return larder.Wrap(larder.CodeConflict, fmt.Errorf("cabinet %s: epoch %d is not current", ev.Cabinet, epoch))
	}
	if err := f.Visits.Door(ctx, p.org, ev); err != nil {
		return err
	}
	if ev.Kind == larder.DoorOpened {
		f.bound(ev)
	}
	if ev.Session != 0 {
		f.tell(watched{ev.Cabinet, ev.Session}, func(w *watch) bool { return w.box.putEvent(ev) })
	}
	return nil
}

// bound tells the other watches of a cabinet that a door was opened: what its lanes weigh from then
// on is no evidence of the visit before (EX9, W8).
func (f *Floor) bound(ev larder.DoorEvent) {
	f.mu.Lock()
	var others []*watch
	for of, w := range f.watches {
		if of.cabinet == ev.Cabinet && w.id != ev.Session {
			others = append(others, w)
		}
	}
	f.mu.Unlock()
	slices.SortFunc(others, func(a, b *watch) int { return cmp.Compare(a.id, b.id) }) // the same order in every run of a seed
	for _, w := range others {
		w.box.putNext(ev)
	}
}

// What is told to [Observer.Dropped].
const (
	droppedReadings = "readings"         // their watch has too many to look at; the cabinet has them still
	droppedUnknown  = "readings_unknown" // of a session that the database does not have
)

// Readings takes a frame of weights. It works in memory.
func (f *Floor) Readings(epoch int64, r larder.Readings) {
	p, ok := f.presence(r.Cabinet, epoch)
	if !ok {
		return
	}
	if !r.Fast() {
		f.Scales.idle(p.org, r)
		return
	}
	of, kept := watched{r.Cabinet, r.Session}, false
	heard := f.tell(of, func(w *watch) (taken bool) {
		kept, taken = w.box.putReadings(r)
		return taken
	})
	switch {
	case !heard && f.isUnknown(of):
		f.Observer.Dropped(droppedUnknown)
	case heard && !kept:
		f.Observer.Dropped(droppedReadings)
	}
}

func (f *Floor) isUnknown(of watched) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.unknown.has(of, f.Time.Now())
}

// Answer takes a cabinet's word on a command. One that comes from a connection that is no longer
// current is not heard: the command may have been sent again since.
func (f *Floor) Answer(a larder.Answer) {
	if _, ok := f.presence(a.Cabinet, a.Epoch); !ok {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	of := f.answers[asked{a.Cabinet, a.Command}]
	if of == nil || of.came {
		return // nobody waits any more: what the door did comes as an event; or the answer was repeated
	}
	of.answer, of.came = a, true
	of.signal.Set()
}

// expected is an answer that somebody waits for; Floor.mu guards it.
type expected struct {
	signal Signal
	answer larder.Answer
	came   bool
}

// expect returns where a cabinet's answer to a command will come, and what ends the waiting.
func (f *Floor) expect(cabinet larder.CabinetID, id larder.CommandID) (*expected, func()) {
	of, x := asked{cabinet, id}, &expected{signal: f.Time.NewSignal()}
	f.mu.Lock()
	f.answers[of] = x
	f.mu.Unlock()
	return x, func() {
		f.mu.Lock()
		delete(f.answers, of)
		f.mu.Unlock()
	}
}

// await returns the answer as soon as it is there; false if d has passed or ctx has ended before.
func (f *Floor) await(ctx context.Context, x *expected, d time.Duration) (larder.Answer, bool) {
	for until := f.Time.Now().Add(d); ; {
		f.mu.Lock()
		answer, came := x.answer, x.came
		f.mu.Unlock()
		left := until.Sub(f.Time.Now())
		if came || ctx.Err() != nil || left <= 0 {
			return answer, came
		}
		x.signal.Wait(ctx, left)
	}
}

// Prove asks a cabinet whether it is there, now; the error is of code cabinet_offline if it is not.
func (f *Floor) Prove(ctx context.Context, cabinet larder.CabinetID) (larder.Proof, error) {
	return f.Commander.Prove(ctx, cabinet)
}

// Connections is the number of cabinets that are connected.
func (f *Floor) Connections() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.cabinets)
}
