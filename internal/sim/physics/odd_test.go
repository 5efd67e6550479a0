package physics_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/sim/physics"
)

// docs/weighing.md section 2, an item that leans on the neighbor: two lanes share its weight until a
// hand takes it.
func TestCabinet_Lean(t *testing.T) {
	t.Parallel()
	c := one(t, 1, 3, 100, physics.Faults{})
	c.Open(0)
	item := c.Contents(2)[9]
	if err := c.Lean(1000, 2, 3, item.ID, 0.25); err != nil {
		t.Fatal(err)
	}
	if err := c.Lean(1000, 2, 1, item.ID, 0.5); err != nil { // it leans already
		t.Fatal(err)
	}
	if d := cmp.Diff([]larder.Gram{1000, 975, 1025}, c.Masses(2000)); d != "" {
		t.Fatal(d)
	}
	if len(c.Taken()) != 0 {
		t.Errorf("taken %v", c.Taken())
	}
	if _, _, err := c.Take(3000, 2, 1); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]larder.Gram{1000, 900, 1000}, c.Masses(4000)); d != "" {
		t.Fatal(d)
	}
	for name, err := range map[string]error{
		"not beside":  c.Lean(5000, 1, 3, c.Contents(1)[0].ID, 0.5),
		"off the end": c.Lean(5000, 3, 4, c.Contents(3)[0].ID, 0.5),
		"too much":    c.Lean(5000, 1, 2, c.Contents(1)[0].ID, 2),
	} {
		if !errors.Is(err, physics.ErrNoLane) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := c.Lean(5000, 1, 2, item.ID, 0.5); !errors.Is(err, physics.ErrNotHere) {
		t.Errorf("an item that is outside: %v", err)
	}
}

// docs/weighing.md section 2, a load wedged by the door: it presses from the close to the next opening.
func TestCabinet_Wedge(t *testing.T) {
	t.Parallel()
	c := one(t, 1, 2, 100, physics.Faults{})
	if err := c.Wedge(1, 80); !errors.Is(err, physics.ErrShut) {
		t.Errorf("a shut door: %v", err)
	}
	c.Open(0)
	if err := c.Wedge(1, larder.NoMass); err == nil {
		t.Error("no force was accepted")
	}
	if err := c.Wedge(1, 80); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		at   physics.Moment
		mass larder.Gram
	}{{1000, 1000}, {3000, 1080}, {600_000, 1080}, {602_000, 1000}, {605_000, 1000}} {
		switch want.at {
		case 3000:
			c.Close(2000)
		case 602_000:
			c.Open(601_000)
		case 605_000:
			c.Close(604_000)
		}
		if got := c.Masses(want.at)[0]; got != want.mass {
			t.Errorf("at %d the lane weighs %v g, want %v", want.at, got, want.mass)
		}
	}
}

// F2: hands that rest with a steady force in 30 % of the actions.
func TestF2_steadyHands(t *testing.T) {
	t.Parallel()
	const touches = 2000
	steady, longest := 0, physics.Moment(0)
	for seed := range uint64(touches) {
		c := one(t, seed, 1, 100, physics.Faults{Hand: true, SteadyHands: 0.3})
		c.Open(0)
		end, err := c.Touch(1000, 1)
		if err != nil {
			t.Fatal(err)
		}
		if n := c.Tally().SteadyHands; n > 0 {
			steady += n
			longest = max(longest, end-1000)
			middle := (1000 + end) / 2
			early, late := float64(c.Masses(middle - 100)[0]), float64(c.Masses(middle + 100)[0])
			if early <= 1000 || math.Abs(late-early) > 0.1*(early-1000)+1 {
				t.Fatalf("seed %d: a steady hand reads %.1f g and then %.1f g", seed, early, late)
			}
		}
		if rest := c.Masses(end + 300)[0]; rest != 1000 {
			t.Fatalf("a hand left %v g behind", rest-1000)
		}
	}
	within(t, "share of steady hands", float64(steady)/touches, 0.26, 0.34)
	within(t, "longest", float64(longest), 5800, 6000)
}

