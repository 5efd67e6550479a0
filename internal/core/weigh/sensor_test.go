package weigh_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"larder"
	"larder/internal/core/weigh"
)

// W6: a lane whose sensor is stuck, dead or ten times off is not charged from.
func TestRecognizer_W6_sensor_faults(t *testing.T) {
	t.Parallel()
	t.Run("stuck", func(t *testing.T) {
		t.Parallel()
		s := visit(func(s *scene) {
			s.frozen[3] = s.opened - 50_000
			s.take(3, s.opened+3_000)
			s.shut(s.opened + 9_000)
		})
		checkVerdict(t, s.play(t), weigh.Review, nil, weigh.ReasonLaneFrozen, weigh.AlertLaneFrozen)
	})
	t.Run("dead", func(t *testing.T) {
		t.Parallel()
		s := visit(nil)
		readings := spoil(s.readings(), 0, func(_ int, mass []larder.Gram) { mass[3] = larder.NoMass })
		checkVerdict(t, s.playReadings(t, readings), weigh.Review, nil, weigh.ReasonNoWeightBefore)
	})
	for name, factor := range map[string]larder.Gram{"tenth": 0.1, "tenfold": 10} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := visit(nil)
			readings := spoil(s.readings(), s.opened+2_000, func(_ int, mass []larder.Gram) { mass[7] *= factor })
			checkVerdict(t, s.playReadings(t, readings), weigh.Review, nil, weigh.ReasonUnitError)
		})
	}
	t.Run("lone_spikes", func(t *testing.T) {
		t.Parallel()
		s := visit(func(s *scene) { s.take(1, s.opened+3_000) })
		readings := spoil(s.readings(), 0, func(k int, mass []larder.Gram) {
			if k%7 == 3 {
				mass[k%8] = larder.Gram([]float64{0, 1<<15 - 1, -3_000}[k%3])
			}
		})
		checkVerdict(t, s.playReadings(t, readings), weigh.Charge, s.want())
	})
}

// BY6: a lane whose scale is in quarantine is never charged from; the others of its cabinet are.
func TestRecognizer_quarantine(t *testing.T) {
	t.Parallel()
	take := func(lanes ...int) *scene {
		s := visit(func(s *scene) {
			for i, lane := range lanes {
				s.take(lane, s.opened+larder.Millis(3_000+3_000*i))
			}
			s.shut(s.opened + 12_000)
		})
		return s
	}
	sick := func(s *scene) weigh.Verdict {
		s.lanes[3].Quarantined = true
		return s.play(t)
	}
	checkVerdict(t, take(3).play(t), weigh.Charge, []weigh.Line{{Lane: 3, Count: 1}})
	checkVerdict(t, sick(take(3)), weigh.Review, []weigh.Line{{Lane: 3, Count: 1}}, weigh.ReasonQuarantined)
	checkVerdict(t, sick(take(3, 6)), weigh.Review, []weigh.Line{{Lane: 3, Count: 1}, {Lane: 6, Count: 1}}, weigh.ReasonQuarantined)
	checkVerdict(t, sick(take(6)), weigh.Charge, []weigh.Line{{Lane: 6, Count: 1}})
	checkVerdict(t, sick(take()), weigh.NoCharge, nil)
	for _, policy := range weigh.Policies() {
		s := take(3)
		s.lanes[3].Quarantined = true
		r, err := weigh.New(s.lanes, policy)
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range s.readings() {
			if err := r.Feed(in); err != nil {
				t.Fatal(err)
			}
		}
		r.Opened(s.opened, s.opened)
		r.Closed(s.closed, s.closed)
		if v, _, done := r.Decide(s.closed + 200_000); !done || v.Kind != weigh.Review || !slices.Contains(v.Reasons, weigh.ReasonQuarantined) {
			t.Errorf("%s: %+v", policy.Name, v)
		}
	}
}

// W6: the last idle reading of before may be off by exactly a piece: the lane was never that heavy.
func TestRecognizer_W6_bad_reading_before(t *testing.T) {
	t.Parallel()
	s := visit(func(s *scene) { s.take(1, s.opened+3_000) })
	readings := s.readings()[1:] // two idle readings remain
	readings[1].Mass[3] += s.lanes[3].UnitMass
	checkVerdict(t, s.playReadings(t, readings), weigh.Charge, s.want())
}

// A lane's true weight may be zero, or what a full register says.
func TestRecognizer_telltale_weights(t *testing.T) {
	t.Parallel()
	for _, mass := range []float64{0, 0.2, 1_023, 4_095, 8_191} {
		for seed := range uint64(20) {
			s := newScene(rand.New(rand.NewPCG(seed, 8)), 8, 40, 600, 0.5)
			s.zero[4] = mass
			s.take(2, s.opened+2_000)
			s.shut(s.opened + 5_000)
			readings := s.readings()[1:]
			for _, in := range readings[:2] {
				in.Mass[4] = larder.Gram(math.Round(mass))
			}
			checkVerdict(t, s.playReadings(t, readings), weigh.Charge, s.want())
		}
	}
}

// W6: a lane that sticks shortly before the take is not believed for being calm.
func TestRecognizer_W6_stuck_before_the_take(t *testing.T) {
	t.Parallel()
	s := visit(func(s *scene) {
		s.lanes[3].Noise = 0.6
		s.frozen[3] = s.opened
		s.take(3, s.opened+2_500)
		s.shut(s.opened + 4_800)
	})
	checkVerdict(t, s.play(t), weigh.Review, nil, weigh.ReasonLaneFrozen)
}

// W6: a lane that was stuck while it was taken from, and wakes up with the newest reading, is not at rest
// on what it repeated before.
func TestRecognizer_W6_stuck_until_now(t *testing.T) {
	t.Parallel()
	for wakes := larder.Millis(1_500); wakes <= 6_000; wakes += 300 {
		s := visit(func(s *scene) {
			s.take(3, s.opened+4_500)
			s.take(5, s.opened+7_000)
			s.shut(s.opened + 9_000)
		})
		readings := s.readings()
		stuck := larder.Gram(math.Round(s.zero[3]))
		for _, in := range readings {
			if in.At > s.opened+1_000 && in.At < s.closed+wakes {
				in.Mass[3] = stuck
			}
		}
		if v := s.playReadings(t, readings); v.Kind != weigh.Review && len(v.Lines) != 2 && !slices.Contains(v.Alerts, weigh.AlertLaneFrozen) {
			t.Errorf("awake %d ms after the close: %s %v %v", wakes, v.Kind, v.Lines, v.Alerts)
		}
	}
}
