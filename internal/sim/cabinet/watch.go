package cabinet

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"larder"
)

// ChangeKind says what happened to a machine.
type ChangeKind string

// What happens. Fields of [Change] that belong to a kind stand beside it.
const (
	Connected       ChangeKind = "connected"        // the handshake has ended
	Disconnected    ChangeKind = "disconnected"     // a welcomed connection has ended
	OpenReceived    ChangeKind = "open_received"    // Command, Session: a frame, not judged yet
	ReadReceived    ChangeKind = "read_received"    // Command: ReadLanes or ReadDoor
	Answered        ChangeKind = "answered"         // Command, Result: the answer was queued
	LockReleased    ChangeKind = "lock_released"    // Command, Session: OpenDoor works from now on
	LockEngaged     ChangeKind = "lock_engaged"     // Session: nobody opened the door in time
	DoorOpened      ChangeKind = "door_opened"      // Session, Event, Boot, Seq: in the cabinet's log
	DoorShut        ChangeKind = "door_shut"        // Session, Event, Boot, Seq: in the cabinet's log
	EventSent       ChangeKind = "event_sent"       // Session, Event, Boot, Seq: written to the socket
	EventDurable    ChangeKind = "event_durable"    // Session, Event, Boot, Seq: the platform said so
	SessionOver     ChangeKind = "session_over"     // Session: its stream has ended
	ReadingsDurable ChangeKind = "readings_durable" // Session: its readings are forgotten
	Booted          ChangeKind = "booted"           // Boot
)

// Change is one thing that happened.
type Change struct {
	Kind    ChangeKind
	At      time.Time
	Command larder.CommandID
	Session larder.SessionID
	Event   larder.DoorEventKind
	Boot    uint64
	Seq     uint64
	Result  larder.AnswerResult
}

// watchRoom is how many changes a watch holds for a slow reader; then it forgets the oldest.
const watchRoom = 1024

// errClosed is what a closed watch answers.
var errClosed = errors.New("the watch of a simulated cabinet is closed")

// Watch is a queue of the changes from its beginning on, for one reader.
type Watch struct {
	cabinet *Cabinet
	signal  chan struct{} // holds one

	mu     sync.Mutex
	queue  []Change
	closed bool
}

// Watch begins to record changes. The caller closes the watch.
func (c *Cabinet) Watch() *Watch {
	w := &Watch{cabinet: c, signal: make(chan struct{}, 1)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watches[w] = struct{}{}
	return w
}

// WaitConnected returns when the machine has a connection that was welcomed, or with the context's
// error.
func (c *Cabinet) WaitConnected(ctx context.Context) error {
	watch := c.Watch()
	defer watch.Close()
	if c.State().Connected {
		return nil
	}
	_, err := watch.Until(ctx, Is(Connected))
	return err
}

// Close ends the watch.
func (w *Watch) Close() {
	w.cabinet.mu.Lock()
	delete(w.cabinet.watches, w)
	w.cabinet.mu.Unlock()
	w.mu.Lock()
	w.closed, w.queue = true, nil
	w.mu.Unlock()
	w.poke()
}

// Next returns the next change, waiting for it; the error is the context's, or says that the watch
// is closed.
func (w *Watch) Next(ctx context.Context) (Change, error) {
	for {
		w.mu.Lock()
		closed := w.closed
		if len(w.queue) > 0 {
			change := w.queue[0]
			w.queue = w.queue[1:]
			w.mu.Unlock()
			return change, nil
		}
		w.mu.Unlock()
		if closed {
			return Change{}, errClosed
		}
		select {
		case <-ctx.Done():
			return Change{}, ctx.Err()
		case <-w.signal:
		}
	}
}

// Until returns the next change for which one of the tests holds, and skips those before it.
func (w *Watch) Until(ctx context.Context, tests ...func(Change) bool) (Change, error) {
	for {
		change, err := w.Next(ctx)
		if err != nil {
			return change, err
		}
		if slices.ContainsFunc(tests, func(is func(Change) bool) bool { return is(change) }) {
			return change, nil
		}
	}
}

// Is tests for any of some kinds of change.
func Is(kinds ...ChangeKind) func(Change) bool {
	return func(c Change) bool { return slices.Contains(kinds, c.Kind) }
}

// IsEvent tests for a kind of change to a kind of door event, such as [EventDurable] to
// [larder.DoorShut].
func IsEvent(kind ChangeKind, event larder.DoorEventKind) func(Change) bool {
	return func(c Change) bool { return c.Kind == kind && c.Event == event }
}

func (w *Watch) add(change Change) {
	w.mu.Lock()
	if !w.closed {
		if len(w.queue) >= watchRoom {
			w.queue = w.queue[1:]
		}
		w.queue = append(w.queue, change)
	}
	w.mu.Unlock()
	w.poke()
}

func (w *Watch) poke() {
	select {
	case w.signal <- struct{}{}:
	default:
	}
}

// tell records a change with everyone who watches.
func (c *Cabinet) tell(change Change) {
	if len(c.watches) == 0 && c.cfg.Hook == nil {
		return
	}
	change.At = c.cfg.Now()
	if c.cfg.Hook != nil {
		c.cfg.Hook(change)
	}
	for w := range c.watches {
		w.add(change)
	}
}
