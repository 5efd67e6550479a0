package crash_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"larder/internal/sim/phone"
	"larder/internal/sim/rig"
	"larder/test/stand"
)

const (
	machines   = 4                      // of a stand with a crowd, each with a shopper of its own
	lookAgain  = 300 * time.Millisecond // pause of a shopper whose door is not free
	longestOne = 900 * time.Millisecond // of an open door, besides what hands need
)

// crowd is a shopper at every cabinet who buys again and again, whatever becomes of the platform. It
// remembers how each purchase came out.
type crowd struct {
	s    *stand.Stand
	stop chan struct{}
	wg   sync.WaitGroup

	mu      sync.Mutex // guards what follows
	bought  []purchase
	refused int
	wrong   []error
}

// purchase is one that came to an end, and whose it was.
type purchase struct {
	rig.Result
	by *rig.Shopper
}

// gather lets a crowd shop at the stand's cabinets until disperse.
func gather(ctx context.Context, s *stand.Stand, seed uint64) *crowd {
	c := &crowd{s: s, stop: make(chan struct{})}
	for i, m := range s.Rig.Machines() {
		rng := rand.New(rand.NewPCG(seed, uint64(i))) //nolint:gosec // a test's errands are no secret
		c.wg.Go(func() { c.shop(ctx, m, rng) })
	}
	return c
}

// shop buys until the crowd is told to stop; the purchase under way is brought to its end.
func (c *crowd) shop(ctx context.Context, at *rig.Machine, rng *rand.Rand) {
	by, err := c.s.Rig.NewShopper(ctx)
	if err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.wrong = append(c.wrong, err)
		return
	}
	for {
		select {
		case <-c.stop:
			return
		case <-ctx.Done():
			return
		default:
		}
		result, err := c.s.Rig.Buy(ctx, rig.Errand{
			Shopper: by, Machine: at, Takes: at.DrawTakes(rng), Open: time.Duration(rng.Int64N(int64(longestOne))),
		})
		if c.note(purchase{result, by}, err) {
			continue
		}
		select { // the door is not free yet: the visit before is still at it
		case <-time.After(lookAgain):
		case <-ctx.Done():
		}
	}
}

// note writes down how a purchase came out; false if it never began.
func (c *crowd) note(p purchase, err error) bool {
	if err == nil {
		err = p.Check()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var refusal *phone.RefusedError
	switch {
	case err == nil:
		c.bought = append(c.bought, p)
	case p.Visit.ID == 0 && errors.As(err, &refusal):
		c.refused++
		return false
	default:
		c.wrong = append(c.wrong, err)
	}
	return true
}

// tally is what has come of a crowd's purchases.
type tally struct{ bought, charged, free, reviews, refused int }

func (n tally) String() string {
	return fmt.Sprintf("%d purchases: %d charged, %d without a bill, %d for a person; %d times a door was not free",
		n.bought, n.charged, n.free, n.reviews, n.refused)
}

// disperse waits for the last purchases, and fails the test for each that came out wrong and for each
// receipt that does not read as it did when it was first shown.
func (c *crowd) disperse(ctx context.Context, t *testing.T) tally {
	t.Helper()
	close(c.stop)
	c.wg.Wait()
	n := tally{bought: len(c.bought), refused: c.refused}
	for _, err := range c.wrong {
		t.Error(err)
	}
	for _, p := range c.bought {
		switch {
		case p.Visit.State == phone.StateReview:
			n.reviews++
		case p.Charged():
			n.charged++
		default:
			n.free++
		}
		again, err := p.by.App.Receipt(ctx, p.Visit.ID)
		if err != nil || again.Total != p.Receipt.Total || again.Payment.Captured != p.Receipt.Payment.Captured {
			t.Errorf("visit %s: its receipt was %s, captured %s, and is %s, captured %s, %v",
				p.Visit.ID, p.Receipt.Total, p.Receipt.Payment.Captured, again.Total, again.Payment.Captured, err)
		}
	}
	if t.Failed() {
		t.Log(c.s.Site.LogTail())
	}
	return n
}
