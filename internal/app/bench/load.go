package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"larder/internal/sim/phone"
	"larder/internal/sim/rig"
)

const (
	endTime = 3 * time.Minute  // for one purchase; the recognizer may wait for 98 s
	filling = 10 * time.Second // beyond an open door: by then as many purchases end as begin
	// A customer may start a visit every 15 s for ever (the API's limit); so many are needed for one
	// purchase a second.
	shoppersPerRate = 16
	complaints      = 5 // that are printed in full
)

// load begins purchases at an even pace, whatever becomes of those before. A shopper who finds every
// door taken waits for one.
type load struct {
	cfg      Config
	rig      *rig.Rig
	doors    chan *rig.Machine // free ones
	shoppers chan *rig.Shopper // at home
	quit     chan struct{}
	tally    tally

	mu    sync.Mutex // guards wrong
	wrong []error    // the first of them
}

// tally counts how purchases came out.
type tally struct {
	ended    atomic.Int64 // with a bill that was collected, right or wrong
	wrong    atomic.Int64 // ErrWrong
	lost     atomic.Int64 // no end, or an end without a bill
	reviewed atomic.Int64 // a person is asked
	waited   atomic.Int64 // for a free door
}

// newLoad signs the shoppers in.
func newLoad(ctx context.Context, c Config, r *rig.Rig) (*load, error) {
	people := c.Doors + int(math.Ceil(c.Rate*shoppersPerRate))
	l := &load{
		cfg: c, rig: r, doors: make(chan *rig.Machine, c.Doors), shoppers: make(chan *rig.Shopper, people),
		quit: make(chan struct{}),
	}
	for _, m := range r.Machines() {
		l.doors <- m
	}
	var queue sync.WaitGroup
	errs := make(chan error, signInsWide)
	var next atomic.Int64
	for range signInsWide {
		queue.Go(func() {
			for next.Add(1) <= int64(people) {
				s, err := r.NewShopper(ctx)
				if err != nil {
					errs <- fmt.Errorf("sign in: %w", err)
					return
				}
				l.shoppers <- s
			}
		})
	}
	queue.Wait()
	close(errs)
	return l, <-errs
}

// fill is how long it takes until the load is steady.
func (l *load) fill() time.Duration { return l.cfg.Open + filling }

// stop ends the coming of shoppers; those who have come finish.
func (l *load) stop() { close(l.quit) }

// begin lets shoppers come until stop, and closes the channel returned when the last has gone.
func (l *load) begin(ctx context.Context) <-chan struct{} {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var visits sync.WaitGroup
		defer visits.Wait()
		began := time.Now()
		for n := 0; ; n++ {
			due := began.Add(time.Duration(float64(n) / l.cfg.Rate * float64(time.Second)))
			timer := time.NewTimer(time.Until(due))
			select {
			case <-ctx.Done():
				timer.Stop()
				return
			case <-l.quit:
				timer.Stop()
				return
			case <-timer.C:
			}
			m, ok := l.freeDoor(ctx)
			if !ok {
				return
			}
			visits.Go(func() { l.visit(ctx, m, uint64(n)) }) //nolint:gosec // counts from 0
		}
	}()
	return ended
}

// freeDoor waits for a door; false when the load has ended.
func (l *load) freeDoor(ctx context.Context) (*rig.Machine, bool) {
	select {
	case m := <-l.doors:
		return m, true
	default:
		l.tally.waited.Add(1)
	}
	select {
	case m := <-l.doors:
		return m, true
	case <-l.quit:
	case <-ctx.Done():
	}
	return nil, false
}

// visit is one purchase.
func (l *load) visit(ctx context.Context, m *rig.Machine, n uint64) {
	ctx, cancel := context.WithTimeout(ctx, endTime)
	defer cancel()
	leave := sync.OnceFunc(func() { l.doors <- m })
	defer leave()
	shopper := <-l.shoppers
	defer func() { l.shoppers <- shopper }()
	takes := m.DrawTakes(rand.New(rand.NewPCG(seed, n))) //nolint:gosec // a simulated hand
	result, err := l.rig.Buy(ctx, rig.Errand{
		Shopper: shopper, Machine: m, Takes: takes, Open: l.cfg.Open, Left: leave,
	})
	if len(takes) == 0 {
		err = errors.Join(err, fmt.Errorf("cabinet %s is sold out", m.Plan.Serial))
	}
	l.count(result, err)
}

// count judges how a purchase came out.
func (l *load) count(result rig.Result, err error) {
	switch {
	case err != nil:
		l.tally.lost.Add(1)
	case result.Check() != nil:
		err = result.Check()
		l.tally.wrong.Add(1)
		l.tally.ended.Add(1)
	case result.Charged():
		l.tally.ended.Add(1)
	case result.Visit.State == phone.StateReview:
		l.tally.reviewed.Add(1)
	default:
		err = fmt.Errorf("visit %s ended %s", result.Visit.ID, result.Visit.Outcome)
		l.tally.lost.Add(1)
	}
	if err == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.wrong) < complaints {
		l.wrong = append(l.wrong, err)
	}
}

// tell says what the result's figures do not.
func (l *load) tell(w io.Writer) {
	t := &l.tally
	fmt.Fprintf(w, "%d purchases right, %d wrong, %d lost, %d for a person to judge; %d shoppers waited for a free door\n",
		t.ended.Load()-t.wrong.Load(), t.wrong.Load(), t.lost.Load(), t.reviewed.Load(), t.waited.Load())
}

// verdict is an error if anything came out wrong or was lost.
func (l *load) verdict() error {
	wrong, lost := l.tally.wrong.Load(), l.tally.lost.Load()
	if wrong == 0 && lost == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return fmt.Errorf("bench: %d wrong receipts, %d lost purchases; the first of them: %w", wrong, lost, errors.Join(l.wrong...))
}
