package storetest

import (
	"larder"
	"larder/internal/edge/store"
)

// lostCases are about transactions that the engine itself rolls back: what runs afterwards would run
// in no transaction at all, or be reported as done and be gone.
var lostCases = map[string]func(env){
	"Update/nothing_runs_in_a_lost_transaction": func(e env) {
		err := e.Store.Update(e.ctx, func(tx larder.Tx) error {
			e.must(e.insert(10, "a")(tx))
			q := store.From(tx)
			lost := e.Lose(e.ctx, q)
			if lost == nil {
				e.t.Error("the transaction was not lost")
			}
			if err := e.insert(11, "b")(tx); err == nil {
				e.t.Error("a statement ran outside its transaction")
			}
			if _, err := q.QueryContext(e.ctx, `SELECT 1`); err == nil { //nolint:sqlclosecheck,rowserrcheck // it fails
				e.t.Error("a query ran outside its transaction")
			}
			var n int64
			if err := q.QueryRowContext(e.ctx, `SELECT 1`).Scan(&n); err == nil {
				e.t.Error("a row was read outside its transaction")
			}
			return lost
		})
		if err == nil {
			e.t.Error("an operation without a transaction was answered nil")
		}
		e.wantAccounts(map[int64]bool{10: false, 11: false})
		e.must(e.Store.Update(e.ctx, e.insert(10, "a")))
	},
	"Update/a_swallowed_loss_is_not_answered_nil": func(e env) {
		err := e.Store.Update(e.ctx, func(tx larder.Tx) error {
			e.must(e.insert(10, "a")(tx))
			_ = e.Lose(e.ctx, store.From(tx))
			return nil
		})
		if err == nil {
			e.t.Error("answered nil")
		}
		e.wantAccounts(map[int64]bool{10: false})
	},
}

// lostGroupCases are about the neighbors of an operation that loses the transaction of its group.
var lostGroupCases = map[string]func(env){
	"Update/neighbors_of_a_lost_transaction_are_run_again_and_once": func(e env) {
		release := e.hold()
		var runs, bells [2]int
		neighbor := func(i int) func(larder.Tx) error {
			return func(tx larder.Tx) error {
				runs[i]++
				tx.AfterCommit(func() { bells[i]++ })
				return e.exec(`UPDATE account SET balance = balance + 1 WHERE id = $1`, i+1)(tx)
			}
		}
		before := e.start(e.ctx, neighbor(0))
		killer := e.start(e.ctx, func(tx larder.Tx) error { return e.Lose(e.ctx, store.From(tx)) })
		after := e.start(e.ctx, neighbor(1))
		release()
		e.must(<-before)
		e.must(<-after)
		if err := <-killer; err == nil {
			e.t.Error("the operation that lost the transaction was answered nil")
		}
		if got := e.read(`SELECT sum(balance) FROM account`); got != 62 {
			e.t.Errorf("two neighbors added up to %d, want 62", got)
		}
		if runs != [2]int{2, 1} || bells != [2]int{1, 1} {
			e.t.Errorf("closures ran %v times and rang %v times, want [2 1] and [1 1]", runs, bells)
		}
	},
	"Update/several_losses_in_one_group_end": func(e env) {
		release := e.hold()
		var good, bad []<-chan error
		for i := range int64(6) {
			good = append(good, e.start(e.ctx, e.insert(10+i, string(rune('a'+i)))))
			bad = append(bad, e.start(e.ctx, func(tx larder.Tx) error { return e.Lose(e.ctx, store.From(tx)) }))
		}
		release()
		for i := range good {
			e.must(<-good[i])
			if err := <-bad[i]; err == nil {
				e.t.Error("an operation that lost its transaction was answered nil")
			}
		}
		if got := e.read(`SELECT count(*) FROM account`); got != 8 {
			e.t.Errorf("%d accounts, want 8", got)
		}
	},
}
