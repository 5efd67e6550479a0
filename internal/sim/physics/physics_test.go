package physics_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"larder"
	"larder/internal/sim/physics"
)

// one builds a cabinet of one shelf whose lanes all hold goods of the given unit mass.
func one(t testing.TB, seed uint64, lanes int, unit larder.Gram, faults physics.Faults) *physics.Cabinet {
	t.Helper()
	goods := make([]physics.Goods, lanes)
	for i := range goods {
		goods[i] = physics.Goods{Unit: unit, Count: 10}
	}
	c, err := physics.New(physics.Config{Shelves: 1, PerRow: lanes, Goods: goods, Faults: faults},
		rand.New(rand.NewPCG(seed, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// play runs a scripted visit and returns every frame.
func play(t testing.TB, c *physics.Cabinet, every physics.Moment) [][]larder.Gram {
	t.Helper()
	var frames [][]larder.Gram
	var taken []physics.Item
	for at := physics.Moment(0); at <= 30_000; at += every {
		switch at {
		case 3000:
			c.Open(at)
		case 6000:
			items, _, err := c.Take(at, 2, 2)
			if err != nil {
				t.Fatal(err)
			}
			taken = items
		case 12000:
			if _, err := c.PutBack(at, 2, taken[0]); err != nil {
				t.Fatal(err)
			}
		case 18000:
			c.Close(at)
		}
		frames = append(frames, c.Masses(at))
	}
	return frames
}

// F1: the generator is a function of its seed, and the truth one of the actions alone.
func TestCabinet_Masses(t *testing.T) {
	t.Parallel()
	t.Run("the same seed gives the same frames", func(t *testing.T) {
		t.Parallel()
		build := func(seed uint64) *physics.Cabinet {
			c, err := physics.New(physics.Config{Faults: physics.F1()}, rand.New(rand.NewPCG(seed, 0)))
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		first, again := play(t, build(7), 300), play(t, build(7), 300)
		if d := cmp.Diff(first, again); d != "" {
			t.Fatal(d)
		}
		if cmp.Equal(first, play(t, build(8), 300)) {
			t.Fatal("another seed gave the same frames")
		}
	})
	t.Run("a perfect cabinet reads its masses", func(t *testing.T) {
		t.Parallel()
		c := one(t, 1, 3, 100, physics.Faults{})
		frames := play(t, c, 300)
		want := []larder.Gram{1000, 900, 1000}
		if d := cmp.Diff(want, frames[len(frames)-1]); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff(map[int]int{2: 1}, c.Taken()); d != "" {
			t.Fatal(d)
		}
	})
	t.Run("a frame averages three conversions", func(t *testing.T) {
		t.Parallel()
		c := one(t, 1, 1, 100, physics.Faults{})
		c.Open(0)
		c.Masses(300)
		if _, _, err := c.Take(450, 1, 3); err != nil {
			t.Fatal(err)
		}
		got := c.Masses(600) // at 400 before the take, at 500 and 600 after it
		if d := cmp.Diff([]larder.Gram{800}, got); d != "" {
			t.Fatal(d)
		}
	})
	t.Run("the truth does not depend on the readings", func(t *testing.T) {
		t.Parallel()
		often, seldom := one(t, 4, 4, 100, physics.F1()), one(t, 4, 4, 100, physics.F1())
		play(t, often, 100)
		play(t, seldom, 3000)
		if d := cmp.Diff(often.Taken(), seldom.Taken()); d != "" {
			t.Fatal(d)
		}
		for lane := 1; lane <= 4; lane++ {
			if d := cmp.Diff(often.Contents(lane), seldom.Contents(lane)); d != "" {
				t.Fatal(d)
			}
		}
	})
}

// F1: what leaves and comes back is the same object, and the scale goes back to its level.
func TestCabinet_PutBack(t *testing.T) {
	t.Parallel()
	t.Run("a returned item restores the level within the seat", func(t *testing.T) {
		t.Parallel()
		faults := physics.Faults{Seat: true, Hand: true, Ring: true, Crosstalk: true, Spread: true}
		for seed := range uint64(50) {
			c := one(t, seed, 4, 250, faults)
			before := c.Masses(0)
			c.Open(1000)
			items, done, err := c.Take(2000, 3, 1)
			if err != nil {
				t.Fatal(err)
			}
			if done, err = c.PutBack(done+2000, 3, items[0]); err != nil {
				t.Fatal(err)
			}
			after := c.Masses(done + 10_000)
			for i := range after {
				if d := after[i] - before[i]; d > 20 || d < -20 {
					t.Errorf("seed %d: lane %d is %.1f g off after the return", seed, i+1, float64(d))
				}
			}
			if len(c.Taken()) != 0 {
				t.Errorf("seed %d: taken %v", seed, c.Taken())
			}
		}
	})
	t.Run("an item put into another lane was not taken", func(t *testing.T) {
		t.Parallel()
		c := one(t, 1, 2, 100, physics.Faults{})
		c.Open(0)
		items, _, err := c.Take(100, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.PutBack(200, 2, items[0]); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]larder.Gram{900, 1100}, c.Masses(1000)); d != "" {
			t.Fatal(d)
		}
		if len(c.Taken()) != 0 {
			t.Fatalf("taken %v", c.Taken())
		}
	})
	t.Run("a partly consumed item comes back lighter, never heavier", func(t *testing.T) {
		t.Parallel()
		c := one(t, 1, 1, 100, physics.Faults{})
		c.Open(0)
		items, _, _ := c.Take(100, 1, 2)
		items[0].Mass, items[1].Mass = 60, 500
		for _, it := range items {
			if _, err := c.PutBack(200, 1, it); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff([]larder.Gram{960}, c.Masses(1000)); d != "" {
			t.Fatal(d)
		}
	})
	t.Run("one brought back in a later opening counts minus one", func(t *testing.T) {
		t.Parallel()
		c := one(t, 1, 1, 100, physics.Faults{})
		c.Open(0)
		items, _, _ := c.Take(100, 1, 1)
		c.Close(200)
		c.Open(300)
		if _, err := c.PutBack(400, 1, items[0]); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(map[int]int{1: -1}, c.Taken()); d != "" {
			t.Fatal(d)
		}
	})
}

// No sequence of actions, however silly, creates or destroys mass or items.
func TestCabinet_Take(t *testing.T) {
	t.Parallel()
	t.Run("mass and items are conserved", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(rt *rapid.T) {
			const lanes, each = 4, 10
			c := one(t, rapid.Uint64().Draw(rt, "seed"), lanes, 100, physics.Faults{Hand: true})
			var out []physics.Item
			at, foreign := physics.Moment(0), larder.Gram(0)
			for range rapid.IntRange(1, 40).Draw(rt, "actions") {
				lane := rapid.IntRange(0, lanes+1).Draw(rt, "lane")
				switch rapid.IntRange(0, 5).Draw(rt, "action") {
				case 0:
					c.Open(at)
				case 1:
					c.Close(at)
				case 2:
					items, done, err := c.Take(at, lane, rapid.IntRange(0, 3).Draw(rt, "n"))
					if out, at = append(out, items...), done; err != nil && len(items) > 0 {
						rt.Fatalf("refused, and gave %d items", len(items))
					}
				case 3:
					if len(out) > 0 {
						if done, err := c.PutBack(at, lane, out[0]); err == nil {
							out, at = out[1:], done
						}
					}
				case 4:
					if _, done, err := c.Place(at, lane, 33); err == nil {
						foreign, at = foreign+33, done
					}
				case 5:
					at, _ = c.Hesitate(at, lane, 1)
				}
			}
			total := larder.Gram(0)
			for _, g := range c.Masses(at + 60_000) {
				total += g
			}
			for _, it := range out {
				total += it.Mass
			}
			if want := lanes*each*100 + foreign; total < want-1e-6 || total > want+1e-6 {
				rt.Fatalf("%v g in all, want %v", total, want)
			}
		})
	})
	t.Run("what a hand cannot do is refused by name", func(t *testing.T) {
		t.Parallel()
		c := one(t, 1, 1, 100, physics.Faults{})
		if _, _, err := c.Take(0, 1, 1); !errors.Is(err, physics.ErrShut) {
			t.Errorf("shut door: %v", err)
		}
		c.Open(0)
		if _, _, err := c.Take(0, 2, 1); !errors.Is(err, physics.ErrNoLane) {
			t.Errorf("lane 2 of 1: %v", err)
		}
		if _, _, err := c.Take(0, 1, 11); !errors.Is(err, physics.ErrNotEnough) {
			t.Errorf("11 of 10: %v", err)
		}
		if _, err := c.PutBack(0, 1, physics.Item{ID: 3}); !errors.Is(err, physics.ErrNotOut) {
			t.Errorf("an item that is inside: %v", err)
		}
		if _, _, err := c.Pick(0, 1, 99); !errors.Is(err, physics.ErrNotHere) {
			t.Errorf("an item that is elsewhere: %v", err)
		}
		if _, _, err := c.Place(0, 1, larder.NoMass); err == nil {
			t.Error("an object without a mass was placed")
		}
	})
}

func TestNew(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	for name, cfg := range map[string]physics.Config{
		"negative shelves": {Shelves: -1},
		"too many lanes":   {Shelves: 100, PerRow: 10},
		"goods missing":    {Goods: make([]physics.Goods, 3)},
		"a mass that is none": {Shelves: 1, PerRow: 1,
			Goods: []physics.Goods{{Unit: larder.NoMass}}},
		"a negative count": {Shelves: 1, PerRow: 1, Goods: []physics.Goods{{Count: -1}}},
	} {
		if _, err := physics.New(cfg, rng); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	if _, err := physics.New(physics.Config{}, nil); err == nil {
		t.Error("no generator was accepted")
	}
}

func BenchmarkCabinet_session(b *testing.B) {
	for b.Loop() {
		c, err := physics.New(physics.Config{Faults: physics.F1()}, rand.New(rand.NewPCG(1, 1)))
		if err != nil {
			b.Fatal(err)
		}
		c.Open(1500)
		_, done, _ := c.Take(4000, 2, 1)
		var frame []larder.Gram
		for at := physics.Moment(0); at <= 18_000; at += 300 {
			if at == 9900 {
				c.Close(max(at, done))
			}
			frame = c.AppendMasses(frame[:0], at)
		}
	}
}
