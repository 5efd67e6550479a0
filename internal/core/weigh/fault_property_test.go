package weigh_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/weigh"
)

// garbage draws what a lane says after the close when it says nothing: one way for a lane. No two
// readings of an unstable lane agree. The lone idle reading behind the fast frames is a stable sample
// by definition (W2 relies on it), so there an unstable lane says what no scale can say.
func garbage(t *rapid.T, s *scene, readings []weigh.Reading, lane int) {
	ways := []string{"zero", "full scale", "not a number", "infinite", "unstable"}
	way := rapid.SampledFrom(append(ways, "mixed")).Draw(t, "way")
	full := rapid.SampledFrom([]larder.Gram{1<<14 - 1, 1<<15 - 1, 1<<23 - 1, 1<<24 - 1}).Draw(t, "full_scale")
	swing := larder.Gram(rapid.Float64Range(200, 2_000).Draw(t, "swing_g"))
	swings := s.rng.Perm(len(readings))
	for k, in := range readings {
		if in.At < s.closed {
			continue
		}
		now := way
		if way == "mixed" {
			now = ways[s.rng.IntN(len(ways))]
		}
		if now == "unstable" && in.At > s.closed+8_000 {
			now = "full scale"
		}
		switch now {
		case "zero":
			in.Mass[lane] = 0
		case "full scale":
			in.Mass[lane] = full
		case "not a number":
			in.Mass[lane] = larder.NoMass
		case "infinite":
			in.Mass[lane] = larder.Gram(math.Inf(-1))
		case "unstable":
			in.Mass[lane] += swing * larder.Gram(swings[k]-len(readings)/2)
		}
	}
}

// W1, DV8, I12: whatever lanes say after the close instead of a stable weight, and however many of
// them, is a review or charges nothing: never "took everything", never a count on such a lane, and
// nothing is decided within 0.5 s of the close.
func TestRecognizer_W1_property_no_stable_weight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s, _ := wild(rt)
		readings := s.readings()
		lanes := make([]int, len(s.lanes))
		for i := range lanes {
			lanes[i] = i
		}
		spoiled := rapid.Permutation(lanes).Draw(rt, "lanes")[:rapid.IntRange(1, len(lanes)).Draw(rt, "spoiled")]
		for _, lane := range spoiled {
			garbage(rt, s, readings, lane)
		}
		v := s.playReadings(t, readings)
		if v.Kind != weigh.Review && v.Kind != weigh.NoCharge {
			rt.Fatalf("%s %+v %v with garbage on lanes %v", v.Kind, v.Lines, v.Reasons, spoiled)
		}
		if wait := v.Decided - (s.closed + s.delay); wait < 500 {
			rt.Fatalf("decided %d ms after the close", wait)
		}
	})
}

// W2, I12: with nothing weighed after the close the level of before is not the closing weight, were
// it ever so calm, and though its readings arrive late, again and behind the close: a review, and no
// lane has a weight of after.
func TestRecognizer_W2_property_level_before_opening(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s, _ := wild(rt)
		// What is kept ends before the opening, or anywhere before the close.
		end := rapid.OneOf(rapid.Just(s.opened), rapid.Custom(func(t *rapid.T) larder.Millis {
			return larder.Millis(rapid.Int64Range(int64(s.opened), int64(s.closed)).Draw(t, "end"))
		})).Draw(rt, "kept_until")
		readings := slices.DeleteFunc(s.readings(), func(in weigh.Reading) bool { return in.At >= end })
		for range rapid.IntRange(0, 8).Draw(rt, "late") {
			in := readings[rapid.IntRange(0, len(readings)-1).Draw(rt, "which")]
			in.Arrived = s.closed + larder.Millis(rapid.IntRange(0, 60_000).Draw(rt, "arrived"))
			readings = append(readings, in)
		}
		slices.SortStableFunc(readings, func(a, b weigh.Reading) int { return int(a.Arrived - b.Arrived) })
		v := s.playReadings(t, readings)
		if v.Kind != weigh.Review || len(v.Lines) != 0 || !slices.Contains(v.Reasons, weigh.ReasonNoStableWeight) {
			rt.Fatalf("%s %+v %v without a weight after the close", v.Kind, v.Lines, v.Reasons)
		}
		for _, e := range v.Lanes {
			if e.Known || e.After.Known() {
				rt.Fatalf("evidence %+v has a weight of after the close", e)
			}
		}
		if wait := v.Decided - (s.closed + s.delay); wait < 2_500 {
			rt.Fatalf("decided %d ms after the close, without the 2 s more", wait)
		}
	})
}
