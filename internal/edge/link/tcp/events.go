package tcp

import (
	"context"
	"sync"

	"larder"
	"larder/internal/edge/link/driver"
	"larder/internal/edge/link/sequence"
)

// events hands the durable events of one connection to the handler, one at a time and in order,
// beside the goroutine that reads: a commit must not hold up readings. A goroutine runs only while
// events wait.
type events struct {
	c *connection

	mu       sync.Mutex      // guards what follows
	sequence *sequence.Order // what passes next
	queue    []larder.DoorEvent
	running  bool
	wg       sync.WaitGroup
}

// offer takes an event that has arrived. An event of a boot that has not begun is an error.
func (e *events) offer(ctx context.Context, ev larder.DoorEvent) error {
	e.mu.Lock()
	verdict := e.sequence.Offer(ev.Boot, ev.Seq)
	boot, missing := e.sequence.Missing()
	if verdict == sequence.Pass {
		verdict = e.pass(ctx, ev)
	}
	e.mu.Unlock()

	keeper, keeps := e.c.speaker.(driver.EventKeeper)
	e.c.g.metrics.event(verdict)
	switch {
	case verdict == sequence.Foreign:
		return errForeignEvent
	case verdict == sequence.Repeat && keeps:
		packet, err := keeper.EncodeDurable(e.c.cabinet, ev.Boot, ev.Seq)
		e.c.post(ctx, packet, err)
	case verdict == sequence.Gap && keeps:
		e.c.log.WarnContext(ctx, "cabinet skipped an event", "boot", boot, "missing_seq", missing, "seq", ev.Seq)
		packet, err := keeper.EncodeResend(e.c.cabinet, boot, missing)
		e.c.post(ctx, packet, err)
	}
	return nil
}

// pass queues an event; the caller holds mu. One too many is as good as not arrived: it comes again.
func (e *events) pass(ctx context.Context, ev larder.DoorEvent) sequence.Verdict {
	if len(e.queue) >= maxUncommited {
		e.sequence.Failed(ev.Boot, ev.Seq)
		return sequence.Drop
	}
	e.queue = append(e.queue, ev)
	if !e.running {
		e.running = true
		// A connection that ends, or a gateway that stops, does not tear a commit apart.
		ctx = context.WithoutCancel(ctx)
		e.wg.Go(func() { e.drain(ctx) })
	}
	return sequence.Pass
}

// drain commits until the queue is empty or the connection has ended.
func (e *events) drain(ctx context.Context) {
	for {
		ev, more := e.pop()
		if !more {
			return
		}
		e.commit(ctx, ev)
	}
}

// pop takes the next event, or ends the goroutine's turn. What an ended connection leaves is
// dropped: the cabinet sends it on the next one.
func (e *events) pop() (larder.DoorEvent, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.queue) == 0 || e.c.ended() {
		e.queue, e.running = nil, false
		return larder.DoorEvent{}, false
	}
	ev := e.queue[0]
	e.queue = e.queue[1:]
	return ev, true
}

// commit hands one event over and acknowledges it only if the handler has committed it.
func (e *events) commit(ctx context.Context, ev larder.DoorEvent) {
	ctx, cancel := context.WithTimeout(ctx, eventTimeout)
	defer cancel()
	err := e.c.g.cfg.Handler.Event(ctx, e.c.cabinet.Epoch, ev)

	e.mu.Lock()
	if err != nil {
		e.sequence.Failed(ev.Boot, ev.Seq)
		e.queue = nil // what follows comes again behind it
	} else {
		e.sequence.Committed(ev.Boot, ev.Seq)
	}
	e.mu.Unlock()

	if err != nil {
		e.c.g.metrics.eventFailed()
		e.c.log.WarnContext(ctx, "an event was not committed", "boot", ev.Boot, "seq", ev.Seq, keyError, err)
		return
	}
	if keeper, ok := e.c.speaker.(driver.EventKeeper); ok {
		packet, err := keeper.EncodeDurable(e.c.cabinet, ev.Boot, ev.Seq)
		e.c.post(ctx, packet, err)
	}
}

// wait returns when no event is being committed. The connection has ended.
func (e *events) wait() { e.wg.Wait() }
