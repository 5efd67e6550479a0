package crash_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"larder/test/stand"
)

// How much is tried; nightly runs take more.
var (
	kills = flag.Int("kills", 6, "SIGKILLs at random moments")
	seed  = flag.Uint64("seed", 20261123, "of moments and errands")
)

const (
	perKill     = 20 * time.Second        // at most, with restart and audit
	longestLife = 1500 * time.Millisecond // of the platform between two kills
)

// TestServe_KilledAtRandom guards D1, I1, I2, I8 and I17: a platform that is killed again and again
// at any moment charges everybody for what they took, once, forgets nothing that it has acknowledged,
// and leaves rows behind on which every invariant holds, each time.
func TestServe_KilledAtRandom(t *testing.T) {
	t.Parallel()
	stand.EachDatabase(t, killAtRandom)
}

func killAtRandom(t *testing.T, settings map[string]string) {
	s := stand.New(t, stand.Options{Cabinets: machines, Settings: settings})
	ctx, cancel := context.WithTimeout(t.Context(), endTime+time.Duration(*kills)*perKill)
	defer cancel()
	rng := rand.New(rand.NewPCG(*seed, 1)) //nolint:gosec // moments are no secret
	people := gather(ctx, s, *seed)
	var starts []time.Duration
	for range *kills {
		select {
		case <-time.After(time.Duration(rng.Int64N(int64(longestLife)))):
		case <-ctx.Done():
			t.Fatal(context.Cause(ctx))
		}
		s.Platform.Kill()
		s.Audit()
		began := time.Now()
		s.Start()
		starts = append(starts, time.Since(began))
	}
	n := people.disperse(ctx, t)
	s.Audit()
	slices.Sort(starts)
	t.Logf("%d kills, ready again after %s (median), %s (longest); %s",
		*kills, starts[len(starts)/2].Round(time.Millisecond), starts[len(starts)-1].Round(time.Millisecond), n)
	if n.bought < machines {
		t.Errorf("only %d purchases: the platform was killed before anything could happen", n.bought)
	}
}
