package health_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/weigh/health"
)

const every = 90_000 // milliseconds between idle readings

// lane is a scale that a test scripts: what it is, and the state that follows.
type lane struct {
	t     testing.TB
	rng   *rand.Rand
	now   larder.Millis
	level float64
	sigma float64
	state health.State
}

func newLane(t testing.TB) *lane {
	return &lane{t: t, rng: rand.New(rand.NewPCG(5, 6)), level: 2000, sigma: 0.9}
}

func (l *lane) apply(e health.Event) {
	l.t.Helper()
	e.At = l.now
	next, err := l.state.Apply(e)
	if err != nil {
		l.t.Fatal(err)
	}
	l.state = next
}

// idle lets n idle readings come; change, if any, makes of each what the scale says.
func (l *lane) idle(n int, change func(i int, x float64) larder.Gram) {
	l.t.Helper()
	for i := range n {
		l.now += every
		x := larder.Gram(math.Round(l.level + l.rng.NormFloat64()*l.sigma))
		if change != nil {
			x = change(i, float64(x))
		}
		l.apply(health.Event{Kind: health.Idle, Mass: x})
	}
}

// sell lets a visit take one piece of unit grams that is off by a share; late is the share of the step
// that comes late.
func (l *lane) sell(unit, off, late float64) {
	l.t.Helper()
	loss := unit * (1 + off)
	before := l.level
	l.level -= loss
	l.apply(health.Event{
		Kind: health.Visit, Before: larder.Gram(before), After: larder.Gram(l.level + late*loss),
		Charged: []health.Step{{Count: 1, Loss: larder.Gram(loss), UnitMass: larder.Gram(unit)}},
	})
	l.idle(3, nil)
	l.level = before
	l.apply(health.Event{Kind: health.Restock})
}

func (l *lane) finding(code string) health.Finding {
	for _, f := range l.state.Findings() {
		if f.Code == code {
			return f
		}
	}
	return health.Finding{Level: health.Healthy}
}

func (l *lane) want(status health.Status, code string) {
	l.t.Helper()
	if l.state.Status() != status || code != "" && l.finding(code).Level != status {
		l.t.Errorf("%s with %+v, want %s because of %s", l.state.Status(), l.state.Findings(), status, code)
	}
	if l.state.MayCharge() == (status == health.Quarantined) {
		l.t.Errorf("may charge: %t at %s", l.state.MayCharge(), status)
	}
}

// TestState_Apply (BY6) guards that each thing that can be wrong with a scale is found as what it is,
// and that a sound one is left alone.
func TestState_Apply(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		play   func(l *lane)
		status health.Status
		code   string
	}{
		"a sound scale": {func(l *lane) { l.idle(3000, nil) }, health.Healthy, ""},
		"a quiet scale whose silence proves nothing": {func(l *lane) {
			l.sigma = 0.05
			l.idle(1000, nil)
		}, health.Watch, health.FrozenScale},
		"noise of three times its history": {func(l *lane) {
			l.idle(300, nil)
			l.sigma *= 4
			l.idle(80, nil)
		}, health.Calibrate, health.NoisyScale},
		"a compressor is no fault": {func(l *lane) {
			l.idle(3000, func(i int, x float64) larder.Gram {
				if i/8%4 == 0 {
					return larder.Gram(math.Round(x + l.rng.NormFloat64()*l.sigma*1.7))
				}
				return larder.Gram(x)
			})
		}, health.Healthy, ""},
		"spikes in three of a hundred": {func(l *lane) {
			l.idle(2000, func(i int, x float64) larder.Gram {
				if i%33 == 5 {
					return larder.Gram(x + 400)
				}
				return larder.Gram(x)
			})
		}, health.Calibrate, health.SpikeRate},
		"zeros in one of seven": {func(l *lane) {
			l.idle(2000, func(i int, x float64) larder.Gram {
				if i%7 == 5 {
					return 0
				}
				return larder.Gram(x)
			})
		}, health.Quarantined, health.ZeroRate},
		"nothing but zeros": {func(l *lane) {
			l.idle(100, nil)
			l.idle(70, func(int, float64) larder.Gram { return 0 })
		}, health.Quarantined, health.FrozenScale},
		"no answer": {func(l *lane) {
			l.idle(100, nil)
			l.idle(300, func(int, float64) larder.Gram { return larder.NoMass })
		}, health.Quarantined, health.MissingRate},
		"one value for two hours": {func(l *lane) {
			l.idle(200, nil)
			l.idle(80, func(int, float64) larder.Gram { return 1999 })
		}, health.Quarantined, health.FrozenScale},
		"twenty grams an hour": {func(l *lane) {
			l.idle(400, func(i int, x float64) larder.Gram { return larder.Gram(math.Round(x + 20*float64(i)/40)) })
		}, health.Calibrate, health.DriftRate},
		"two percent of each step come late": {func(l *lane) {
			for range 15 {
				l.sell(500, 0, 0.02)
			}
		}, health.Calibrate, health.CreepShare},
		"a restock is no drift": {func(l *lane) {
			for i := range 60 {
				l.idle(30, nil)
				l.level += 700 * float64(1-i%2*2)
				l.apply(health.Event{Kind: health.Restock})
			}
		}, health.Healthy, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLane(t)
			c.play(l)
			l.want(c.status, c.code)
		})
	}
}

