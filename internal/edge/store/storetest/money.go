package storetest

import (
	"strconv"
	"sync"
	"sync/atomic"

	"larder"
	"larder/internal/edge/store"
)

// moneyCases are the faults of concurrent writers.
var moneyCases = map[string]func(env){
	"Update/L2_a_hundred_concurrent_debits": func(e env) {
		var paid, short atomic.Int64
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				err := e.Store.Update(e.ctx, debit(e, int64(i)))
				switch larder.CodeOf(err) {
				case "":
					paid.Add(1)
				case larder.CodeConflict:
					short.Add(1)
				default:
					e.t.Errorf("debit %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if paid.Load() != 60 || short.Load() != 40 {
			e.t.Errorf("%d debits of 1 from 60 were paid and %d refused", paid.Load(), short.Load())
		}
		if left, posted := e.read(`SELECT balance FROM account WHERE id = 1`), e.read(`SELECT -sum(amount) FROM posting`); left != 0 || posted != 60 {
			e.t.Errorf("%d left, %d posted; want 0 and 60", left, posted)
		}
	},
	"Update/L5_updates_of_two_columns_both_survive": func(e env) {
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				if err := e.Store.Update(e.ctx, e.exec(`UPDATE account SET balance = balance + 1 WHERE id = 2`)); err != nil {
					e.t.Error(err)
				}
			})
			wg.Go(func() {
				if err := e.Store.Update(e.ctx, e.exec(`UPDATE account SET note = note || 'x' WHERE id = 2`)); err != nil {
					e.t.Error(i, err)
				}
			})
		}
		wg.Wait()
		if got := e.read(`SELECT balance * 1000 + length(note) FROM account WHERE id = 2`); got != 50050 {
			e.t.Errorf("balance and note add up to %d, want 50050", got)
		}
	},
	"Update/many_callers_each_get_their_own_answer": func(e env) {
		var wg sync.WaitGroup
		for i := range int64(200) {
			wg.Go(func() {
				id, want := 100+i, larder.Code("")
				if i%3 == 0 {
					id, want = 1, larder.CodeConflict
				}
				if got := larder.CodeOf(e.Store.Update(e.ctx, e.insert(id, strconv.FormatInt(100+i, 10)))); got != want {
					e.t.Errorf("caller %d got %q, want %q", i, got, want)
				}
			})
		}
		wg.Wait()
		if got := e.read(`SELECT count(*) FROM account`); got != 2+133 {
			e.t.Errorf("%d accounts, want 135", got)
		}
	},
}

// debit takes 1 from account 1 if it is there, and posts it.
func debit(e env, id int64) func(larder.Tx) error {
	return func(tx larder.Tx) error {
		res, err := store.From(tx).ExecContext(e.ctx, `UPDATE account SET balance = balance - 1 WHERE id = 1 AND balance >= 1`)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return larder.Wrap(larder.CodeConflict, errRefused)
		}
		return e.exec(`INSERT INTO posting (id, account_id, amount) VALUES ($1, 1, -1)`, id)(tx)
	}
}
