package sqlite

import (
	"context"
	"fmt"
	"sync/atomic"

	"larder"
	"larder/internal/edge/store"
)

// The states of an operation. Only its caller moves it to left and from offered back to waiting; only
// the writer moves it to offered, so both know for sure who acts next.
const (
	waiting int32 = iota // in the queue, or run and waiting for the commit
	offered              // the writer has promised a turn or an answer, and the caller stays for it
	left                 // the caller has gone; nothing may be run for it any more
)

// op is one Update between its caller's goroutine, which runs the closure, and the writer, which owns
// the transaction.
type op struct {
	state  atomic.Int32
	turn   chan *store.Tx // the writer's offer: run the closure in this transaction
	ran    chan outcome   // the caller's report about the turn
	answer chan error     // the end; at most one is sent, and nobody need receive it

	tx *store.Tx // the latest turn's; writer only
}

// outcome is what became of one turn.
type outcome struct {
	err     error
	unwound bool // the closure panicked or ended its goroutine; its caller is gone
}

// newOp makes an operation. Its channels belong to the caller's goroutine's bubble under synctest, so
// operations are never pooled.
func newOp() *op {
	return &op{turn: make(chan *store.Tx, 1), ran: make(chan outcome, 1), answer: make(chan error, 1)}
}

// offer promises the caller a turn; it is false if the caller has left.
func (o *op) offer() bool { return o.state.CompareAndSwap(waiting, offered) }

// leave is false if the writer has just promised a turn.
func (o *op) leave() bool { return o.state.CompareAndSwap(waiting, left) }

// await is the caller's side: it runs fn whenever the writer offers a turn, until there is an answer or
// ctx ends. fn may be run twice, always on this goroutine and never after await has returned.
func (o *op) await(ctx context.Context, fn func(larder.Tx) error) error {
	done := ctx.Done()
	began := false
	for {
		select {
		case tx := <-o.turn:
			began = true
			o.run(tx, fn)
		case err := <-o.answer:
			return err
		case <-done:
			if !o.leave() {
				done = nil // a turn or an answer is on its way
				continue
			}
			return o.farewell(ctx, began)
		}
	}
}

// farewell is what a caller gets whose ctx has ended: the answer if there is one already, else the
// context's error.
func (o *op) farewell(ctx context.Context, began bool) error {
	select {
	case err := <-o.answer:
		return err
	default:
	}
	if began {
		return &store.EngineError{Trouble: store.TroubleUnknown, Err: ctx.Err()}
	}
	return fmt.Errorf("store: canceled before the operation began: %w", ctx.Err())
}

// run takes one turn. However fn ends, the transaction is over before the writer hears of it; a panic
// goes on unwinding the caller.
func (o *op) run(tx *store.Tx, fn func(larder.Tx) error) {
	out := outcome{unwound: true}
	defer func() {
		tx.End()
		if out.unwound {
			o.state.Store(left)
		} else {
			o.state.Store(waiting)
		}
		o.ran <- out
	}()
	store.Inside(func() { out.err = fn(tx) })
	out.unwound = false
}
