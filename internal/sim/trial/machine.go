package trial

import (
	"errors"
	"time"

	"larder"
	core "larder/internal/core/cabinet"
	"larder/internal/edge/link/wire/pb"
	"larder/internal/run"
	"larder/internal/sim/cabinet"
	"larder/internal/sim/history"
	"larder/internal/sim/kernel"
	"larder/internal/sim/physics"
)

// machine is a cabinet of package sim/cabinet, driven by the kernel.
type machine struct {
	*cabinet.Cabinet
	w       *world
	id      larder.CabinetID
	serial  string
	token   string
	lanes   []larder.LaneID
	weather weather
	base    time.Duration // how far away it is
	next    kernel.Timer
	changed run.Signal // set when something happens at the door

	released larder.SessionID // whose command released the lock; 0 if it is engaged
	shut     larder.SessionID // whose close was the latest
	gone     bool             // taken away at the end of its round

	wrong cabinet.Misbehavior // what it does wrong now
}

var (
	errReset   = errors.New("connection reset")
	errRefused = errors.New("connection refused")
)

// handshakeTime is how long a cabinet waits to be welcomed.
const handshakeTime = 5 * time.Second

func newMachine(w *world, c core.Cabinet, door core.Door, lanes []core.Lane, key []byte, goods []physics.Goods) (*machine, error) {
	faults := physics.Ordinary()
	faults.Compressor = 0
	body, err := physics.New(physics.Config{Shelves: shelves, PerRow: perShelf, Goods: goods, Faults: faults}, w.fork())
	if err != nil {
		return nil, err
	}
	m := &machine{w: w, id: c.ID, serial: c.Serial, token: door.Token, base: w.between(4*time.Millisecond, 80*time.Millisecond), changed: w.town.NewSignal()}
	for _, l := range lanes {
		m.lanes = append(m.lanes, l.ID)
	}
	m.Cabinet, err = cabinet.New(cabinet.Config{
		Serial: c.Serial, Key: key, Body: body, Rand: w.fork(), Driven: true, Now: w.kernel.Now, Random: drawn{w.fork()}, Hook: m.hear,
		Cadence: cabinet.Cadence{Fast: w.cfg.reading()},
	})
	return m, err
}

func about(m *machine) history.About { return history.About{Cabinet: int64(m.id)} }

// delay is how long a frame is on its way.
func (m *machine) delay(w *world) time.Duration { return m.base + w.between(0, 20*time.Millisecond) }

// poke does what is due and sets the time of the next look. Whoever has touched the machine calls it.
func (m *machine) poke() {
	if m.gone {
		return
	}
	next, connect := m.Tick()
	if connect {
		m.dial()
	}
	m.next.Stop()
	m.next = m.w.kernel.At(next, m.poke)
}

// hear is told of every change while the machine stands still.
func (m *machine) hear(c cabinet.Change) {
	m.w.say(of(c.Session, m.id), "%s: %s %s command=%s %d/%d %s", m.serial, c.Kind, c.Event, c.Command, c.Boot, c.Seq, c.Result)
	switch c.Kind {
	case cabinet.LockReleased:
		m.released = c.Session
	case cabinet.LockEngaged:
		m.released = 0
	case cabinet.DoorShut:
		m.released, m.shut = 0, c.Session
	default:
		return
	}
	m.changed.Set()
}

// dial asks the platform for a connection.
func (m *machine) dial() {
	w, boot, settled := m.w, m.Boot(), false
	give := func(err error) {
		if !settled {
			settled = true
			m.Unplugged(nil, err)
			m.poke()
		}
	}
	w.kernel.After(handshakeTime, func() { give(errReset) })
	w.kernel.After(m.delay(w)*3, func() {
		p := w.platform
		if p == nil {
			give(errRefused)
			return
		}
		p.life.Go(func() {
			l, welcome, err := p.gateway.welcome(p.ctx, m, boot)
			if err != nil {
				w.kernel.After(m.delay(w), func() { give(err) })
				return
			}
			w.kernel.After(m.delay(w), func() {
				if settled || l.ended {
					l.end("nobody came")
					give(errReset)
					return
				}
				settled = true
				m.plug(l, boot, welcome)
			})
		})
	})
}

func (m *machine) plug(l *line, boot uint64, welcome *pb.Welcome) {
	l.plugged = true
	if err := m.Plug(l, boot, welcome); err != nil {
		l.end("the cabinet moved on")
	}
	m.poke()
}

// misbehave sets what the machine does wrong; its clock goes on as it does.
func (m *machine) misbehave(wrong cabinet.Misbehavior) {
	wrong.ClockAhead, wrong.ClockFast = m.wrong.ClockAhead, m.wrong.ClockFast
	m.wrong = wrong
	m.Misbehave(wrong)
}

// setClock restarts the machine with another clock (G1): within a boot its time does not go back.
//
// What the network still wanted to lose, it loses no more: a stream that loses a frame and goes on is
// a stranger to the native link, and over a restart nobody could tell. The first event of an earlier
// boot that comes over a connection is taken for the next one (link/sequence).
func (m *machine) setClock(ahead time.Duration, fast float64) {
	m.weather.gap, m.weather.deaf = 0, 0
	m.PowerOff() // and with it the lock engages: nobody is at the door
	m.released = 0
	m.wrong.ClockAhead, m.wrong.ClockFast = ahead, fast
	m.Misbehave(m.wrong)
	m.PowerOn()
	m.poke()
}

// cutOff takes the network away for a while, or until everything heals (X3).
func (m *machine) cutOff() {
	m.Cut()
	m.poke()
	m.w.kernel.After(m.w.between(3*time.Second, 2*time.Minute), m.reconnect)
}

// reconnect gives the network back.
func (m *machine) reconnect() {
	if !m.gone {
		m.Heal()
		m.poke()
	}
}

// wild reports whether the scales mean nothing now.
func (m *machine) wild() bool { return m.wrong.WildAfterClose || m.wrong.WildAfterOpen }

// keeps reports whether the machine has something that the platform has not said to be durable.
func (m *machine) keeps() bool {
	s := m.State()
	return s.Events > 0 || s.Kept > 0
}

// remove takes the machine away at the end of its round.
func (m *machine) remove() {
	m.gone = true
	m.next.Stop()
	m.PowerOff()
}
