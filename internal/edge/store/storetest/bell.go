package storetest

import (
	"context"
	"errors"

	"larder"
)

// bellCases are about AfterCommit.
var bellCases = map[string]func(env){
	"AfterCommit/rings_once_in_order_before_the_answer": func(e env) {
		var rung []int
		e.must(e.Store.Update(e.ctx, func(tx larder.Tx) error {
			for i := range 3 {
				tx.AfterCommit(func() { rung = append(rung, i) })
			}
			if len(rung) != 0 {
				e.t.Error("rang inside the transaction")
			}
			return e.insert(10, "a")(tx)
		}))
		if len(rung) != 3 || rung[0] != 0 || rung[2] != 2 {
			e.t.Errorf("rang %v, want [0 1 2]", rung)
		}
	},
	"AfterCommit/never_rings_after_a_failure": func(e env) {
		ring := func() { e.t.Error("rang for an operation that failed") }
		err := e.Store.Update(e.ctx, func(tx larder.Tx) error { tx.AfterCommit(ring); return errRefused })
		if !errors.Is(err, errRefused) {
			e.t.Errorf("got %v", err)
		}
		_ = recovered(func() {
			_ = e.Store.Update(e.ctx, func(tx larder.Tx) error { tx.AfterCommit(ring); panic("stop") })
		})
		e.must(e.Store.View(e.ctx, func(tx larder.Tx) error { tx.AfterCommit(ring); return nil }))
		e.must(e.Store.Update(e.ctx, e.insert(10, "a")))
	},
	"AfterCommit/rings_though_the_caller_has_left": func(e env) {
		release := e.hold()
		ctx, cancel := context.WithCancel(e.ctx)
		rung := make(chan struct{})
		gone := e.start(ctx, func(tx larder.Tx) error {
			tx.AfterCommit(func() { close(rung) })
			cancel()
			return e.insert(10, "a")(tx)
		})
		release()
		if err := <-gone; err != nil && !errors.Is(err, context.Canceled) {
			e.t.Errorf("the caller got %v", err)
		}
		<-rung
		e.wantAccounts(map[int64]bool{10: true})
	},
	"AfterCommit/a_bell_that_panics_or_opens_a_transaction_stops_nobody": func(e env) {
		after := false
		e.must(e.Store.Update(e.ctx, func(tx larder.Tx) error {
			tx.AfterCommit(func() { panic("a broken bell") })
			tx.AfterCommit(func() { _ = e.Store.Update(e.ctx, e.insert(11, "b")) })
			tx.AfterCommit(func() { after = true })
			return e.insert(10, "a")(tx)
		}))
		if !after {
			e.t.Error("a broken bell silenced the next one")
		}
		e.wantAccounts(map[int64]bool{10: true, 11: false})
	},
}
