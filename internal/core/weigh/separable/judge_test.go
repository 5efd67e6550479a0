package separable_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/weigh/separable"
)

func lane(unit, sd, noise larder.Gram) separable.Lane {
	return separable.Lane{
		Name: separable.Named("A1"), UnitMass: unit, UnitSD: sd, Unsure: larder.NoMass, Noise: noise, Price: 300, Stock: 8,
	}
}

func judge(t *testing.T, lanes ...separable.Lane) separable.Report {
	t.Helper()
	r, err := separable.Judge(lanes)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestLeastMass (BY3) guards the rule of docs/weighing.md section 4: 20 g up to a noise of 2 g, 35 to
// 40 g at 5 g.
func TestLeastMass(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ noise, from, to larder.Gram }{{0.5, 15, 20}, {1, 16, 20}, {2, 19, 21}, {5, 32, 40}} {
		if got := separable.LeastMass(c.noise); got < c.from || got > c.to {
			t.Errorf("noise %v g: at least %.1f g, want %v..%v", float64(c.noise), float64(got), float64(c.from), float64(c.to))
		}
	}
	if separable.LeastMass(larder.NoMass) != separable.LeastMass(1) {
		t.Error("an unknown noise is not taken for the usual one")
	}
}

// TestJudge (BY3) guards who fits a weight lane.
func TestJudge(t *testing.T) {
	t.Parallel()
	t.Run("who fits", func(t *testing.T) {
		t.Parallel()
		for _, c := range []struct {
			lane separable.Lane
			want separable.Fit
		}{
			{lane(500, 6, 1), separable.Fits},
			{lane(25, 0.3, 2), separable.Limited}, // each of eight hands may leave the goods seated by grams elsewhere
			{lane(60, 0.6, 2), separable.Fits},
			{lane(19, 0.3, 2), separable.Unfit},
			{lane(25, 0.3, 5), separable.Unfit},
			{lane(40, 0.5, 5), separable.Fits},
			{lane(12, 0.1, 0.5), separable.Unfit},
			{lane(500, 60, 1), separable.Limited}, // six of them are 147 g unsure
			{lane(500, 200, 1), separable.Unfit},
			{lane(larder.NoMass, 0, 1), separable.NoProduct},
			{lane(0, 0, 1), separable.NoProduct},
		} {
			if got := judge(t, c.lane).Lanes[0]; got.Fit != c.want {
				t.Errorf("%v g ± %v g at %v g: %s, want %s (counts to %d)", float64(c.lane.UnitMass), float64(c.lane.UnitSD), float64(c.lane.Noise),
					got.Fit, c.want, got.ReliableTo)
			}
		}
	})
	t.Run("how far one may count", func(t *testing.T) {
		t.Parallel()
		// Section 4: a spread of 4 % up to 17 pieces when the mean is known, 5 when it is 4 % off. Pieces that
		// are far off, which that rule leaves out, take one or two.
		l := lane(1000, 40, 0.5)
		l.Unsure = 0
		got := judge(t, l).Lanes[0]
		if got.ReliableTo < 15 || got.ReliableTo > 17 {
			t.Errorf("counts to %d, want about 17", got.ReliableTo)
		}
		if got.ReliableShifted < 4 || got.ReliableShifted > 5 {
			t.Errorf("of a shifted batch counts to %d, want about 5", got.ReliableShifted)
		}
	})
	t.Run("equal goods are mistaken, and so are two for one", func(t *testing.T) {
		t.Parallel()
		twin, half, far := lane(501, 6, 1), lane(250, 3, 1), lane(610, 6, 1)
		twin.Name, half.Name, far.Name = "2", "3", "4"
		r := judge(t, lane(500, 6, 1), twin, half, far)
		seen := map[string]bool{}
		for _, p := range r.Pairs {
			seen[string(p.LaneA)+" "+string(p.LaneB)+" "+string(rune('0'+p.CountA))+string(rune('0'+p.CountB))] = true
			if p.LaneA == "4" || p.LaneB == "4" {
				t.Errorf("%+v: nothing weighs that", p)
			}
		}
		for _, want := range []string{`"A1" 2 11`, `"A1" 3 12`, `2 3 12`} {
			if !seen[want] {
				t.Errorf("%s is not among %v", want, seen)
			}
		}
		if seen[`"A1" 2 22`] {
			t.Error("two for two says nothing new")
		}
		if r.Pairs[0].Mistaken < r.Pairs[len(r.Pairs)-1].Mistaken {
			t.Error("the likeliest does not come first")
		}
	})
	t.Run("one product in two lanes is not mistaken for itself", func(t *testing.T) {
		t.Parallel()
		a, b := lane(500, 6, 1), lane(500, 6, 1)
		a.Product, b.Product = "tea", "tea"
		if r := judge(t, a, b); len(r.Pairs) != 0 {
			t.Errorf("%+v", r.Pairs)
		}
	})
	t.Run("a planogram may be published or not", func(t *testing.T) {
		t.Parallel()
		if !judge(t, lane(500, 6, 1), lane(0, 0, 1), lane(500, 60, 1)).Sellable() {
			t.Error("a lane that only counts to few is refused")
		}
		if judge(t, lane(500, 6, 1), lane(8, 0.1, 1)).Sellable() {
			t.Error("a piece that no scale sees is let in")
		}
	})
	t.Run("an error names lane and key", func(t *testing.T) {
		t.Parallel()
		bad := lane(500, 6, 1)
		bad.Noise = -1
		_, err := separable.Judge([]separable.Lane{lane(500, 6, 1), bad})
		if err == nil || !strings.Contains(err.Error(), "lanes[1] (lane A1): noise_g is -1 g") {
			t.Errorf("%v", err)
		}
		if _, err := separable.Judge(make([]separable.Lane, separable.MaxLanes+1)); err == nil {
			t.Error("too many lanes are accepted")
		}
	})
}

// TestJudge_Property (BY3) guards that whatever a lane is said to be, what comes out is a probability.
func TestJudge_Property(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		mass := rapid.Custom(func(t *rapid.T) larder.Gram {
			return larder.Gram(rapid.OneOf(rapid.Float64Range(0, 32_000), rapid.Just(math.NaN()), rapid.Just(0.0), rapid.Float64Range(0, 1e-9)).Draw(t, "g"))
		})
		lanes := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) separable.Lane {
			return separable.Lane{
				Name: "1", UnitMass: mass.Draw(t, "unit"), UnitSD: mass.Draw(t, "sd"), Unsure: mass.Draw(t, "unsure"),
				Noise: mass.Draw(t, "noise"), Stock: rapid.IntRange(0, 50).Draw(t, "stock"),
			}
		}), 0, 4).Draw(t, "lanes")
		r, err := separable.Judge(lanes)
		if err != nil {
			t.Fatal(err)
		}
		probability := func(p float64, what string) {
			if !(p >= 0 && p <= 1) {
				t.Fatalf("%s is %v", what, p)
			}
		}
		for i, l := range r.Lanes {
			for _, p := range l.Confused {
				probability(p, "a confusion")
			}
			probability(lanes[i].Miscount(3, -0.04), "a miscount")
			probability(lanes[i].Confused(-1), "a confusion")
			if l.ReliableTo < 0 || l.ReliableTo > separable.MaxCount || l.ReliableShifted > l.ReliableTo {
				t.Fatalf("counts to %d, of a shifted batch to %d", l.ReliableTo, l.ReliableShifted)
			}
		}
		for _, p := range r.Pairs {
			probability(p.Mistaken, "a mistake")
			probability(p.ByUnitMass, "a mistake by unit masses")
		}
	})
}
