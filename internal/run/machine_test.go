package run_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing/synctest"
	"time"

	"larder"
)

// machine is a cabinet that is not real: it answers pings and commands, tells of its door, weighs
// what lies in it, and keeps its events and readings until it is told that they are durable.
type machine struct {
	h   *house
	rng *rand.Rand

	mu        sync.Mutex // guards what follows
	up        bool
	deaf      bool // hears commands and does not answer
	stale     bool // says "closed" to "open"
	jammed    bool // releases nothing
	refusing  bool // refuses a command that it has heard before
	deafOnce  bool // does not hear the next word that readings are durable
	epoch     int64
	door      larder.DoorState
	opened    []larder.OpenCommand
	seq       uint64
	frames    uint64
	session   larder.SessionID
	mass      []float64 // grams by lane
	events    []larder.DoorEvent
	readings  []larder.Readings
	forgotten []larder.SessionID

	gone sync.WaitGroup // answers on their way
}

const (
	frame = 300 * time.Millisecond
	tail  = 27 // frames after a close: 8.1 s
)

func newMachine(h *house) *machine {
	return &machine{
		h: h, rng: rand.New(rand.NewPCG(1, 2)), //nolint:gosec // a test repeats itself
		door: larder.DoorClosed, mass: []float64{3500, 5500, 1200, 5000},
	}
}

// connect makes a connection to the running process and replays what is not durable.
func (m *machine) connect() {
	m.mu.Lock()
	m.up = true
	m.epoch++
	epoch, events, readings := m.epoch, append([]larder.DoorEvent{}, m.events...), append([]larder.Readings{}, m.readings...)
	m.mu.Unlock()
	m.h.floor.Connected(m.h.cabinet.ID, m.h.org, epoch)
	for _, ev := range events {
		m.tell(ev)
	}
	for _, r := range readings {
		r.Arrived = larder.MillisOf(time.Now())
		m.h.floor.Readings(epoch, r)
	}
	synctest.Wait()
}

func (m *machine) disconnect() {
	m.mu.Lock()
	m.up = false
	epoch := m.epoch
	m.mu.Unlock()
	m.h.floor.Disconnected(m.h.cabinet.ID, epoch)
}

// Prove implements run.Commander.
func (m *machine) Prove(context.Context, larder.CabinetID) (larder.Proof, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.up {
		return larder.Proof{}, larder.E(larder.CodeOffline)
	}
	return larder.Proof{
		Cabinet: m.h.cabinet.ID, Epoch: m.epoch, Challenge: make([]byte, 16), Doors: []larder.DoorState{m.door, larder.DoorClosed},
	}, nil
}

// Open implements run.Commander: the lock is released, and the answer comes a moment later.
func (m *machine) Open(_ context.Context, cmd larder.OpenCommand) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.up {
		return larder.E(larder.CodeOffline)
	}
	repeated := slices.ContainsFunc(m.opened, func(c larder.OpenCommand) bool { return c.Command == cmd.Command })
	if !repeated {
		m.opened = append(m.opened, cmd)
	}
	answer := larder.Answer{Cabinet: m.h.cabinet.ID, Epoch: cmd.Epoch, Command: cmd.Command, Result: larder.AnswerDone}
	switch {
	case repeated && m.refusing:
		answer.Result, answer.Door = larder.AnswerRefused, m.door
	case repeated: // the lock moves once (O12)
		answer.Door = m.door
	case m.jammed:
		answer.Door = larder.DoorClosed
	case m.stale:
		m.session, m.door, answer.Door = cmd.Session, larder.DoorOpening, larder.DoorClosed
	default:
		m.session, m.door, answer.Door = cmd.Session, larder.DoorOpening, larder.DoorOpening
	}
	if !m.deaf {
		floor := m.h.floor
		m.gone.Go(func() {
			time.Sleep(20 * time.Millisecond)
			floor.Answer(answer)
		})
	}
	return nil
}

// SessionDurable implements run.Commander.
func (m *machine) SessionDurable(_ context.Context, _ larder.CabinetID, id larder.SessionID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.up {
		return larder.E(larder.CodeOffline)
	}
	m.forgotten = append(m.forgotten, id)
	if m.deafOnce {
		m.deafOnce = false
		return nil
	}
	kept := m.readings[:0]
	for _, r := range m.readings {
		if r.Session != id {
			kept = append(kept, r)
		}
	}
	m.readings = kept
	return nil
}

// durable returns how often the cabinet was told to forget a session.
func (m *machine) durable(id larder.SessionID) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range m.forgotten {
		if f == id {
			n++
		}
	}
	return n
}

// commands returns the open commands that arrived, each once.
func (m *machine) commands() []larder.OpenCommand {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]larder.OpenCommand{}, m.opened...)
}

// event makes the next durable event and tells it if there is a connection.
func (m *machine) event(kind larder.DoorEventKind) {
	m.mu.Lock()
	m.seq++
	now := larder.MillisOf(time.Now())
	ev := larder.DoorEvent{
		Cabinet: m.h.cabinet.ID, Boot: 1, Seq: m.seq, Door: 1, Kind: kind, Session: m.session, At: now, Arrived: now,
	}
	m.events = append(m.events, ev)
	switch kind {
	case larder.DoorOpened:
		m.door = larder.DoorOpen
	case larder.DoorShut:
		m.door = larder.DoorClosed
	case larder.DoorForced:
	}
	up := m.up
	m.mu.Unlock()
	if up {
		m.tell(ev)
	}
}

// tell sends an event; what is committed need not be told again.
func (m *machine) tell(ev larder.DoorEvent) {
	m.mu.Lock()
	epoch := m.epoch
	m.mu.Unlock()
	if err := m.h.floor.Event(context.Background(), epoch, ev); err != nil {
		return // it stays in the cabinet
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := m.events[:0]
	for _, e := range m.events {
		if e.Seq != ev.Seq {
			kept = append(kept, e)
		}
	}
	m.events = kept
}

// weigh sends n frames of readings, 300 ms apart.
func (m *machine) weigh(n int) {
	for range n {
		time.Sleep(frame)
		m.mu.Lock()
		m.frames++
		now := larder.MillisOf(time.Now())
		r := larder.Readings{
			Cabinet: m.h.cabinet.ID, Boot: 1, Session: m.session, Seq: m.frames, Door: m.door, At: now, Arrived: now,
		}
		for _, g := range m.mass {
			r.Mass = append(r.Mass, larder.Gram(math.Round(g+m.rng.NormFloat64())))
		}
		m.readings = append(m.readings, r)
		up, epoch := m.up, m.epoch
		m.mu.Unlock()
		if up {
			m.h.floor.Readings(epoch, r)
		}
	}
	synctest.Wait()
}

// take has a hand take grams from a lane, from 0.
func (m *machine) take(lane int, grams float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mass[lane] -= grams
}

// shop is an ordinary visit at an opened lock: readings at rest, the door opens, each lane loses a
// piece of so many grams, the door closes, and the readings' tail.
func (m *machine) shop(takes map[int]float64) {
	m.pull(takes)
	m.event(larder.DoorShut)
	m.weigh(tail)
}

// pull is the first part of shop: the door stays open.
func (m *machine) pull(takes map[int]float64) {
	m.weigh(6)
	m.event(larder.DoorOpened)
	m.weigh(8)
	for lane, grams := range takes {
		m.take(lane, grams)
	}
	m.weigh(12)
}
