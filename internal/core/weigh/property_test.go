package weigh_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/weigh"
)

// wild draws a scene in which anything may happen on any lane; untouched are the lanes that nobody
// touched.
func wild(t *rapid.T) (s *scene, untouched []int) {
	seed := rapid.Uint64().Draw(t, "seed")
	rng := rand.New(rand.NewPCG(seed, 2))
	s = newScene(rng, rapid.IntRange(1, 8).Draw(t, "lanes"), 30, 600, rapid.Float64Range(0.4, 3).Draw(t, "noise"))
	touched := make([]bool, len(s.lanes))
	at := s.opened + 500
	for range rapid.IntRange(0, 6).Draw(t, "changes") {
		lane := rapid.IntRange(0, len(s.lanes)-1).Draw(t, "lane")
		by := rapid.SampledFrom([]float64{-1, -1, -1, -2, -0.5, 1, 0.4}).Draw(t, "pieces")
		s.change(lane, at, by*float64(s.lanes[lane].UnitMass))
		touched[lane] = true
		at += larder.Millis(rapid.IntRange(300, 3_000).Draw(t, "pause"))
	}
	s.shut(at + 500)
	for i, yes := range touched {
		if !yes {
			untouched = append(untouched, i)
		}
	}
	return s, untouched
}

// answer feeds readings, tells the door times and asks late, when everything has arrived.
func answer(t *rapid.T, lanes []weigh.Lane, s *scene, readings []weigh.Reading) weigh.Verdict {
	r, err := weigh.New(lanes, weigh.Balanced())
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range readings {
		if err := r.Feed(in); err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "look") {
			for _, l := range r.Basket() {
				if l.Count < 1 || l.Lane < 0 || l.Lane >= len(lanes) {
					t.Fatalf("the live basket holds %+v", l)
				}
			}
		}
	}
	r.Closed(s.closed, s.closed)
	r.Opened(s.opened, s.opened)
	now := s.closed + 95_000
	for {
		v, next, done := r.Decide(now)
		if done {
			return v
		}
		now = next
	}
}

// masses are equal within a microgram, or both unknown.
var masses = cmp.Comparer(func(a, b larder.Gram) bool {
	return !a.Known() && !b.Known() || math.Abs(float64(a-b)) < 1e-6
})

// The count of a lane is never negative and never above stock+1 in a charge; a lane without any step
// is never charged.
func TestRecognizer_property_counts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, untouched := wild(t)
		v := answer(t, s.lanes, s, s.readings())
		for _, l := range v.Lines {
			if l.Count < 1 || v.Kind == weigh.Charge && l.Count > s.lanes[l.Lane].Stock+1 {
				t.Fatalf("%s has %+v", v.Kind, l)
			}
			if slices.Contains(untouched, l.Lane) {
				t.Fatalf("%s has %+v, which nobody touched", v.Kind, l)
			}
		}
		for _, e := range v.Lanes {
			if e.Count < 0 || e.Moved < 0 {
				t.Fatalf("evidence %+v", e)
			}
			sum := float64(e.Count+e.Moved)*float64(e.UnitMass) + float64(e.Rest)
			if e.Known && math.Abs(float64(e.Before-e.After)-sum) > 1e-6 {
				t.Fatalf("evidence %+v does not add up", e)
			}
		}
		if v.Confidence < 0 || v.Confidence > 1 {
			t.Fatalf("confidence %v", v.Confidence)
		}
	})
}

// A duplicate changes nothing, and neither does the order of arrival once all have arrived.
func TestRecognizer_property_order_and_duplicates(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, _ := wild(t)
		readings := s.readings()
		want := answer(t, s.lanes, s, readings)
		mixed := slices.Clone(readings)
		for range rapid.IntRange(0, 20).Draw(t, "duplicates") {
			mixed = append(mixed, readings[rapid.IntRange(0, len(readings)-1).Draw(t, "which")])
		}
		mixed = rapid.Permutation(mixed).Draw(t, "order")
		if diff := cmp.Diff(want, answer(t, s.lanes, s, mixed), masses); diff != "" {
			t.Fatalf("the order of arrival matters (-in order +mixed):\n%s", diff)
		}
	})
}

// Permuting the lanes permutes the answer.
func TestRecognizer_property_permutation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, _ := wild(t)
		readings := s.readings()
		want := answer(t, s.lanes, s, readings)
		places := make([]int, len(s.lanes))
		for i := range places {
			places[i] = i
		}
		places = rapid.Permutation(places).Draw(t, "places")
		lanes := make([]weigh.Lane, len(places))
		for to, from := range places {
			lanes[to] = s.lanes[from]
		}
		moved := make([]weigh.Reading, len(readings))
		for k, in := range readings {
			moved[k] = in
			moved[k].Mass = make([]larder.Gram, len(places))
			for to, from := range places {
				moved[k].Mass[to] = in.Mass[from]
			}
		}
		got := answer(t, lanes, s, moved)
		back := make([]weigh.LaneEvidence, len(places))
		for to, from := range places {
			back[from] = got.Lanes[to]
			back[from].Lane = from
		}
		got.Lanes = back
		for i := range got.Lines {
			got.Lines[i].Lane = places[got.Lines[i].Lane]
		}
		slices.SortFunc(got.Lines, func(a, b weigh.Line) int { return a.Lane - b.Lane })
		if diff := cmp.Diff(want, got, masses, cmpopts.EquateApprox(1e-9, 1e-9)); diff != "" {
			t.Fatalf("the order of lanes matters (-as is +permuted):\n%s", diff)
		}
	})
}
