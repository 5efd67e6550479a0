package sqlite

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
	"sync"
)

// nesting knows which goroutines are inside a transaction of this database. A transaction inside a
// transaction would wait for itself, or read a state that its outer one has already left. The
// closure gets no context of ours that could carry a mark, and what it captured is its caller's; but
// it runs on its caller's goroutine, so the goroutine is the mark.
type nesting struct {
	mu     sync.Mutex // guards inside
	inside map[uint64]string
}

// enter notes that this goroutine begins what, and panics if it is inside a transaction already.
func (n *nesting) enter(what string) (leave func()) {
	id := goroutineID()
	n.mu.Lock()
	outer, nested := n.inside[id]
	if !nested {
		n.inside[id] = what
	}
	n.mu.Unlock()
	if nested {
		panic(fmt.Sprintf("store: %s inside %s: a transaction does not nest; pass the larder.Tx on", what, outer))
	}
	return func() {
		n.mu.Lock()
		delete(n.inside, id)
		n.mu.Unlock()
	}
}

// goroutineID reads the number out of "goroutine 18 [running]:", the only place where the runtime
// tells it. The form has not changed since Go 1; a form that it cannot read is a panic here and not
// a deadlock later.
func goroutineID() uint64 {
	var buf [32]byte
	text := buf[:runtime.Stack(buf[:], false)]
	text = bytes.TrimPrefix(text, []byte("goroutine "))
	number, _, _ := bytes.Cut(text, []byte(" "))
	id, err := strconv.ParseUint(string(number), 10, 64)
	if err != nil {
		panic("sqlite: the runtime names goroutines in a new way: " + string(buf[:]))
	}
	return id
}
