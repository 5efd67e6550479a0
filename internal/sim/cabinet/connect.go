package cabinet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// mayConnect reports whether a connection should be tried, and notes that it is.
func (c *Cabinet) mayConnect() bool {
	if !c.powered || c.cut || c.link != nil || c.greeting {
		return false // an attempt that is under way tries again by itself
	}
	c.greeting = true
	return true
}

// connect makes one connection and serves it until it ends.
func (c *Cabinet) connect(ctx context.Context) {
	socket, r, l, err := c.establish(ctx)
	if err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.greeting = false
		if ctx.Err() == nil {
			c.retry(err)
		}
		return
	}
	defer context.AfterFunc(ctx, func() { _ = socket.Close() })()
	c.detach(l, l.read(r))
	l.outbox.writers.Wait()
}

// establish dials, shakes hands and makes the connection the machine's.
func (c *Cabinet) establish(ctx context.Context) (net.Conn, *wire.Reader, *conn, error) {
	deadline := time.Now().Add(handshakeTime)
	within, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	socket, err := c.cfg.Dial(within)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("connect to the platform: %w", err)
	}
	defer context.AfterFunc(within, func() { _ = socket.Close() })() // the deadline holds for every step
	r := wire.NewReader(socket)
	l, err := c.greet(socket, r)
	if err != nil {
		_ = socket.Close()
		return nil, nil, nil, err
	}
	r.SetLimit(wire.MaxBody)
	return socket, r, l, nil
}

// goodbye is a platform's word before it closes.
type goodbye struct{ reason pb.GoodbyeReason }

func (g goodbye) Error() string { return "goodbye: " + g.reason.String() }

// greet is the handshake; it ends with a connection whose platform has proved itself.
func (c *Cabinet) greet(socket net.Conn, r *wire.Reader) (*conn, error) {
	c.mu.Lock()
	boot := c.boot
	c.mu.Unlock()
	h := wire.Handshake{Version: wire.Version, Serial: c.cfg.Serial, CabinetNonce: make([]byte, wire.NonceSize)}
	if _, err := io.ReadFull(c.cfg.Random, h.CabinetNonce); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	hello := &pb.Hello{
		Serial: c.cfg.Serial, Version: wire.Version, Boot: boot,
		Firmware: firmware, Model: model, Nonce: h.CabinetNonce,
	}
	if err := say(socket)(wire.Encode(hello)); err != nil {
		return nil, fmt.Errorf("say hello: %w", err)
	}
	challenge, err := expect[*pb.Challenge](r)
	if err != nil {
		return nil, fmt.Errorf("wait for a challenge: %w", err)
	}
	h.PlatformNonce = challenge.Nonce
	if err := say(socket)(wire.Encode(&pb.Proof{Mac: h.CabinetProof(c.cfg.Key)})); err != nil {
		return nil, fmt.Errorf("prove the key: %w", err)
	}
	welcome, err := expect[*pb.Welcome](r)
	if err != nil {
		return nil, fmt.Errorf("wait for a welcome: %w", err)
	}
	if !h.VerifyPlatform(c.cfg.Key, welcome) {
		c.mu.Lock()
		c.tally.Impostors++
		c.mu.Unlock()
		return nil, errImpostor
	}
	l := newConn(c, socket, welcome.Epoch)
	return l, c.attach(l, boot, welcome)
}

var errImpostor = errors.New("the platform's proof is wrong")

// say returns a function that writes a frame of the handshake, given as [wire.Encode] returns it.
func say(socket net.Conn) func(frame []byte, err error) error {
	return func(frame []byte, err error) error {
		if err != nil {
			return err
		}
		_, err = socket.Write(frame)
		return err
	}
}

