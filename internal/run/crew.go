package run

import (
	"context"
	"sync"
	"time"
)

// crew is a number of functions that run beside each other, and somebody who waits for all of them to
// end.
type crew struct {
	scheduler Scheduler
	mu        sync.Mutex // guards working
	working   int
	left      Signal
}

func newCrew(s Scheduler) *crew { return &crew{scheduler: s, left: s.NewSignal()} }

// run begins fn.
func (c *crew) run(fn func()) {
	c.mu.Lock()
	c.working++
	c.mu.Unlock()
	c.scheduler.Go(func() {
		defer c.leave()
		fn()
	})
}

func (c *crew) leave() {
	c.mu.Lock()
	c.working--
	c.mu.Unlock()
	c.left.Set()
}

func (c *crew) empty() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.working == 0
}

// wait returns when nobody works. Nobody may begin meanwhile.
func (c *crew) wait() {
	for !c.empty() {
		c.left.Wait(context.Background(), time.Hour)
	}
}