// F2: a walk of 0.4 g/√s from the opening until the fast frames cease, and none outside.
func TestF2_walk(t *testing.T) {
	t.Parallel()
	var idle, session, later []float64
	for seed := range uint64(600) {
		c := one(t, seed, 1, 100, physics.Faults{Walk: 0.4})
		first := c.Masses(90_000)[0]
		c.Open(100_000)
		before := c.Masses(100_000)[0]
		c.Close(110_000)
		c.Masses(105_000)
		over := c.Masses(118_000)[0]
		idle = append(idle, float64(before-first))
		session = append(session, float64(over-before))
		later = append(later, float64(c.Masses(300_000)[0]-over))
	}
	within(t, "idle walk", spread(idle), 0, 0)
	within(t, "walk of a session of 18 s", spread(session), 0.4*math.Sqrt(18)*0.88, 0.4*math.Sqrt(18)*1.12)
	within(t, "walk afterwards", spread(later), 0, 0)
}

// F2: rings three times as hard, creep three times as much, a seat's tail of 8 %, spreads up to 8 %.
func TestF2_factors(t *testing.T) {
	t.Parallel()
	peak := func(faults physics.Faults) float64 {
		var peaks []float64
		for seed := range uint64(200) {
			c := one(t, seed, 1, 400, faults)
			c.Open(0)
			if _, _, err := c.Take(1000, 1, 1); err != nil {
				t.Fatal(err)
			}
			most := 0.0
			for at := physics.Moment(1200); at < 1700; at += 50 {
				most = max(most, math.Abs(float64(c.Masses(at)[0])-3600))
			}
			peaks = append(peaks, most)
		}
		return quantile(peaks, 0.5)
	}
	within(t, "ringing against F1",
		peak(physics.Faults{Ring: true, RingFactor: 3})/peak(physics.Faults{Ring: true}), 2.999, 3.001)
	crept := func(factor float64) float64 {
		c := one(t, 9, 1, 1000, physics.Faults{Creep: true, CreepFactor: factor})
		c.Open(0)
		if _, _, err := c.Take(0, 1, 5); err != nil {
			t.Fatal(err)
		}
		return float64(c.Masses(600_000)[0]) - 5000
	}
	within(t, "creep against F1", crept(3)/crept(0), 2.99, 3.01)
	c := one(t, 5, 1, 100, physics.Faults{Seat: true, SeatTail: 0.08})
	c.Open(0)
	odd, last := 0, c.Masses(0)[0]
	for k := range physics.Moment(5000) {
		if _, err := c.Touch(1000*k+500, 1); err != nil {
			t.Fatal(err)
		}
		g := c.Masses(1000 * (k + 1))[0]
		if math.Abs(float64(g-last)) > 3 {
			odd++
		}
		last = g
	}
	within(t, "seat's tail", float64(odd)/5000, 0.066, 0.096)
	most := 0.0
	for seed := range uint64(200) {
		c := build(t, seed, physics.Config{Faults: physics.Faults{Spread: true, SpreadMax: 0.08}})
		for lane := range c.Lanes() {
			most = max(most, c.Spread(lane+1))
		}
	}
	within(t, "largest spread", most, 0.06, 0.08)
}

// Rare faults of a lane are told to whoever keeps the truth.
func TestCabinet_Defects(t *testing.T) {
	t.Parallel()
	c := build(t, 1, physics.Config{Faults: physics.Faults{
		BatchShifts: 1, LedgerOff: 1, GlitchyLanes: 1, Uncalibrated: 1, ZeroGain: true, FrozenLanes: 1, Outliers: 1,
	}})
	want := physics.Defects{Uncalibrated: true, Glitchy: true, BatchShifted: true, LedgerOff: true}
	if d := cmp.Diff(want, c.Defects(3)); d != "" {
		t.Error(d)
	}
	c.Open(0)
	want.Frozen = true
	if d := cmp.Diff(want, c.Defects(3)); d != "" {
		t.Error(d)
	}
	if !c.Contents(3)[0].Odd {
		t.Error("an outlier does not say so")
	}
	if d := cmp.Diff(physics.Defects{}, c.Defects(99)); d != "" {
		t.Error(d)
	}
}
