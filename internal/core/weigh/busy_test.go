package weigh_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"larder"
	"larder/internal/core/weigh"
)

// H13: the busiest session costs a bounded time: twenty lanes of equal goods from which and into which
// things go all the time.
func TestRecognizer_busy(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		s := newScene(rand.New(rand.NewPCG(seed, 12)), 20, 100, 104, 0.9)
		at := s.opened + 1_000
		for k := range 24 {
			by := -float64(s.lanes[0].UnitMass) * float64(1+s.rng.IntN(2))
			if k > 6 && s.rng.IntN(2) == 0 {
				by = -by
			}
			s.steps = append(s.steps, step{s.rng.IntN(20), at, by})
			at += 1_500 + larder.Millis(s.rng.IntN(1_000))
		}
		s.shut(at)
		readings := s.readings()
		r, err := weigh.New(s.lanes, weigh.Balanced())
		if err != nil {
			t.Fatal(err)
		}
		r.Opened(s.opened, s.opened)
		r.Closed(s.closed, s.closed)
		began := time.Now()
		v := decide(t, r, readings, s.closed)
		if took := time.Since(began); took > 500*time.Millisecond { // 50 ms on a machine that does nothing else
			t.Errorf("seed %d: %s after %v", seed, v.Kind, took)
		} else {
			t.Log(v.Kind, v.Reasons, took)
		}
	}
}
