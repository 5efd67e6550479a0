package tcp

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"larder"
	"larder/internal/edge/link/driver"
	"larder/internal/edge/link/sequence"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// connection is one authenticated connection. The goroutine that serves it owns in and rate.
type connection struct {
	g       *Gateway
	conn    net.Conn
	in      *wire.Reader
	rate    pace
	cabinet driver.Cabinet
	speaker driver.Driver
	remote  string
	log     *slog.Logger

	out    *sender
	events *events
	pings  *pings

	once   sync.Once
	reason closeReason   // set before done is closed
	done   chan struct{} // closed when nothing may pass any more
}

func (g *Gateway) newConnection(conn net.Conn, in *wire.Reader, cabinet driver.Cabinet, speaker driver.Driver, durable uint64) *connection {
	c := &connection{
		g:       g,
		conn:    conn,
		in:      in,
		rate:    newPace(g.cfg.Now()),
		cabinet: cabinet,
		speaker: speaker,
		log:     g.cfg.Logger.With(keyCabinet, cabinet.ID.String(), keyEpoch, cabinet.Epoch),
		pings:   newPings(),
		done:    make(chan struct{}),
	}
	c.out = newSender(conn, g.metrics, c.end)
	c.events = &events{c: c, sequence: sequence.New(cabinet.Boot, durable)}
	return c
}

// end lets nothing pass from now on and wakes the reading goroutine, which closes the socket. The
// first reason counts. It never blocks.
func (c *connection) end(reason closeReason) {
	c.once.Do(func() {
		c.reason = reason
		close(c.done)
		_ = c.conn.SetReadDeadline(time.Unix(1, 0)) // fails only on a closed socket, which wakes too
	})
}

// ended reports whether the connection is over.
func (c *connection) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// why returns the reason of an ended connection.
func (c *connection) why() closeReason {
	<-c.done
	return c.reason
}

// read passes on what arrives until the connection ends.
func (c *connection) read(ctx context.Context) {
	if !c.ended() {
		c.g.cfg.Handler.Heartbeat(c.cabinet.ID, c.cabinet.Epoch)
	}
	for {
		frame, err := c.next()
		if c.ended() {
			return
		}
		if err != nil {
			c.end(reasonOf(err))
			return
		}
		if err := c.dispatch(ctx, frame); err != nil {
			c.log.WarnContext(ctx, "cabinet breaks the protocol", keyError, err)
			c.end(reasonOf(err))
			return
		}
		if !c.throttle(len(frame.Body)) {
			return
		}
	}
}

// next waits for a frame as long as a cabinet may be silent, and for its rest as long as a frame
// may take.
func (c *connection) next() (wire.Frame, error) {
	if !c.in.Pending() {
		if err := c.deadline(silenceTimeout); err != nil {
			return wire.Frame{}, err
		}
		if err := c.in.Wait(); err != nil {
			return wire.Frame{}, err
		}
	}
	if err := c.deadline(frameTimeout); err != nil {
		return wire.Frame{}, err
	}
	frame, err := c.in.Next()
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		err = errSlowFrame
	}
	return frame, err
}

// errSlowFrame is a frame that began and did not end in time.
var errSlowFrame = errors.New("a frame took too long")

// deadline sets how long the next read may take. An end that came in between is not undone.
func (c *connection) deadline(d time.Duration) error {
	if err := c.conn.SetReadDeadline(time.Now().Add(d)); err != nil {
		return err
	}
	if c.ended() {
		return net.ErrClosed
	}
	return nil
}

// throttle keeps the peer's pace; it reports whether the connection is still to be read.
func (c *connection) throttle(size int) bool {
	wait, flood := c.rate.spend(size, c.g.cfg.Now())
	switch {
	case flood:
		c.end(reasonFlood)
		return false
	case wait == 0:
		return true
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.done:
		return false
	}
}

// dispatch decodes a frame and hands it to whom it is for.
func (c *connection) dispatch(ctx context.Context, frame wire.Frame) error {
	c.g.metrics.received(frame.Type)
	message, err := c.speaker.Decode(c.cabinet, driver.Packet{Kind: uint8(frame.Type), Body: frame.Body})
	if err != nil {
		return err
	}
	now := larder.MillisOf(c.g.cfg.Now())
	switch m := message.(type) {
	case driver.Heartbeat:
		c.answerHeartbeat(ctx, now)
		c.g.cfg.Handler.Heartbeat(c.cabinet.ID, c.cabinet.Epoch)
	case driver.Readings:
		m.Arrived = now
		c.g.cfg.Handler.Readings(c.cabinet.Epoch, m.Readings)
	case driver.Event:
		m.Arrived = now
		return c.events.offer(ctx, m.DoorEvent)
	case driver.Answer:
		m.Arrived = now
		c.g.cfg.Handler.Answer(ctx, m.Answer)
	case driver.Pong:
		c.pings.deliver(m)
	case driver.Unknown: // counted above
	}
	return nil
}

// answerHeartbeat sends an acknowledgement if the model wants one.
func (c *connection) answerHeartbeat(ctx context.Context, now larder.Millis) {
	if acker, ok := c.speaker.(driver.HeartbeatAcker); ok {
		packet, err := acker.EncodeHeartbeatAck(c.cabinet, now)
		c.post(ctx, packet, err)
	}
}

// post queues an acknowledgement that was just encoded.
func (c *connection) post(ctx context.Context, packet driver.Packet, err error) {
	if err != nil {
		c.log.ErrorContext(ctx, "an acknowledgement cannot be encoded", keyError, err)
		return
	}
	c.out.post(packet)
}

// tearDown closes the socket of an ended connection, politely where the reason allows it, and
// returns when nothing works for the connection any more.
func (c *connection) tearDown(ctx context.Context) {
	if word := c.why().goodbye(); word != 0 {
		if frame, err := wire.Marshal(&pb.Goodbye{Reason: word}); err == nil {
			c.out.farewell(driver.Packet{Kind: uint8(frame.Type), Body: frame.Body})
		}
	}
	if err := c.conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.ErrClosedPipe) {
		c.log.DebugContext(ctx, "closing a cabinet's socket", keyError, err)
	}
	c.out.close()
	c.events.wait()
}
