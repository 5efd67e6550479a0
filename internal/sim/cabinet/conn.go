package cabinet

import (
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"larder/internal/edge/link/wire"
)

// maxQueued is how many bytes may wait for the platform to read. A connection that falls behind
// further is given up: everything that matters is kept and goes out again over the next.
const maxQueued = 1 << 20

// conn is one welcomed connection. Fields without a note are constant or guarded by Cabinet.mu.
type conn struct {
	cabinet    *Cabinet
	socket     net.Conn
	line       Line // in place of the socket, for a machine that is driven
	epoch      int64
	since      time.Time
	challenges []challenge // oldest first
	answers    []answered  // oldest first
	outbox     outbox
}

// outbox holds frames between the machine and its socket. A goroutine writes while there are some:
// a machine that has nothing to say costs none.
type outbox struct {
	writers sync.WaitGroup

	mu      sync.Mutex
	first   []byte // goes out before the rest
	rest    []byte
	sent    []Change // to be told once rest is written
	writing bool
	closed  bool
}

func newConn(c *Cabinet, socket net.Conn, epoch int64) *conn {
	return &conn{cabinet: c, socket: socket, epoch: epoch, since: c.cfg.Now()}
}

// send queues a frame, given as [wire.Encode] returns it.
func (l *conn) send(frame []byte, err error) { l.put(frame, err, false, nil) }

// sendFirst queues a frame before everything that waits.
func (l *conn) sendFirst(frame []byte, err error) { l.put(frame, err, true, nil) }

// sendEvent queues an event and tells of it once it is written.
func (l *conn) sendEvent(e event) {
	frame, err := wire.Encode(e.body())
	sent := e.change(EventSent)
	l.put(frame, err, false, &sent)
}

func (l *conn) put(frame []byte, err error, first bool, then *Change) {
	if err != nil {
		l.cabinet.cfg.Log.Error("encode a frame", "error", err)
		return
	}
	if l.line != nil {
		l.carry(frame, then)
		return
	}
	o := &l.outbox
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return
	}
	if len(o.rest)+len(frame) > maxQueued {
		l.shut()
		return
	}
	if first {
		o.first = append(o.first, frame...)
	} else {
		o.rest = append(o.rest, frame...)
	}
	if then != nil {
		o.sent = append(o.sent, *then)
	}
	if !o.writing {
		o.writing = true
		o.writers.Go(l.write)
	}
}

// close ends the connection; its goroutines follow.
func (l *conn) close() {
	if l.line != nil {
		l.line.Cut()
		return
	}
	l.outbox.mu.Lock()
	defer l.outbox.mu.Unlock()
	l.shut()
}

// shut is close for those who hold outbox.mu.
func (l *conn) shut() {
	if !l.outbox.closed {
		l.outbox.closed = true
		_ = l.socket.Close() // whatever it says, we are done with it
	}
}

// take empties the outbox; false if there is nothing to write, and then nobody writes.
func (o *outbox) take() (frames []byte, sent []Change, more bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || len(o.first)+len(o.rest) == 0 {
		o.writing = false
		return nil, nil, false
	}
	frames, sent = slices.Concat(o.first, o.rest), o.sent
	o.first, o.rest, o.sent = nil, nil, nil
	return frames, sent, true
}

// write moves frames from the outbox to the socket until there are none.
func (l *conn) write() {
	for {
		frames, sent, more := l.outbox.take()
		if !more {
			return
		}
		if err := writeAll(l.socket, frames); err != nil {
			l.close()
			continue // take says that it is over
		}
		l.cabinet.tellAll(sent)
	}
}

func writeAll(socket net.Conn, frames []byte) error {
	if err := socket.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	_, err := socket.Write(frames)
	return err
}

// read hands every frame to the machine until the connection ends, and returns why it did.
func (l *conn) read(r *wire.Reader) error {
	for {
		f, err := nextFrame(l.socket, r)
		if err != nil {
			return err
		}
		if !l.cabinet.receive(l, f) {
			return errReplaced
		}
	}
}

var errReplaced = errors.New("the machine has left this connection")

// nextFrame waits for a frame as long as it takes, and then for its end as long as it may.
func nextFrame(socket net.Conn, r *wire.Reader) (wire.Frame, error) {
	if err := r.Wait(); err != nil {
		return wire.Frame{}, err
	}
	if err := socket.SetReadDeadline(time.Now().Add(frameTime)); err != nil {
		return wire.Frame{}, err
	}
	f, err := r.Next()
	if err != nil {
		return wire.Frame{}, err
	}
	return f, socket.SetReadDeadline(time.Time{})
}

// tellAll records changes from outside the machine's lock.
func (c *Cabinet) tellAll(changes []Change) {
	if len(changes) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, change := range changes {
		c.tell(change)
	}
}
