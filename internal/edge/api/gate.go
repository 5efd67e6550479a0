package api

import (
	"sync"

	"larder"
)

const (
	maxStreams      = 8192 // clients that follow at once, of one process
	maxStreamsOfOne = 8    // of one customer: a few phones, reconnecting
)

// gate bounds how many streams are open, in all and by asker. It is safe for concurrent use.
type gate struct {
	mu   sync.Mutex     // guards what follows
	all  int            // at most maxStreams
	open map[string]int // by asker; no entry where there are none
}

func newGate() *gate { return &gate{open: map[string]int{}} }

// enter takes a place and returns what gives it back, once; limited where the asker has too many,
// overload where all places are taken.
func (g *gate) enter(asker string) (leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.open[asker] >= maxStreamsOfOne:
		return nil, larder.E(larder.CodeLimited, paramRetry, 1)
	case g.all >= maxStreams:
		return nil, larder.E(larder.CodeOverload, paramRetry, 1)
	}
	g.all++
	g.open[asker]++
	return sync.OnceFunc(func() { g.exit(asker) }), nil
}

func (g *gate) exit(asker string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all--
	if g.open[asker]--; g.open[asker] == 0 {
		delete(g.open, asker)
	}
}
