package cabinet

import (
	"errors"
	"net"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"larder/internal/edge/link/wire"
)

// maxQueued is how many bytes may wait for the platform to read. A connection that falls behind
// further is given up: everything that matters is kept and goes out again over the next.
const maxQueued = 1 << 20

// conn is one welcomed connection. Fields without a note are constant or guarded by Cabinet.mu.
type conn struct {
	cabinet    *Cabinet
	socket     net.Conn
	epoch      int64
	since      time.Time
	challenges []challenge // oldest first
	answers    []answered  // oldest first
	outbox     outbox
}

// outbox holds frames between the machine and its socket.
type outbox struct {
	signal chan struct{} // holds one
	done   chan struct{} // closed with the connection

	mu     sync.Mutex
	first  []byte // goes out before the rest
	bytes  []byte
	sent   []Change // to be told once bytes are written
	closed bool
}

func newConn(c *Cabinet, socket net.Conn, epoch int64) *conn {
	return &conn{
		cabinet: c, socket: socket, epoch: epoch, since: time.Now(),
		outbox: outbox{signal: make(chan struct{}, 1), done: make(chan struct{})},
	}
}

// send queues an encoded frame.
func (l *conn) send(frame []byte) { l.put(frame, false, nil) }

// sendBody queues a message.
func (l *conn) sendBody(m proto.Message) { l.encode(m, false, nil) }

// sendFirst queues a message before everything that waits.
func (l *conn) sendFirst(m proto.Message) { l.encode(m, true, nil) }

// sendThen queues a message and tells of a change once it is written.
func (l *conn) sendThen(m proto.Message, then Change) { l.encode(m, false, &then) }

func (l *conn) encode(m proto.Message, first bool, then *Change) {
	frame, err := wire.Encode(m)
	if err != nil {
		l.cabinet.cfg.Log.Error("encode a frame", "error", err)
		return
	}
	l.put(frame, first, then)
}

func (l *conn) put(frame []byte, first bool, then *Change) {
	o := &l.outbox
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return
	}
	if len(o.bytes)+len(frame) > maxQueued {
		l.shut()
		return
	}
	if first {
		o.first = append(o.first, frame...)
	} else {
		o.bytes = append(o.bytes, frame...)
	}
	if then != nil {
		o.sent = append(o.sent, *then)
	}
	select {
	case o.signal <- struct{}{}:
	default:
	}
}

// close ends the connection; its goroutines follow.
func (l *conn) close() {
	l.outbox.mu.Lock()
	defer l.outbox.mu.Unlock()
	l.shut()
}

// shut is close for those who hold outbox.mu.
func (l *conn) shut() {
	if l.outbox.closed {
		return
	}
	l.outbox.closed = true
	close(l.outbox.done)
	_ = l.socket.Close() // whatever it says, we are done with it
}

// take empties the outbox.
func (o *outbox) take(buffer []byte) (bytes []byte, sent []Change) {
	o.mu.Lock()
	defer o.mu.Unlock()
	bytes = append(append(buffer[:0], o.first...), o.bytes...)
	sent = o.sent
	o.first, o.bytes, o.sent = o.first[:0], o.bytes[:0], nil
	return bytes, sent
}

// write moves frames from the outbox to the socket until the connection ends.
func (l *conn) write() {
	var buffer []byte
	for {
		select {
		case <-l.outbox.done:
			return
		case <-l.outbox.signal:
		}
		var sent []Change
		buffer, sent = l.outbox.take(buffer)
		if err := writeAll(l.socket, buffer); err != nil {
			l.close()
			return
		}
		l.cabinet.tellAll(sent)
	}
}

func writeAll(socket net.Conn, bytes []byte) error {
	if len(bytes) == 0 {
		return nil
	}
	if err := socket.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	_, err := socket.Write(bytes)
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
