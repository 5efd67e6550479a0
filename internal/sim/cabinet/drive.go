package cabinet

import (
	"time"

	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// Line carries the frames of one connection for a machine that is driven. It is called while the
// machine stands still, so it must not call the machine.
type Line interface {
	// Carry takes one whole frame, in the order in which the machine sends them; the bytes are shared
	// and not to be changed.
	Carry(frame []byte)
	// Cut says that the machine has left the connection.
	Cut()
}

// Tick does what is due on a machine that is driven, and returns when something is due again; any
// other call may move that forward. Where connect is true the machine wants a connection: whoever
// drives it answers with [Cabinet.Plug] or [Cabinet.Unplugged].
func (c *Cabinet) Tick() (next time.Time, connect bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.cfg.Now()
	connect = c.ring(now)
	c.rouse = c.alarms.next(now)
	return c.rouse, connect
}

// Boot is the number of the present boot, as a Hello would say it.
func (c *Cabinet) Boot() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.boot
}

// Plug makes a connection that was welcomed in a boot the machine's own, and lets it send what must
// follow the Welcome. The error says that the machine has moved on since; it will ask again.
func (c *Cabinet) Plug(line Line, boot uint64, w *pb.Welcome) error {
	l := newConn(c, nil, w.Epoch)
	l.line = line
	err := c.attach(l, boot, w)
	if err != nil {
		c.Unplugged(nil, err)
	}
	return err
}

// Unplugged says that a connection has ended, or for a nil line that there is none to be had; why is
// for people. The machine will try again.
func (c *Cabinet) Unplugged(line Line, why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case line == nil:
		c.greeting = false
		c.retry(why)
	case c.link != nil && c.link.line == line:
		c.drop()
		c.retry(why)
	}
}

// Hear hands over one frame of a connection; false says that the connection has ended.
func (c *Cabinet) Hear(line Line, f wire.Frame) bool {
	c.mu.Lock()
	l := c.link
	c.mu.Unlock()
	return l != nil && l.line == line && c.receive(l, f)
}

// carry is put for a machine that is driven; Cabinet.mu is held.
func (l *conn) carry(frame []byte, then *Change) {
	l.line.Carry(frame)
	if then != nil {
		l.cabinet.tell(*then)
	}
}
