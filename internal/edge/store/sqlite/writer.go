package sqlite

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"larder"
	"larder/internal/edge/store"
)

// writer owns the one connection that writes, for as long as it runs a group. Its goroutine ends when
// the queue is closed and empty.
type writer struct {
	lease   chan *conn // holds the writer's connection while no group is under way
	clock   func() time.Time
	log     *slog.Logger
	metrics *metrics
	group   int   // operations in one commit at most
	wal     bool  // the database is a file
	pinned  bool  // to one thread; see [Config]
	commits int64 // so far; the goroutine's own
	looked  int64 // commits when the length of the WAL was last looked at
	health  *health

	mu     sync.RWMutex // guards closed, and sending on queue against closing it
	closed bool
	queue  chan *op

	done chan struct{} // closed when the goroutine has ended
}

// update queues fn and takes its turns.
func (w *writer) update(ctx context.Context, fn func(larder.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o := newOp()
	if err := w.enqueue(o); err != nil {
		return err
	}
	return o.await(ctx, fn)
}

func (w *writer) enqueue(o *op) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return store.Fail(store.TroubleClosed, nil)
	}
	select {
	case w.queue <- o:
		return nil
	default:
		return store.Fail(store.TroubleQueue, nil)
	}
}

// close refuses new operations, lets the queued ones end, and waits for the goroutine.
func (w *writer) close() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.done
}

// run is the writer's goroutine.
func (w *writer) run() {
	defer close(w.done)
	if w.pinned {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
	}
	ops := make([]*op, 0, w.group)
	for first := range w.queue {
		ops = w.gather(append(ops[:0], first))
		w.commit(ops)
		clear(ops)
	}
}

// gather adds what is queued now: what came while the last group was committed. It waits for nothing.
func (w *writer) gather(ops []*op) []*op {
	for n := min(len(w.queue), w.group-1); n > 0; n-- {
		o, ok := <-w.queue
		if !ok {
			break
		}
		ops = append(ops, o)
	}
	return ops
}

// commit runs ops as one group. If the engine rolls the group back by itself, the operation that was
// under way is answered, and each of the others is run once more in a transaction of its own: they
// are innocent, and nobody has been told anything.
func (w *writer) commit(ops []*op) {
	c := <-w.lease
	defer func() { w.lease <- c }()
	innocent := w.runGroup(c, ops)
	for _, o := range innocent {
		w.runGroup(c, []*op{o})
	}
	w.checkpoint(c)
}

// runGroup runs ops in one transaction, each in its savepoint, and answers them; those that it returns
// are not answered, because their transaction was lost through no fault of theirs.
func (w *writer) runGroup(c *conn, ops []*op) (innocent []*op) {
	if err := w.begin(c); err != nil {
		w.answer(ops, err, outcomeFailed)
		return nil
	}
	w.metrics.group(len(ops))
	applied := make([]*op, 0, len(ops))
	for i, o := range ops {
		switch w.takeTurn(c, o) {
		case turnApplied:
			applied = append(applied, o)
		case turnUndone:
		case turnLost:
			w.abandon(c)
			return append(applied, ops[i+1:]...)
		}
	}
	w.finish(c, applied)
	return nil
}

// begin opens the group's transaction.
func (w *writer) begin(c *conn) error {
	if err := w.health.err(); err != nil {
		return err
	}
	if err := c.open(background); err != nil {
		return store.Fail(store.TroubleIO, err)
	}
	err := c.begin("BEGIN IMMEDIATE")
	if fatal(err) {
		w.health.fail(err)
	}
	return store.Translate(err)
}

// finish commits what was applied, rings its bells and answers it.
func (w *writer) finish(c *conn, applied []*op) {
	if len(applied) == 0 {
		if err := c.rollback(); err != nil {
			w.mistrust(c, err)
		}
		return
	}
	start := time.Now()
	if err := c.control("COMMIT"); err != nil {
		w.answer(applied, w.commitFailed(c, err), outcomeFailed)
		return
	}
	w.metrics.commit(time.Since(start))
	w.commits++
	for _, o := range applied {
		w.ring(o.tx)
	}
	w.answer(applied, nil, outcomeCommitted)
}

// commitFailed ends a transaction whose COMMIT failed. A full disk or a lock leaves nothing behind. An
// error of the disk leaves frames that a restart may or may not find valid, so the outcome is unknown
// and the store stops: the next sync could succeed without those pages (D4).
func (w *writer) commitFailed(c *conn, err error) error {
	translated := store.Translate(err)
	if err := c.rollback(); err != nil {
		w.mistrust(c, err)
	}
	if t := store.TroubleOf(translated); t == store.TroubleBusy || t == store.TroubleFull {
		return translated
	}
	if store.ConstraintOf(translated) != "" { // a deferred foreign key; the commit did not begin
		return translated
	}
	w.health.fail(err)
	return store.Fail(store.TroubleUnknown, err)
}

// abandon clears up after the engine has rolled a group back by itself.
func (w *writer) abandon(c *conn) {
	w.metrics.abandon()
	w.log.Warn("group abandoned: the engine rolled the transaction back")
	if err := c.rollback(); err != nil {
		w.mistrust(c, err)
	}
}

// mistrust gives up a connection in an unknown state. In memory the database goes with it, and so the
// store has failed.
func (w *writer) mistrust(c *conn, err error) {
	w.log.Error("the writer's connection is given up", "error", err)
	c.discard()
	if !w.wal {
		w.health.fail(err)
	}
}

// answer sends err to everyone of ops.
func (w *writer) answer(ops []*op, err error, outcome string) {
	for _, o := range ops {
		w.metrics.operation(outcome)
		o.answer <- err
	}
}

// ring calls what a durable transaction asked for, as if inside it: a bell that opened a transaction
// would wait for the goroutine that rings it. A bell that panics is a mistake of its room, and no
// reason to stop writing.
func (w *writer) ring(tx *store.Tx) {
	for _, bell := range tx.Bells() {
		func() {
			defer func() {
				if p := recover(); p != nil {
					w.metrics.bellPanic()
					w.log.Error("a function given to AfterCommit panicked", "panic", p)
				}
			}()
			store.Inside(bell)
		}()
	}
}

// health is whether the store may still acknowledge. It fails once and for good.
type health struct {
	log    *slog.Logger
	mu     sync.Mutex // guards cause
	cause  error
	failed chan struct{} // closed with the first failure
}

func newHealth(log *slog.Logger) *health { return &health{log: log, failed: make(chan struct{})} }

// fail ends all acknowledging; the first cause counts.
func (h *health) fail(cause error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cause != nil {
		return
	}
	h.cause = errors.Join(ErrFailed, cause)
	h.log.Error("the store has failed: nothing is acknowledged any more", "error", cause)
	close(h.failed)
}

// err is why nothing is acknowledged, or nil.
func (h *health) err() error {
	select {
	case <-h.failed:
	default:
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return store.Fail(store.TroubleFailed, h.cause)
}
