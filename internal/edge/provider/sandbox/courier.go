package sandbox

import (
	"context"
	"sync"
	"time"
)

// courier runs what happens later, and ends it all when the sandbox closes.
type courier struct {
	clock Clock
	limit int

	ctx    context.Context // ends with the sandbox
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu      sync.Mutex // guards what follows; taken after every other lock
	closed  bool
	next    int
	timers  map[int]func() bool // stops of what is pending
	dropped int
}

func (c *courier) init(clock Clock, limit int) {
	c.clock, c.limit, c.timers = clock, limit, map[int]func() bool{}
	c.ctx, c.cancel = context.WithCancel(context.Background())
}

// work runs f in a goroutine that wait waits for.
func (c *courier) work(f func()) { c.wg.Go(f) }

// later runs f after d, in a goroutine of its own, unless the sandbox closes before. What is
// beyond the limit is dropped and counted: callbacks are never guaranteed.
func (c *courier) later(d time.Duration, f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	if len(c.timers) >= c.limit {
		c.dropped++
		return
	}
	c.next++
	id := c.next
	c.wg.Add(1)
	c.timers[id] = c.clock.AfterFunc(d, func() {
		defer c.wg.Done()
		if c.begin(id) {
			f()
		}
	})
}

// begin takes a timer that fires off the list; it reports false if the sandbox has closed.
func (c *courier) begin(id int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.timers, id)
	return !c.closed
}

// stop drops what is pending. It may be called more than once.
func (c *courier) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.closed = true
	c.cancel()
	for id, stop := range c.timers {
		if stop() {
			c.wg.Done()
		}
		delete(c.timers, id)
	}
}

func (c *courier) wait() { c.wg.Wait() }

// Dropped returns how many timers were dropped because too many were pending.
func (s *Server) Dropped() int {
	s.courier.mu.Lock()
	defer s.courier.mu.Unlock()
	return s.courier.dropped
}