// TestState_Residual (BY6) guards the rule of the calibration list: the mean of at least ten steps is
// off by more than 1.5 %; if that began at a restock, it is the goods that are others.
func TestState_Residual(t *testing.T) {
	t.Parallel()
	steps := func(l *lane, n int, mean, spread float64) {
		for range n {
			l.now += 600_000
			off := mean + spread*l.rng.NormFloat64()
			l.apply(health.Event{
				Kind: health.Visit, Before: larder.NoMass, After: larder.NoMass,
				Charged: []health.Step{{Count: 2, Loss: larder.Gram(2 * 300 * (1 + off)), UnitMass: 300}},
			})
		}
	}
	t.Run("three percent off without a restock", func(t *testing.T) {
		t.Parallel()
		l := newLane(t)
		steps(l, 9, 0.03, 0.01)
		l.want(health.Healthy, "")
		steps(l, 2, 0.03, 0.01)
		l.want(health.Calibrate, health.ResidualMean)
		if !l.state.MayTeach() {
			t.Error("what is off its unit mass can not be learned")
		}
		if f := l.finding(health.ResidualMean); f.Value < 0.02 || f.Limit != 0.015 || f.Since == 0 {
			t.Errorf("evidence %+v", f)
		}
	})
	t.Run("since a restock it is a new batch", func(t *testing.T) {
		t.Parallel()
		l := newLane(t)
		steps(l, 30, 0, 0.01)
		l.apply(health.Event{Kind: health.Restock})
		steps(l, 12, 0.03, 0.01)
		l.want(health.Calibrate, health.NewBatch)
		l.apply(health.Event{Kind: health.Restock})
		l.now += 3_600_000
		steps(l, 30, 0, 0.01)
		l.want(health.Healthy, "")
	})
	t.Run("ten pieces of a wide spread prove nothing", func(t *testing.T) {
		t.Parallel()
		wrong := 0
		for seed := range uint64(200) {
			l := newLane(t)
			l.rng = rand.New(rand.NewPCG(seed, 1))
			steps(l, 10, 0, 0.04)
			if l.state.Status() != health.Healthy {
				wrong++
			}
		}
		if wrong > 8 {
			t.Errorf("%d of 200 sound lanes are on the calibration list", wrong)
		}
	})
}

