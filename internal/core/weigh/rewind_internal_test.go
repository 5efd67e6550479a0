package weigh

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"larder"
)

// walk returns frames of a session whose lanes step, ring and rest.
func walk(rng *rand.Rand, lanes, frames int) []Reading {
	mass := make([]float64, lanes)
	for i := range mass {
		mass[i] = 2000 + 500*float64(i)
	}
	out := make([]Reading, frames)
	for n := range out {
		if rng.IntN(12) == 0 {
			mass[rng.IntN(lanes)] += 300 * (rng.Float64() - 0.6)
		}
		at := larder.Millis(300 * (n + 1))
		r := Reading{Seq: uint64(n + 1), At: at, Arrived: at, Mass: make([]larder.Gram, lanes)} //nolint:gosec // small
		for i, g := range mass {
			r.Mass[i] = larder.Gram(math.Round(g + rng.NormFloat64()*1.5))
		}
		out[n] = r
	}
	return out
}

func newRecognizer(t *rapid.T, lanes int) *Recognizer {
	given := make([]Lane, lanes)
	for i := range given {
		given[i] = Lane{Shelf: 1, UnitMass: 300, UnitSD: 3, Price: 500, Stock: 9, Noise: 1}
	}
	r, err := New(given, Balanced())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestTracker_rewind guards I11: whatever comes late, in whatever portions, what is known of the lanes
// is what it would be if everything had come in order.
func TestTracker_rewind(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lanes := rapid.IntRange(1, 3).Draw(t, "lanes")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)) //nolint:gosec // a test repeats itself
		frames := walk(rng, lanes, rapid.IntRange(1, 400).Draw(t, "frames"))
		inOrder := newRecognizer(t, lanes)
		for _, f := range frames {
			if err := inOrder.Feed(f); err != nil {
				t.Fatal(err)
			}
		}
		inOrder.tracker.follow(&inOrder.timeline)
		late := newRecognizer(t, lanes)
		reach := rapid.SampledFrom([]int{2, 20, 400}).Draw(t, "reach")
		for from := 0; from < len(frames); from += reach {
			part := frames[from:min(from+reach, len(frames))]
			rng.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
			for _, f := range part {
				if err := late.Feed(f); err != nil {
					t.Fatal(err)
				}
				if rng.IntN(3) == 0 {
					late.tracker.follow(&late.timeline)
				}
			}
		}
		late.tracker.follow(&late.timeline)
		opts := cmp.Options{
			cmp.AllowUnexported(tracker{}, track{}, level{}, sample{}, lane{}),
			cmpopts.IgnoreFields(tracker{}, "marks"), cmpopts.IgnoreFields(track{}, "pending"), cmpopts.EquateEmpty(), cmpopts.EquateNaNs(),
		}
		if diff := cmp.Diff(inOrder.tracker, late.tracker, opts); diff != "" {
			t.Fatalf("what came late was understood otherwise:\n%s", diff)
		}
	})
}

// TestTracker_rewind_cost guards that a late reading costs what follows it and not the session: a
// cabinet that replays minutes of readings beside its newest would cost seconds otherwise.
func TestTracker_rewind_cost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := newRecognizer(t, 2)
		for _, f := range walk(rand.New(rand.NewPCG(1, 1)), 2, 1000) { //nolint:gosec // a test repeats itself
			if err := r.Feed(f); err != nil {
				t.Fatal(err)
			}
		}
		r.tracker.follow(&r.timeline)
		kept := rapid.IntRange(markEvery, 999).Draw(t, "kept")
		r.tracker.rewind(kept)
		if again := kept - r.tracker.taken; again < 0 || again >= markEvery || r.tracker.counted != kept {
			t.Fatalf("%d frames before %d are followed again, %d counted", again, kept, r.tracker.counted)
		}
	})
}
