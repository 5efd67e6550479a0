package sqlite

import (
	"reflect"
	"runtime"
)

// A transaction inside a transaction would wait for itself, or for another database's writer whose
// operation waits for this one. A closure gets no context of ours that could carry a mark, and the one
// it captured is its caller's; but it runs on its caller's goroutine, below [inside], and so the mark is
// on the stack. Reading it costs about a microsecond; asking the runtime for the goroutine's number
// costs ten times as much.

// inside is the frame that marks the code of a transaction: fn is a closure, or a bell.
//
//go:noinline
func inside(fn func()) { fn() }

// insideEntry is where the code of inside begins, and insideSpan more than it is long.
var insideEntry = reflect.ValueOf(inside).Pointer()

const insideSpan = 4096

// mustBeOutside panics if this goroutine is inside a transaction.
func mustBeOutside(what string) {
	var pcs [64]uintptr
	for skip := 2; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs[:])
		for _, pc := range pcs[:n] {
			if pc-insideEntry < insideSpan && runtime.FuncForPC(pc-1).Entry() == insideEntry {
				panic("store: " + what + " inside a transaction: a transaction does not nest; pass the larder.Tx on")
			}
		}
		if n < len(pcs) {
			return
		}
	}
}
