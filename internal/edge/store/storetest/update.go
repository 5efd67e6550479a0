package storetest

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"larder"
	"larder/internal/edge/store"
)

var errRefused = errors.New("refused by the rules")

// updateCases are about what Update promises to an operation and to its neighbors.
var updateCases = map[string]func(env){
	"Update/a_nil_answer_is_committed": func(e env) {
		e.must(e.Store.Update(e.ctx, e.insert(10, "a")))
		e.wantAccounts(map[int64]bool{10: true})
	},
	"Update/an_error_undoes_everything_and_comes_back_as_it_is": func(e env) {
		err := e.Store.Update(e.ctx, func(tx larder.Tx) error {
			e.must(e.insert(10, "a")(tx))
			return fmt.Errorf("visit: %w", errRefused)
		})
		if !errors.Is(err, errRefused) {
			e.t.Errorf("got %v", err)
		}
		e.wantAccounts(map[int64]bool{10: false})
	},
	"Update/a_failed_neighbor_undoes_only_itself":                       failedNeighbor,
	"Update/L1_a_posting_that_stops_after_any_statement_leaves_nothing": stopAnywhere,
	"Update/a_statement_that_fails_leaves_the_operation_to_its_closure": func(e env) {
		answer := e.Store.Update(e.ctx, func(tx larder.Tx) error {
			e.must(e.insert(10, "a")(tx))
			if err := e.insert(10, "b")(tx); larder.CodeOf(err) != larder.CodeConflict {
				e.t.Errorf("second insert: %v", err)
			}
			return errRefused
		})
		if !errors.Is(answer, errRefused) {
			e.t.Errorf("got %v", answer)
		}
		e.must(e.Store.Update(e.ctx, e.insert(10, "c")))
	},
	"Update/a_panic_reaches_its_caller_and_undoes_only_itself": panicking,
	"Update/a_closure_that_ends_its_goroutine_undoes_only_itself": func(e env) {
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = e.Store.Update(e.ctx, func(tx larder.Tx) error {
				e.must(e.insert(10, "a")(tx))
				runtime.Goexit()
				return nil
			})
		}()
		<-ended
		e.must(e.Store.Update(e.ctx, e.insert(11, "b")))
		e.wantAccounts(map[int64]bool{10: false, 11: true})
	},
	"Update/now_is_one_moment_in_utc_and_milliseconds": func(e env) {
		e.must(e.Store.Update(e.ctx, func(tx larder.Tx) error {
			first := tx.Now()
			if first.Location() != time.UTC || first.Nanosecond()%int(time.Millisecond) != 0 || first.IsZero() {
				e.t.Errorf("now is %v", first)
			}
			time.Sleep(time.Second) // of the bubble
			if !tx.Now().Equal(first) {
				e.t.Errorf("now moved from %v to %v", first, tx.Now())
			}
			return nil
		}))
	},
}

// failedNeighbor puts a failing operation between two good ones of one group.
func failedNeighbor(e env) {
	release := e.hold()
	first := e.start(e.ctx, e.insert(10, "a"))
	failing := e.start(e.ctx, func(tx larder.Tx) error {
		e.must(e.insert(11, "b")(tx))
		return errRefused
	})
	twice := e.start(e.ctx, e.insert(10, "c"))
	last := e.start(e.ctx, e.insert(12, "d"))
	release()
	if err := <-failing; !errors.Is(err, errRefused) {
		e.t.Errorf("the failing operation got %v", err)
	}
	e.must(<-last)
	// Of the two that want the same key one has it, and on one writer it is the one that came first.
	had, refused := <-first, <-twice
	if had != nil && e.Can.Writers > 0 {
		had, refused = refused, had
	}
	e.must(had)
	if larder.CodeOf(refused) != larder.CodeConflict {
		e.t.Errorf("the operation that repeats its neighbor's key got %v", refused)
	}
	e.wantAccounts(map[int64]bool{10: true, 11: false, 12: true})
}

// stopAnywhere fails a posting of four statements after each of them.
func stopAnywhere(e env) {
	statements := []string{
		`INSERT INTO posting (id, account_id, amount) VALUES (1, 1, -10)`,
		`INSERT INTO posting (id, account_id, amount) VALUES (2, 2, 10)`,
		`UPDATE account SET balance = balance - 10 WHERE id = 1`,
		`UPDATE account SET balance = balance + 10 WHERE id = 2`,
	}
	post := func(n int) func(larder.Tx) error {
		return func(tx larder.Tx) error {
			for _, text := range statements[:n] {
				e.must(e.exec(text)(tx))
			}
			if n < len(statements) {
				return errRefused
			}
			return nil
		}
	}
	for n := range len(statements) {
		if err := e.Store.Update(e.ctx, post(n)); !errors.Is(err, errRefused) {
			e.t.Fatalf("after %d statements: %v", n, err)
		}
		if got := e.read(`SELECT (SELECT count(*) FROM posting) * 1000 + (SELECT balance FROM account WHERE id = 1)`); got != 60 {
			e.t.Errorf("after %d statements something is left: %d", n, got)
		}
	}
	e.must(e.Store.Update(e.ctx, post(len(statements))))
	if got := e.read(`SELECT (SELECT count(*) FROM posting) * 1000 + (SELECT balance FROM account WHERE id = 1)`); got != 2050 {
		e.t.Errorf("the whole posting left %d", got)
	}
}

// panicking puts a panic between two good operations.
func panicking(e env) {
	release := e.hold()
	first := e.start(e.ctx, e.insert(10, "a"))
	panicked := make(chan any, 1)
	go func() {
		panicked <- recovered(func() {
			_ = e.Store.Update(e.ctx, func(tx larder.Tx) error {
				e.must(e.insert(11, "b")(tx))
				panic(errRefused)
			})
		})
	}()
	last := e.start(e.ctx, e.insert(12, "c"))
	release()
	if p := <-panicked; p != errRefused { //nolint:errorlint // the very value
		e.t.Errorf("the caller recovered %v", p)
	}
	e.must(<-first)
	e.must(<-last)
	e.wantAccounts(map[int64]bool{10: true, 11: false, 12: true})
	var kept larder.Tx
	_ = recovered(func() {
		_ = e.Store.Update(e.ctx, func(tx larder.Tx) error { kept = tx; panic("again") })
	})
	if p := recovered(func() { store.From(kept) }); p == nil {
		e.t.Error("a transaction lived on after its closure panicked")
	}
}
