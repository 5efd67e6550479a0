package storetest

import (
	"sync"

	"larder"
	"larder/internal/edge/store"
)

// raceCases are operations that decide by what they read. Rules are written as if one operation ran at a
// time; an engine that runs several must come out as if it had not.
var raceCases = map[string]func(env){
	"Update/L4_transfers_in_opposite_order_all_end": func(e env) {
		const each = 40
		e.must(e.Store.Update(e.ctx, e.exec(`UPDATE account SET balance = balance + 1000 WHERE id = 2`)))
		var wg sync.WaitGroup
		for range each {
			wg.Go(func() { e.tell(e.Store.Update(e.ctx, transfer(e, 1, 2))) })
			wg.Go(func() { e.tell(e.Store.Update(e.ctx, transfer(e, 2, 1))) })
		}
		wg.Wait()
		if one, two := e.read(`SELECT balance FROM account WHERE id = 1`), e.read(`SELECT balance FROM account WHERE id = 2`); one != 60 || two != 1000 {
			e.t.Errorf("as many transfers there as back left %d and %d, want 60 and 1000", one, two)
		}
	},
	"Update/X5_one_of_many_takes_a_door": func(e env) {
		// A door is free while nothing is posted to it: what decides is a row that is not there yet.
		taken := e.many(30, func(i int64) func(larder.Tx) error {
			return func(tx larder.Tx) error {
				var holders int64
				q := store.From(tx)
				if err := q.QueryRowContext(e.ctx, `SELECT count(*) FROM posting WHERE account_id = 2`).Scan(&holders); err != nil {
					return err
				}
				if holders > 0 {
					return larder.E(larder.CodeDoorTaken)
				}
				return e.exec(`INSERT INTO posting (id, account_id, amount) VALUES ($1, 2, 1)`, i)(tx)
			}
		}, larder.CodeDoorTaken)
		if holders := e.read(`SELECT count(*) FROM posting WHERE account_id = 2`); taken != 1 || holders != 1 {
			e.t.Errorf("%d callers were told that the door is theirs, %d rows say so; want 1 and 1", taken, holders)
		}
	},
	"Update/P2_fifty_callbacks_at_once_count_once": func(e env) {
		// Each callback is new by its own id; the collected amount may move once.
		applied := e.many(50, func(i int64) func(larder.Tx) error {
			return func(tx larder.Tx) error {
				q := store.From(tx)
				if err := e.exec(`INSERT INTO posting (id, account_id, amount) VALUES ($1, 2, 0) ON CONFLICT (id) DO NOTHING`, i%5)(tx); err != nil {
					return err
				}
				var note string
				if err := q.QueryRowContext(e.ctx, `SELECT note FROM account WHERE id = 2`).Scan(&note); err != nil {
					return err
				}
				if note == "captured" {
					return larder.E(larder.CodeConflict)
				}
				return e.exec(`UPDATE account SET balance = balance + 7, note = 'captured' WHERE id = 2`)(tx)
			}
		}, larder.CodeConflict)
		if got := e.read(`SELECT balance FROM account WHERE id = 2`); applied != 1 || got != 7 {
			e.t.Errorf("%d callbacks were applied and %d collected; want 1 and 7", applied, got)
		}
	},
	"Update/a_sum_that_two_read_is_kept_by_both": writeSkew,
}

// writeSkew is two accounts whose sum may not fall below 50: each operation reads both and takes from one.
func writeSkew(e env) {
	e.must(e.Store.Update(e.ctx, e.exec(`UPDATE account SET balance = 50`)))
	paid := e.many(20, func(i int64) func(larder.Tx) error {
		return func(tx larder.Tx) error {
			var sum int64
			if err := store.From(tx).QueryRowContext(e.ctx, `SELECT CAST(sum(balance) AS BIGINT) FROM account`).Scan(&sum); err != nil {
				return err
			}
			if sum < 100 {
				return larder.E(larder.CodeDebt)
			}
			return e.exec(`UPDATE account SET balance = balance - 50 WHERE id = $1`, 1+i%2)(tx)
		}
	}, larder.CodeDebt)
	if left := e.read(`SELECT CAST(sum(balance) AS BIGINT) FROM account`); paid != 1 || left != 50 {
		e.t.Errorf("%d were paid and %d is left; want 1 and 50", paid, left)
	}
}

// transfer moves 1 between two accounts, touching them in this order.
func transfer(e env, from, to int64) func(larder.Tx) error {
	return func(tx larder.Tx) error {
		if err := e.exec(`UPDATE account SET balance = balance - 1 WHERE id = $1`, from)(tx); err != nil {
			return err
		}
		return e.exec(`UPDATE account SET balance = balance + 1 WHERE id = $1`, to)(tx)
	}
}

// many runs n operations at once and returns how many were answered nil; the others must be refused with
// this code.
func (e env) many(n int, fn func(i int64) func(larder.Tx) error, refusal larder.Code) (applied int) {
	answers := make(chan error, n)
	for i := range n {
		go func() { answers <- e.Store.Update(e.ctx, fn(int64(i))) }()
	}
	for range n {
		switch err := <-answers; larder.CodeOf(err) {
		case "":
			applied++
		case refusal:
		default:
			e.t.Error(err)
		}
	}
	return applied
}

// tell fails the case on an error and goes on.
func (e env) tell(err error) {
	if err != nil {
		e.t.Error(err)
	}
}
