package tcp

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"larder"
	"larder/internal/edge/link/driver"
	"larder/internal/edge/link/wire"
)

// sender writes the frames of one connection, in order, from a bounded queue. A goroutine writes
// only while something waits: an idle connection has none.
type sender struct {
	conn    net.Conn
	metrics *metrics
	fail    func(closeReason) // called once a write has failed

	mu      sync.Mutex  // guards what follows
	queue   []*outgoing // at most maxWaiting
	writing bool        // the goroutine runs
	closed  bool        // nothing is taken any more
	wg      sync.WaitGroup
}

// outgoing is one frame that waits.
type outgoing struct {
	packet  driver.Packet
	written chan error // of a command: told once, after the write or instead of it; nil: droppable
}

// errGone is what commands are told when their connection ends before they are written.
var errGone = larder.Wrap(larder.CodeOffline, errors.New("the connection ended"))

func newSender(conn net.Conn, m *metrics, fail func(closeReason)) *sender {
	return &sender{conn: conn, metrics: m, fail: fail}
}

// post queues an acknowledgement. Where the queue is full, the oldest acknowledgement goes (a later
// one says more, and the cabinet asks again), never a command. It does not block.
func (s *sender) post(p driver.Packet) { _ = s.enqueue(&outgoing{packet: p}) } // a drop is counted

// send queues a command and returns nil once it is written to the socket. An error of code overload
// (the queue is full of commands) or cabinet_offline (the connection ended, or ctx did first) means
// that it was not written whole, unless the socket failed in the middle of it.
func (s *sender) send(ctx context.Context, p driver.Packet) error {
	o := &outgoing{packet: p, written: make(chan error, 1)}
	if err := s.enqueue(o); err != nil {
		return err
	}
	select {
	case err := <-o.written:
		return err
	case <-ctx.Done():
	}
	if s.withdraw(o) {
		return larder.Wrap(larder.CodeOffline, ctx.Err())
	}
	return <-o.written // it is being written: the write's own deadline ends this
}

// enqueue appends a frame, in place of the oldest acknowledgement if need be, and sees that somebody
// writes. The error is of code overload where only commands wait, and cabinet_offline at the end.
func (s *sender) enqueue(o *outgoing) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errGone
	}
	if len(s.queue) >= maxWaiting {
		oldest := slices.IndexFunc(s.queue, func(o *outgoing) bool { return o.written == nil })
		if oldest < 0 {
			s.metrics.dropped(wire.Type(o.packet.Kind))
			return larder.E(larder.CodeOverload)
		}
		s.metrics.dropped(wire.Type(s.queue[oldest].packet.Kind))
		s.queue = slices.Delete(s.queue, oldest, oldest+1)
	}
	s.queue = append(s.queue, o)
	if !s.writing {
		s.writing = true
		s.wg.Go(s.drain)
	}
	return nil
}

// withdraw takes a command out that nobody has begun to write.
func (s *sender) withdraw(o *outgoing) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.Index(s.queue, o)
	if at < 0 {
		return false
	}
	s.queue = slices.Delete(s.queue, at, at+1)
	return true
}

// drain writes until the queue is empty or a write fails.
func (s *sender) drain() {
	for {
		o := s.pop()
		if o == nil {
			return
		}
		err := s.write(o.packet, writeTimeout)
		if o.written != nil {
			o.written <- err
		}
		if err != nil {
			s.abandon()
			s.fail(stalledOrBroken(err))
			return
		}
	}
}

// pop takes the next frame, or ends the goroutine's turn with nil.
func (s *sender) pop() *outgoing {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		s.queue, s.writing = nil, false
		return nil
	}
	o := s.queue[0]
	s.queue = s.queue[1:]
	return o
}

// write puts one frame on the socket.
func (s *sender) write(p driver.Packet, timeout time.Duration) error {
	frame, err := wire.AppendFrame(make([]byte, 0, len(p.Body)+wire.Overhead), wire.Type(p.Kind), p.Body)
	if err != nil {
		return larder.Wrap(larder.CodeInternal, err)
	}
	if err := s.conn.SetWriteDeadline(time.Now().Add(timeout)); err != nil {
		return larder.Wrap(larder.CodeOffline, err)
	}
	if _, err := s.conn.Write(frame); err != nil {
		return larder.Wrap(larder.CodeOffline, err)
	}
	s.metrics.sent(wire.Type(p.Kind))
	return nil
}

// farewell takes nothing more, and writes one last frame unless a write is under way.
func (s *sender) farewell(p driver.Packet) {
	busy := s.abandon()
	if !busy {
		_ = s.write(p, farewellTimeout) // the connection ends either way
	}
}

// close takes nothing more and returns when nobody writes; the socket is closed already, so that is
// soon.
func (s *sender) close() {
	s.abandon()
	s.wg.Wait()
}

// abandon takes nothing more and tells the commands that wait. It reports whether a write is under
// way.
func (s *sender) abandon() (busy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.queue {
		if o.written != nil {
			o.written <- errGone
		}
	}
	s.queue, s.closed = nil, true
	return s.writing
}

// stalledOrBroken tells a peer that does not read from a socket that failed.
func stalledOrBroken(err error) closeReason {
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return reasonStalled
	}
	return reasonBroken
}
