package storetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"larder"
	"larder/internal/edge/store"
)

// viewCases are about transactions that read.
var viewCases = map[string]func(env){
	"View/cannot_write": func(e env) {
		err := e.Store.View(e.ctx, e.insert(10, "a"))
		if store.TroubleOf(err) != store.TroubleReadOnly {
			e.t.Errorf("a view that wrote got %v", err)
		}
		e.must(e.Store.Update(e.ctx, e.insert(11, "b")))
		e.wantAccounts(map[int64]bool{10: false, 11: true})
	},
	"View/returns_its_closures_error": func(e env) {
		err := e.Store.View(e.ctx, func(larder.Tx) error { return errRefused })
		if !errors.Is(err, errRefused) {
			e.t.Errorf("got %v", err)
		}
	},
	"View/a_panic_gives_the_connection_back": func(e env) {
		for range 20 { // more than there are connections
			if p := recovered(func() { _ = e.Store.View(e.ctx, func(larder.Tx) error { panic("stop") }) }); p != "stop" {
				e.t.Fatalf("recovered %v", p)
			}
		}
		e.wantAccounts(map[int64]bool{1: true})
	},
	"View/a_canceled_view_harms_nothing": func(e env) {
		for range 20 {
			ctx, cancel := context.WithCancel(e.ctx)
			err := e.Store.View(ctx, func(tx larder.Tx) error {
				cancel()
				var n int64
				return store.From(tx).QueryRowContext(ctx, `SELECT count(*) FROM account`).Scan(&n)
			})
			if !errors.Is(err, context.Canceled) {
				e.t.Fatalf("got %v", err)
			}
		}
		e.must(e.Store.Update(e.ctx, e.insert(10, "a")))
		e.wantAccounts(map[int64]bool{10: true})
	},
	"View/ends_within_a_second": func(e env) {
		err := e.Store.View(e.ctx, func(tx larder.Tx) error {
			time.Sleep(1100 * time.Millisecond) // of the bubble
			var n int64
			return store.From(tx).QueryRowContext(e.ctx, `SELECT count(*) FROM account`).Scan(&n)
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			e.t.Errorf("a view of 1.1 s got %v", err)
		}
	},
	"View/many_at_once": func(e env) {
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				err := e.Store.View(e.ctx, func(tx larder.Tx) error {
					var n int64
					return store.From(tx).QueryRowContext(e.ctx, `SELECT count(*) FROM account`).Scan(&n)
				})
				if err != nil {
					e.t.Error(err)
				}
			})
		}
		wg.Wait()
	},
}

// besideCases are for engines whose views do not wait for the writer.
var besideCases = map[string]func(env){
	"View/sees_nothing_uncommitted": func(e env) {
		entered, gate := make(chan struct{}), make(chan struct{})
		answer := make(chan error, 1)
		go func() {
			answer <- e.Store.Update(e.ctx, func(tx larder.Tx) error {
				e.must(e.insert(10, "a")(tx))
				close(entered)
				<-gate
				return nil
			})
		}()
		<-entered
		e.wantAccounts(map[int64]bool{10: false})
		close(gate)
		e.must(<-answer)
		e.wantAccounts(map[int64]bool{10: true})
	},
	"View/sees_one_state_from_beginning_to_end": func(e env) {
		e.must(e.Store.View(e.ctx, func(tx larder.Tx) error {
			count := func() (n int64) {
				e.must(store.From(tx).QueryRowContext(e.ctx, `SELECT count(*) FROM account`).Scan(&n))
				return n
			}
			before := count()
			e.must(<-e.start(e.ctx, e.insert(10, "a")))
			if after := count(); after != before {
				e.t.Errorf("a view saw %d accounts and then %d", before, after)
			}
			return nil
		}))
		e.wantAccounts(map[int64]bool{10: true})
	},
}
