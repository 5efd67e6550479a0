package weighing_test

import (
	"math/rand/v2"
	"testing"

	"larder"
	"larder/internal/core/weigh/health"
	"larder/internal/sim/physics"
)

// watch follows the health of every lane of a simulated cabinet through days of idle readings and
// visits.
type watch struct {
	t    *testing.T
	body *physics.Cabinet
	rng  *rand.Rand
	now  physics.Moment
	rate []larder.Gram
	unit []larder.Gram
	lane []health.State
}

func newWatch(t *testing.T, seed uint64, faults physics.Faults) *watch {
	t.Helper()
	goods := make([]physics.Goods, 4)
	for i := range goods {
		goods[i] = physics.Goods{Unit: larder.Gram(120 + 110*i), CV: 0.012, Count: 60}
	}
	body, err := physics.New(physics.Config{Shelves: 1, PerRow: 4, Faults: faults, Goods: goods}, rand.New(rand.NewPCG(seed, 9)))
	if err != nil {
		t.Fatal(err)
	}
	w := &watch{t: t, body: body, rng: rand.New(rand.NewPCG(seed, 10)), lane: make([]health.State, 4)}
	for i := range goods {
		w.rate, w.unit = append(w.rate, body.RatedNoise(i+1)), append(w.unit, goods[i].Unit)
	}
	return w
}

func (w *watch) apply(lane int, e health.Event) {
	w.t.Helper()
	e.At = larder.Millis(w.now)
	next, err := w.lane[lane].Apply(e)
	if err != nil {
		w.t.Fatal(err)
	}
	w.lane[lane] = next
}

func (w *watch) idle(n int) {
	for range n {
		w.now += 90_000
		frame := w.body.Masses(w.now)
		for i, m := range frame {
			if health.DeadBus(frame) {
				continue
			}
			w.apply(i, health.Event{Kind: health.Idle, Mass: m})
		}
	}
}

// visit lets somebody take a piece of a lane, and counts it as charged where the lane lost about one.
func (w *watch) visit() {
	w.t.Helper()
	lane := w.rng.IntN(4)
	start := w.now + 30_000
	w.body.Open(start)
	_, gone, err := w.body.Take(start+2_000, lane+1, 1)
	if err != nil {
		w.t.Fatal(err)
	}
	w.body.Close(gone + 1_500)
	var frames [][]larder.Gram
	for w.now = start - 3_000; w.now < gone+9_500; w.now += 300 {
		frames = append(frames, w.body.Masses(w.now))
	}
	samples := health.Scan(frames, w.rate)
	for i := range w.lane {
		before, after := median(frames[:9], i), median(frames[len(frames)-9:], i)
		e := health.Event{Kind: health.Visit, Before: before, After: after, Sample: &samples[i]}
		if loss := before - after; i == lane && loss > w.unit[i]*0.8 && loss < w.unit[i]*1.2 {
			e.Charged = []health.Step{{Count: 1, Loss: loss, UnitMass: w.unit[i]}}
		}
		w.apply(i, e)
	}
}

// median is what most of a lane's frames say.
func median(frames [][]larder.Gram, lane int) larder.Gram {
	for i, f := range frames {
		below, above := 0, 0
		for k, g := range frames {
			if g[lane] < f[lane] || g[lane] == f[lane] && k < i {
				below++
			} else if k != i {
				above++
			}
		}
		if below == above {
			return f[lane]
		}
	}
	return larder.NoMass
}

func (w *watch) days(n int) {
	w.t.Helper()
	for range 24 * n {
		w.idle(39)
		w.visit()
	}
}

// TestHealth (BY6) plays whole cabinets for days: sound scales are left alone, sick ones are found.
func TestHealth(t *testing.T) {
	t.Parallel()
	t.Run("sound scales are left alone", func(t *testing.T) {
		t.Parallel()
		doubted, barred := 0, 0
		for seed := range uint64(25) {
			w := newWatch(t, seed, physics.Ordinary())
			w.days(4)
			for i, l := range w.lane {
				if l.Status() != health.Healthy && l.Status() != health.Watch {
					doubted++
					t.Logf("seed %d, lane %d: %+v", seed, i+1, l.Findings())
				}
				if !l.MayCharge() {
					barred++
				}
			}
		}
		if doubted > 3 || barred > 0 {
			t.Errorf("of 100 sound lanes %d are on the calibration list, %d of them in quarantine", doubted, barred)
		}
	})
	for name, c := range map[string]struct {
		faults func(f *physics.Faults)
		codes  []string
	}{
		"glitchy":       {func(f *physics.Faults) { f.GlitchyLanes = 1 }, []string{health.BadRate}},
		"frozen":        {func(f *physics.Faults) { f.FrozenLanes = 1 }, []string{health.FrozenScale}},
		"another batch": {func(f *physics.Faults) { f.BatchShifts = 1 }, []string{health.ResidualMean, health.NewBatch}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lanes, found := 0, 0
			for seed := range uint64(10) {
				faults := physics.Ordinary()
				c.faults(&faults)
				w := newWatch(t, seed, faults)
				w.days(4)
				if name == "frozen" {
					w.idle(200) // from the last opening on, if it did not recover
				}
				for _, l := range w.lane {
					lanes++
					for _, f := range l.Findings() {
						if f.Level != health.Watch && (f.Code == c.codes[0] || f.Code == c.codes[len(c.codes)-1]) {
							found++
							break
						}
					}
				}
			}
			t.Logf("%d of %d lanes are found", found, lanes)
			// Of frozen lanes two in five recover by themselves, of shifted batches (4 %, 1 sd) three in ten are
			// off by less than the rule's 1.5 %.
			if found*2 < lanes {
				t.Errorf("%d of %d lanes are found", found, lanes)
			}
		})
	}
}
