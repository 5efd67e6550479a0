package store

import (
	"reflect"
	"runtime"
)

// A transaction inside a transaction would wait for itself, or for another database's writer whose
// operation waits for this one. A closure gets no context of ours that could carry a mark, and the one
// it captured is its caller's; but it runs on its caller's goroutine, below [Inside], and so the mark is
// on the stack. Reading it costs about a microsecond; asking the runtime for the goroutine's number
// costs ten times as much.

// Inside is the frame that marks the code of a transaction: fn is a closure, or a bell. Only engines
// call it.
//
//go:noinline
func Inside(fn func()) { fn() }

// insideEntry is where the code of [Inside] begins, and insideSpan more than it is long.
var insideEntry = reflect.ValueOf(Inside).Pointer()

const insideSpan = 4096

// MustBeOutside panics if this goroutine is inside a transaction of any engine; what is named in the
// panic. Only engines call it.
func MustBeOutside(what string) {
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
