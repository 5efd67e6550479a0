package cabinet

import (
	"math/rand/v2"
	"testing"
	"time"

	"larder/internal/sim/physics"
)

// I6, asserted at the lock itself: whatever the protocol's code decides, the lock does not move
// without a live, unexpired, unused authorization.
func TestCabinet_actuate(t *testing.T) {
	t.Parallel()
	now := time.Now()
	machine := func(t *testing.T) *Cabinet {
		t.Helper()
		body, err := physics.New(physics.Config{}, rand.New(rand.NewPCG(1, 1)))
		if err != nil {
			t.Fatal(err)
		}
		c, err := New(Config{
			Serial: "LD-1", Key: make([]byte, 32), Address: "127.0.0.1:1", Body: body, Rand: rand.New(rand.NewPCG(1, 1)),
		})
		if err != nil {
			t.Fatal(err)
		}
		c.link = newConn(c, nil, 7)
		return c
	}
	live := func(c *Cabinet) authorization {
		return authorization{command: 1, session: 5, epoch: 7, link: c.link, issued: now.Add(-time.Second), ttl: 2 * time.Second}
	}
	for name, spoil := range map[string]func(*Cabinet, *authorization){
		"of another connection":       func(c *Cabinet, a *authorization) { a.link = newConn(c, nil, 7) },
		"of no connection":            func(c *Cabinet, a *authorization) { a.link, c.link = nil, nil },
		"of another epoch":            func(_ *Cabinet, a *authorization) { a.epoch = 6 },
		"that has expired":            func(_ *Cabinet, a *authorization) { a.issued = now.Add(-2 * time.Second) },
		"that never expires":          func(_ *Cabinet, a *authorization) { a.ttl = time.Hour },
		"that has no time at all":     func(_ *Cabinet, a *authorization) { a.ttl = 0 },
		"that moved the lock already": func(c *Cabinet, a *authorization) { c.actuated = []int64{a.command} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := machine(t)
			a := live(c)
			spoil(c, &a)
			if c.actuate(a, now) || c.door.released || c.current != nil {
				t.Error("the lock moved")
			}
			if c.tally.Violations != 1 {
				t.Errorf("%d violations counted", c.tally.Violations)
			}
		})
	}
	t.Run("a live one moves it", func(t *testing.T) {
		t.Parallel()
		c := machine(t)
		if !c.actuate(live(c), now) || !c.door.released || c.tally.Violations != 0 {
			t.Error("the lock did not move")
		}
	})
}
