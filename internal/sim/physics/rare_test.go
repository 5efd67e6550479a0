package physics_test

import (
	"slices"
	"testing"

	"larder/internal/sim/physics"
)

// The rare rows of docs/weighing.md section 2, goods included.

func TestF1_badReadings(t *testing.T) {
	t.Parallel()
	t.Run("one reading in a thousand", func(t *testing.T) {
		t.Parallel()
		c := build(t, 1, physics.Config{Faults: physics.Faults{BadReadings: 0.001}})
		first, bad := c.Masses(0), 0
		const frames = 5000
		for k := range physics.Moment(frames) {
			for i, g := range c.Masses(300 * (k + 1)) {
				if g != first[i] {
					bad++
				}
			}
		}
		within(t, "bad readings", float64(bad)/frames/20, 0.0006, 0.0014)
		within(t, "counted", float64(c.Tally().BadReadings-bad), 0, 2)
	})
	t.Run("zeros span whole frames", func(t *testing.T) {
		t.Parallel()
		late := 0
		for seed := range uint64(200) {
			c := one(t, seed, 4, 100, physics.Faults{ZeroSpans: 1})
			c.Open(0)
			for at := physics.Moment(0); at < 30_000; at += 300 {
				if at == 15_000 {
					c.Close(at)
				}
				g, zeros := c.Masses(at), 0
				for _, m := range g {
					if m == 0 {
						zeros++
					}
				}
				if zeros != 0 && zeros != 4 {
					t.Fatalf("seed %d: %d of 4 lanes read zero", seed, zeros)
				}
				if zeros > 0 && at >= 15_000 {
					late++
				}
			}
			within(t, "frames of zeros", float64(c.Tally().ZeroFrames), 1, 12)
		}
		if late == 0 {
			t.Error("no span fell into the time after the close")
		}
	})
	t.Run("a frozen lane holds its value, and some recover", func(t *testing.T) {
		t.Parallel()
		recovered := 0
		const cabinets = 400
		for seed := range uint64(cabinets) {
			c := one(t, seed, 1, 100, physics.Faults{FrozenLanes: 1})
			c.Open(0)
			c.Masses(0)
			if _, _, err := c.Take(6000, 1, 1); err != nil {
				t.Fatal(err)
			}
			if g := c.Masses(20_000)[0]; g == 900 {
				recovered++
			} else if g != 1000 {
				t.Fatalf("seed %d: %v g", seed, g)
			}
		}
		within(t, "recovered", float64(recovered)/cabinets, 0.3, 0.5)
	})
}

func TestF1_goods(t *testing.T) {
	t.Parallel()
	var unit, cv []float64
	light := 0
	for seed := range uint64(100) {
		c := build(t, seed, physics.Config{Faults: physics.Faults{Spread: true}})
		for lane := 1; lane <= c.Lanes(); lane++ {
			u := float64(c.Unit(lane))
			unit = append(unit, u)
			if u < 40 {
				light++
			}
			var masses []float64
			for _, it := range c.Contents(lane) {
				masses = append(masses, float64(it.Mass)/u)
			}
			cv = append(cv, spread(masses))
		}
	}
	within(t, "lightest product", slices.Min(unit), 15, 20)
	within(t, "heaviest", slices.Max(unit), 1100, 1500)
	within(t, "share below 40 g", float64(light)/float64(len(unit)), 0.09, 0.15)
	within(t, "median spread of a product", quantile(cv, 0.5), 0.0105, 0.0132)

	rare := build(t, 1, physics.Config{Faults: physics.Faults{
		BatchShifts: 1, Outliers: 1, LedgerOff: 1, GlitchyLanes: 1, Uncalibrated: 1, ZeroGain: true,
	}})
	tally := rare.Tally()
	if tally.BatchShifts != 20 || tally.LedgerOff != 20 || tally.GlitchyLanes != 20 ||
		tally.Uncalibrated != 20 || tally.Outliers < 100 {
		t.Errorf("certain faults fired only so often: %+v", tally)
	}
	for lane := 1; lane <= rare.Lanes(); lane++ {
		if d := rare.Booked(lane) - len(rare.Contents(lane)); d != 1 && d != -1 {
			t.Errorf("lane %d: the books are off by %d", lane, d)
		}
	}
	for _, it := range rare.Contents(1) {
		within(t, "an outlier's mass", float64(it.Mass)/float64(rare.Unit(1)), 0.6, 1.35)
	}
}