// TestState_Hysteresis (BY6) guards the way back: one step at a time, each after half an hour of proof,
// and never to and fro at a limit.
func TestState_Hysteresis(t *testing.T) {
	t.Parallel()
	t.Run("down by steps", func(t *testing.T) {
		t.Parallel()
		l := newLane(t)
		l.idle(100, nil)
		l.idle(330, func(int, float64) larder.Gram { return larder.NoMass })
		l.want(health.Quarantined, health.MissingRate)
		var way []health.Status
		for range 4000 {
			before := l.state
			l.idle(1, nil)
			if l.state.Status() != before.Status() {
				if len(way) > 0 && l.state.At-before.Since < 30*60_000 {
					t.Errorf("%s after %d ms of %s", l.state.Status(), l.state.At-before.Since, before.Status())
				}
				way = append(way, l.state.Status())
			}
		}
		if diff := cmp.Diff([]health.Status{health.Calibrate, health.Watch, health.Healthy}, way); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("no flutter at a limit", func(t *testing.T) {
		t.Parallel()
		l := newLane(t)
		l.idle(300, nil)
		changes := 0
		for i := range 200 {
			before := l.state.Status()
			l.idle(12, func(k int, x float64) larder.Gram {
				if k == 0 && i%2 == 0 { // around one of a hundred, where watch begins
					return larder.Gram(x + 300)
				}
				return larder.Gram(x)
			})
			if l.state.Status() != before {
				changes++
			}
		}
		if changes > 6 {
			t.Errorf("the status changed %d times", changes)
		}
	})
	t.Run("service begins anew, but has to prove itself", func(t *testing.T) {
		t.Parallel()
		l := newLane(t)
		l.idle(200, nil)
		l.idle(80, func(int, float64) larder.Gram { return 1999 })
		l.apply(health.Event{Kind: health.Service})
		l.want(health.Quarantined, health.FrozenScale)
		l.idle(25, nil)
		if l.state.MayCharge() != true {
			t.Errorf("half an hour after the service: %+v", l.state.Findings())
		}
		l.idle(60, nil)
		l.want(health.Healthy, "")
	})
}

// TestState_Replay (BY6) guards that a stored state goes on as if it had never been stored, from events
// that were stored, too; that it stays small; and that applying leaves the old state as it was.
func TestState_Replay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		mass := rapid.Custom(func(t *rapid.T) larder.Gram {
			return larder.Gram(rapid.OneOf(rapid.Float64Range(1990, 2010), rapid.Just(0.0), rapid.Just(math.NaN()), rapid.Float64Range(-1e6, 1e6)).Draw(t, "g"))
		})
		var kept, stored health.State
		for i := range rapid.IntRange(1, 60).Draw(t, "events") {
			e := health.Event{
				Kind:   rapid.SampledFrom([]health.Kind{health.Idle, health.Idle, health.Idle, health.Visit, health.Restock, health.Service}).Draw(t, "kind"),
				At:     larder.Millis(i) * rapid.SampledFrom([]larder.Millis{0, 90_000, 4_000_000}).Draw(t, "step"),
				Mass:   mass.Draw(t, "mass"),
				Before: mass.Draw(t, "before"), After: mass.Draw(t, "after"),
			}
			if e.Kind == health.Visit {
				frames := make([][]larder.Gram, rapid.IntRange(0, 20).Draw(t, "frames"))
				for k := range frames {
					frames[k] = []larder.Gram{mass.Draw(t, "frame"), 7}
				}
				if samples := health.Scan(frames, nil); len(samples) > 0 {
					e.Sample = &samples[0]
				}
				e.Charged = []health.Step{{Count: 1, Loss: larder.Gram(rapid.Float64Range(-10, 1000).Draw(t, "loss")), UnitMass: 300}}
			}
			was := text(t, kept)
			next, err := kept.Apply(e)
			if err != nil {
				t.Fatal(err)
			}
			if text(t, kept) != was {
				t.Fatal("the state that an event was applied to has changed")
			}
			kept = next
			var again health.Event
			reread(t, e, &again)
			var loaded health.State
			reread(t, stored, &loaded)
			if stored, err = loaded.Apply(again); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(text(t, kept), text(t, stored)); diff != "" {
				t.Fatalf("after %+v: %s", e, diff)
			}
			if n := len(text(t, kept)); n > 2500 {
				t.Fatalf("the state has %d bytes", n)
			}
		}
	})
}

func text(t rapid.TB, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func reread(t rapid.TB, v, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text(t, v)), into); err != nil {
		t.Fatal(err)
	}
}

// TestState_Refuses (BY6) guards that what no event can be changes nothing and is named.
func TestState_Refuses(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]health.Event{
		"kind":   {Kind: "party"},
		"time":   {Kind: health.Idle, At: -1},
		"sample": {Kind: health.Visit, Sample: &health.Sample{Frames: 3, Spikes: 4}},
		"noise":  {Kind: health.Visit, Sample: &health.Sample{Noise: -1}},
		"step":   {Kind: health.Visit, Charged: []health.Step{{Count: 0, Loss: 1, UnitMass: 1}}},
		"many":   {Kind: health.Visit, Charged: make([]health.Step, health.MaxSteps+1)},
	} {
		if s, err := (health.State{}).Apply(e); err == nil || !cmp.Equal(s, health.State{}) {
			t.Errorf("%s: %v, %+v", name, err, s)
		}
	}
}

// TestScan (BY6) guards what the frames of a visit say of a scale.
func TestScan(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	frames := make([][]larder.Gram, 80)
	for i := range frames {
		frames[i] = []larder.Gram{
			larder.Gram(math.Round(1000 + 2*rng.NormFloat64())), 640, larder.NoMass, larder.Gram(math.Round(500 + 0.9*rng.NormFloat64())),
		}
	}
	frames[10][0], frames[20][0], frames[30][0] = 1400, 0, 65_535
	for i := 40; i < 80; i++ {
		frames[i][3] -= 300 // a piece is taken: that is no noise
	}
	frames[50] = []larder.Gram{0, 0, 0, 0}
	got := health.Scan(frames, []larder.Gram{2, 1})
	if s := got[0]; s.Frames != 79 || s.Spikes != 1 || s.Zeros != 1 || s.Missing != 1 || s.Noise < 1.5 || s.Noise > 2.6 {
		t.Errorf("lane 1: %+v", s)
	}
	if s := got[1]; s.Run != 79 || s.Tail != 79 || s.Noise != 0 {
		t.Errorf("lane 2: %+v", s)
	}
	if s := got[2]; s.Missing != 79 || s.First.Known() || s.Noise.Known() {
		t.Errorf("lane 3: %+v", s)
	}
	if s := got[3]; s.Noise < 0.6 || s.Noise > 1.2 || s.Spikes != 0 {
		t.Errorf("lane 4: %+v", s)
	}
}
