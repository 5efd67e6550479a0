package storetest

import (
	"strings"

	"larder"
	"larder/internal/edge/store"
)

// nestCases are about transactions used in the wrong place: always a panic, never a deadlock and never
// a statement outside its transaction.
var nestCases = map[string]func(env){
	"Update/nested_in_Update_panics": func(e env) {
		e.wantPanic("does not nest", func() {
			_ = e.Store.Update(e.ctx, func(larder.Tx) error { return e.Store.Update(e.ctx, e.insert(10, "a")) })
		})
		e.must(e.Store.Update(e.ctx, e.insert(11, "b")))
		e.wantAccounts(map[int64]bool{10: false, 11: true})
	},
	"View/nested_in_Update_panics": func(e env) {
		e.wantPanic("does not nest", func() {
			_ = e.Store.Update(e.ctx, func(larder.Tx) error { e.has(1); return nil })
		})
		e.must(e.Store.Update(e.ctx, e.insert(11, "b")))
	},
	"Update/nested_in_View_panics": func(e env) {
		e.wantPanic("does not nest", func() {
			_ = e.Store.View(e.ctx, func(larder.Tx) error { return e.Store.Update(e.ctx, e.insert(10, "a")) })
		})
		e.must(e.Store.Update(e.ctx, e.insert(11, "b")))
	},
	"Update/another_goroutine_is_not_nested": func(e env) {
		answer := make(chan error, 1)
		e.must(e.Store.Update(e.ctx, func(tx larder.Tx) error {
			go func() { answer <- e.Store.Update(e.ctx, e.insert(10, "a")) }()
			return e.insert(11, "b")(tx)
		}))
		e.must(<-answer)
		e.wantAccounts(map[int64]bool{10: true, 11: true})
	},
	"Update/preparing_inside_panics": func(e env) {
		e.wantPanic("prepared inside a transaction", func() {
			_ = e.Store.Update(e.ctx, func(tx larder.Tx) error {
				_, err := store.From(tx).PrepareContext(e.ctx, "SELECT 1") //nolint:sqlclosecheck // it panics
				return err
			})
		})
	},
	"Tx/used_after_its_end_panics": func(e env) {
		for name, open := range map[string]func(func(larder.Tx) error) error{
			"Update": func(fn func(larder.Tx) error) error { return e.Store.Update(e.ctx, fn) },
			"View":   func(fn func(larder.Tx) error) error { return e.Store.View(e.ctx, fn) },
		} {
			var tx larder.Tx
			var q store.DBTX
			e.must(open(func(inner larder.Tx) error { tx, q = inner, store.From(inner); return nil }))
			e.t.Log(name)
			e.wantPanic("after its end", func() { store.From(tx) })
			e.wantPanic("after its end", func() { tx.AfterCommit(func() {}) })
			e.wantPanic("after its end", func() { _, _ = q.ExecContext(e.ctx, "DELETE FROM account") })
			e.wantPanic("after its end", func() { _ = q.QueryRowContext(e.ctx, "SELECT 1").Err() })
		}
	},
}

func (e env) wantPanic(text string, fn func()) {
	e.t.Helper()
	p := recovered(fn)
	if s, ok := p.(string); !ok || !strings.Contains(s, text) {
		e.t.Errorf("panicked with %v, want %q", p, text)
	}
}
