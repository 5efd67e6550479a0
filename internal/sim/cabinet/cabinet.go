package cabinet

import (
	"context"
	"sync"
	"time"

	"larder/internal/sim/physics"
)

// Cabinet is one simulated machine.
//
// One mutex guards everything that is not constant: Run's goroutine holds it while alarms ring, the
// connection's reader while it handles a frame, and callers while they act. Nothing waits while
// holding it; sockets are read and written by goroutines of the connection that do not hold it.
// Order of locks: Cabinet.mu, then outbox.mu or Watch.mu.
type Cabinet struct {
	cfg   Config
	start time.Time     // moment 0 of the body
	wake  chan struct{} // rouses Run; holds one

	mu       sync.Mutex
	body     *physics.Cabinet
	cadence  Cadence
	alarms   alarms
	rouse    time.Time // when Run looks again by itself
	powered  bool
	cut      bool // the network is gone
	boot     uint64
	booted   time.Time // start of the boot: 0 of the cabinet's clock
	door     door
	journal  journal
	current  *session   // whose stream runs; nil outside sessions
	kept     []*session // sessions whose readings are not durable, oldest first, the current last
	truths   []truth    // of the latest sessions
	idleSeq  uint64     // readings outside sessions in this boot
	history  []frame    // the latest readings of this boot, oldest first
	replay   []replay   // kept readings that go out again over this connection
	link     *conn      // nil while there is none that was welcomed
	greeting bool       // a connection is being made
	failures int        // connections that failed in a row
	actuated []int64    // commands that moved the lock, the latest last
	held     []heldAnswer
	wrong    Misbehavior
	tally    Tally
	watches  map[*Watch]struct{}
}

// New returns a machine that is switched on and shut, with nobody at its door. The error says
// which setting is wrong.
func New(cfg Config) (*Cabinet, error) {
	cfg, err := cfg.settle()
	if err != nil {
		return nil, err
	}
	now := cfg.Now()
	c := &Cabinet{
		cfg: cfg, start: now, wake: make(chan struct{}, 1),
		body: cfg.Body, cadence: cfg.Cadence,
		powered: true, boot: cfg.Boot, booted: now,
		watches: make(map[*Watch]struct{}),
	}
	if cfg.Driven {
		c.alarms[alarmConnect] = now
	}
	return c, nil
}

// Run drives the machine until ctx ends, and returns when all its goroutines have ended. It may be
// called again: the machine then goes on as it was left.
func (c *Cabinet) Run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var connections sync.WaitGroup
	defer connections.Wait()
	defer c.stop()
	defer cancel()
	c.mu.Lock()
	c.set(alarmConnect, c.cfg.Now())
	c.mu.Unlock()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		case <-timer.C:
		}
		c.mu.Lock()
		now := c.cfg.Now()
		if c.ring(now) {
			connections.Go(func() { c.connect(ctx) })
		}
		c.rouse = c.alarms.next(now)
		timer.Reset(c.rouse.Sub(now))
		c.mu.Unlock()
	}
}

// stop drops the connection.
func (c *Cabinet) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop()
	c.alarms.clear(alarmConnect)
}

// moment is a time as the body counts it.
func (c *Cabinet) moment(at time.Time) physics.Moment {
	return physics.Moment(at.Sub(c.start).Milliseconds())
}

// clock is a time as the cabinet's own clock has it: milliseconds since the boot, if the clock is right.
func (c *Cabinet) clock(at time.Time) int64 {
	passed := at.Sub(c.booted)
	passed += c.wrong.ClockAhead + time.Duration(c.wrong.ClockFast*float64(passed))
	return passed.Milliseconds()
}