// expect reads the message of the handshake that must come now.
func expect[Answer any](r *wire.Reader) (Answer, error) {
	var none Answer
	f, err := r.Next()
	if err != nil {
		return none, err
	}
	body, err := wire.Decode(f)
	if err != nil {
		return none, err
	}
	if bye, ok := body.(*pb.Goodbye); ok {
		return none, goodbye{bye.Reason}
	}
	if answer, ok := any(body).(Answer); ok {
		return answer, nil
	}
	return none, &wire.MalformedError{Reason: wire.ReasonType, Type: f.Type, Detail: "not now"}
}

// attach makes a welcomed connection the machine's and sends what must follow the Welcome. It
// refuses one that was made in an earlier boot.
func (c *Cabinet) attach(l *conn, boot uint64, w *pb.Welcome) error {
	now := c.cfg.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.powered || c.cut || c.boot != boot {
		return errReplaced
	}
	c.greeting = false
	c.link = l
	c.cadence = Cadence{
		Heartbeat: millis(w.HeartbeatMs), Idle: millis(w.IdleReadingsMs),
		Fast: millis(w.FastReadingsMs), Tail: millis(w.TailMs),
	}
	c.tally.Connections++
	c.tell(Change{Kind: Connected})
	c.forget(c.boot, w.DurableSeq)
	c.sendEvents(0, 0)
	c.startReplay(now)
	if c.current == nil {
		c.read(now)
	}
	c.armReading(now)
	c.set(alarmHeartbeat, now.Add(c.cadence.Heartbeat))
	c.heard(now)
	c.cfg.Log.Info("connected", "epoch", w.Epoch, "boot", c.boot)
	return nil
}

func millis(n uint32) time.Duration { return time.Duration(n) * time.Millisecond }

// detach notices that a connection has ended.
func (c *Cabinet) detach(l *conn, why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l.close()
	if malformed, ok := errors.AsType[*wire.MalformedError](why); ok {
		c.tally.Malformed++
		c.cfg.Log.Warn("the platform sent a malformed frame", "error", malformed)
	}
	if c.link != l {
		return
	}
	c.drop()
	c.retry(why)
}

// lose gives the present connection up and tries another.
func (c *Cabinet) lose(why string) {
	if c.link == nil {
		return
	}
	c.drop()
	c.retry(errors.New(why)) //nolint:err113 // ends in a log line
}

// drop closes the present connection and forgets what belonged to it.
func (c *Cabinet) drop() {
	if c.link == nil {
		return
	}
	if c.cfg.Now().Sub(c.link.since) >= steadyTime {
		c.failures = 0
	}
	c.link.close()
	c.link, c.held, c.replay = nil, nil, nil
	for _, which := range []alarm{alarmHeartbeat, alarmSilence, alarmResend, alarmReplay} {
		c.alarms.clear(which)
	}
	c.armReadingOffline()
	c.tell(Change{Kind: Disconnected})
}

// retry sets the time of the next attempt to connect.
func (c *Cabinet) retry(why error) {
	if !c.powered || c.cut {
		return
	}
	wait := c.backOff()
	if bye, ok := errors.AsType[goodbye](why); ok && bye.reason == pb.GoodbyeReason_GOODBYE_REASON_STOPPING {
		wait = time.Duration(c.cfg.Rand.Float64() * float64(stoppingWait))
	}
	c.failures++
	c.cfg.Log.Debug("not connected", "error", why, "wait", wait)
	c.set(alarmConnect, c.cfg.Now().Add(wait))
}

// backOff is the wait after so many failures: doubled each time, bounded, with jitter.
func (c *Cabinet) backOff() time.Duration {
	longest := c.cfg.Timing.RetryMax
	if c.door.leaf || len(c.kept) > 0 {
		longest = min(longest, c.cfg.Timing.RetryOpen)
	}
	wait := c.cfg.Timing.RetryMin
	for range min(c.failures, 32) {
		if wait >= longest {
			break
		}
		wait *= 2
	}
	return time.Duration(float64(min(wait, longest)) * (0.5 + c.cfg.Rand.Float64()/2))
}
