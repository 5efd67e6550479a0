package storetest

import (
	"context"
	"errors"
	"sync/atomic"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/edge/store"
)

// cancelCases are about callers whose context ends: it ends their waiting and nothing else.
var cancelCases = map[string]func(env){
	"Update/a_caller_canceled_before_its_turn_is_never_run": func(e env) {
		release := e.hold()
		ctx, cancel := context.WithCancel(e.ctx)
		var ran atomic.Bool
		gone := e.start(ctx, func(tx larder.Tx) error {
			ran.Store(true)
			return e.insert(10, "a")(tx)
		})
		neighbor := e.start(e.ctx, e.insert(11, "b"))
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			e.t.Errorf("the canceled caller got %v", err)
		}
		release()
		e.must(<-neighbor)
		e.wantAccounts(map[int64]bool{10: false, 11: true})
		if ran.Load() {
			e.t.Error("a closure was run after its caller had left")
		}
	},
	"Update/a_caller_that_comes_canceled_is_refused": func(e env) {
		ctx, cancel := context.WithCancel(e.ctx)
		cancel()
		err := e.Store.Update(ctx, func(larder.Tx) error { panic("run") })
		if !errors.Is(err, context.Canceled) {
			e.t.Errorf("got %v", err)
		}
	},
	"Update/a_cancel_in_the_middle_of_a_turn_harms_no_neighbor": cancelMidTurn,
	"Update/a_caller_may_leave_while_the_group_goes_on":         leaveAfterTurn,
	"Update/a_deadline_ends_the_waiting": func(e env) {
		release := e.hold()
		ctx, cancel := context.WithTimeout(e.ctx, time.Second)
		defer cancel()
		if err := e.Store.Update(ctx, e.insert(10, "a")); !errors.Is(err, context.DeadlineExceeded) {
			e.t.Errorf("got %v", err)
		}
		release()
		e.wantAccounts(map[int64]bool{10: false})
	},
}

// cancelMidTurn cancels a caller inside its own closure, between and during statements.
func cancelMidTurn(e env) {
	release := e.hold()
	first := e.start(e.ctx, e.insert(10, "a"))
	ctx, cancel := context.WithCancel(e.ctx)
	middle := e.start(ctx, func(tx larder.Tx) error {
		q := store.From(tx)
		cancel()
		_, err := q.ExecContext(ctx, `INSERT INTO account (id, org_id, code, balance, note) VALUES (11, 1, 'b', 0, '')`)
		if err != nil {
			e.t.Errorf("a statement ended with its caller's context: %v", err)
		}
		return err
	})
	last := e.start(e.ctx, e.insert(12, "c"))
	release()
	e.must(<-first)
	e.must(<-last)
	err := <-middle
	synctest.Wait()
	if err != nil && !errors.Is(err, context.Canceled) {
		e.t.Errorf("the canceled caller got %v", err)
	}
	// Whatever the caller was told, the operation was complete and its group committed.
	e.wantAccounts(map[int64]bool{10: true, 11: true, 12: true})
}

// leaveAfterTurn cancels a caller whose closure has run, while a neighbor holds the group open.
func leaveAfterTurn(e env) {
	release := e.hold()
	ctx, cancel := context.WithCancel(e.ctx)
	gone := e.start(ctx, e.insert(10, "a"))
	entered, gate := make(chan struct{}), make(chan struct{})
	slow := e.start(e.ctx, func(tx larder.Tx) error {
		close(entered)
		<-gate
		return e.insert(11, "b")(tx)
	})
	release()
	<-entered
	cancel()
	err := <-gone
	close(gate)
	e.must(<-slow)
	e.wantAccounts(map[int64]bool{10: true, 11: true})
	if err == nil {
		return // an engine that does not group has answered before
	}
	if !errors.Is(err, context.Canceled) || store.TroubleOf(err) != store.TroubleUnknown {
		e.t.Errorf("a caller that left before the commit got %v, want the context's error of trouble unknown", err)
	}
}
