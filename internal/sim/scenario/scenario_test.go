package scenario_test

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder/internal/sim/physics"
	"larder/internal/sim/scenario"
)

func generate(t testing.TB, model scenario.Model, seed, number uint64) scenario.Session {
	t.Helper()
	s, err := scenario.Generate(model, seed, number)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// binomial fails if n of N is further from p than five standard errors.
func binomial(t *testing.T, what string, n, of int, p float64) {
	t.Helper()
	if sd := math.Sqrt(float64(of) * p * (1 - p)); math.Abs(float64(n)-float64(of)*p) > 5*sd+0.5 {
		t.Errorf("%s: %d of %d, want %.1f ± %.1f", what, n, of, float64(of)*p, sd)
	}
}

// The tables of docs/weighing.md section 2: scenarios and faults come at their rates.
func TestGenerate_shares(t *testing.T) {
	t.Parallel()
	const sessions = 4000
	scenarios, faults := map[scenario.Name]int{}, map[scenario.Fault]int{}
	waited, sold := 0.0, 0
	for i := range uint64(sessions) {
		s := generate(t, scenario.F1, 3, i)
		scenarios[s.Truth.Scenario]++
		for _, f := range s.Truth.Faults {
			faults[f]++
		}
		waited = max(waited, float64(s.Readings[len(s.Readings)-1].At-s.Truth.Closed))
		for _, l := range s.Truth.Lines {
			sold += l.Count
		}
	}
	sum := 0
	for _, share := range scenario.Shares() {
		sum += share.Mille
		binomial(t, string(share.Name), scenarios[share.Name], sessions, float64(share.Mille)/1000)
	}
	if sum != 1000 {
		t.Errorf("the shares sum to %d", sum)
	}
	for fault, p := range map[scenario.Fault]float64{
		scenario.FaultCompressor: 0.25,
		scenario.FaultFrozen:     1 - math.Pow(1-0.0004, 20),
		scenario.FaultZeros:      0.02,
		scenario.FaultLostTail:   0.015,
		scenario.FaultLostOpen:   0.01,
		scenario.FaultLostClose:  0.01,
		scenario.FaultStall:      0.02,
	} {
		binomial(t, string(fault), faults[fault], sessions, p)
	}
	for fault, most := range map[scenario.Fault]int{
		scenario.FaultBurst: sessions * 3 / 100, scenario.FaultUncalibrated: 300, scenario.FaultGlitchy: 300,
		scenario.FaultBatchShift: 300, scenario.FaultLedgerOff: 300, scenario.FaultOutlier: 60,
	} {
		if n := faults[fault]; n == 0 || n > most {
			t.Errorf("%s: %d sessions of %d", fault, n, sessions)
		}
	}
	if faults[scenario.FaultSteadyHand] > 0 {
		t.Error("F1 has steady hands")
	}
	if waited > 190_000 {
		t.Errorf("an idle reading came %v ms after the close", waited)
	}
	if per := float64(sold) / sessions; per < 0.9 || per > 2.5 {
		t.Errorf("%.2f items a session", per)
	}
}

// A session depends on model, seed and number alone.
func TestGenerate_same(t *testing.T) {
	t.Parallel()
	line := func(model scenario.Model, seed, number uint64) []byte {
		s := generate(t, model, seed, number)
		return s.AppendJSON(nil)
	}
	for i := range uint64(50) {
		if !bytes.Equal(line(scenario.F2, 7, i), line(scenario.F2, 7, i)) {
			t.Fatalf("session %d differs when it is made again", i)
		}
	}
	base := line(scenario.F1, 7, 1)
	for what, other := range map[string][]byte{
		"model": line(scenario.F2, 7, 1), "seed": line(scenario.F1, 8, 1), "number": line(scenario.F1, 7, 2),
	} {
		if bytes.Equal(base, other) {
			t.Errorf("another %s gave the same session", what)
		}
	}
	if _, err := scenario.Generate("F3", 1, 1); err == nil {
		t.Error("model F3 was accepted")
	}
}

// docs/weighing.md section 7: the form of a line, readings in order of arrival, whole grams, and idle
// readings before and at most 98 s after the close.
func TestSession_AppendJSON(t *testing.T) {
	t.Parallel()
	lost := 0
	for i := range uint64(300) {
		s := generate(t, scenario.F2, 2, i)
		var got struct {
			ID    string
			Lanes []struct {
				Lane, Shelf, Stock int
				UnitMass           float64 `json:"unit_mass_g"`
				UnitSD             float64 `json:"unit_mass_sd_g"`
				Price              int     `json:"price_fen"`
				Noise              float64 `json:"noise_g"`
			}
			Readings []struct {
				Seq     uint64
				At      int   `json:"at_ms"`
				Arrived int   `json:"arrived_ms"`
				Mass    []int `json:"mass_g"`
			}
			Door  map[string]*int
			Truth struct {
				Model, Scenario string
				Lines           []struct{ Lane, Count int }
				Moved           []struct{ From, To, Count int }
				Faults          []string
				Closed          int `json:"closed_ms"`
			}
		}
		d := json.NewDecoder(bytes.NewReader(s.AppendJSON(nil)))
		if err := d.Decode(&got); err != nil {
			t.Fatalf("session %d: %v", i, err)
		}
		if len(got.Lanes) != 20 || len(got.Door) != 4 || got.Truth.Model != "F2" || got.Truth.Scenario == "" {
			t.Fatalf("session %d: %d lanes, door %v, truth %+v", i, len(got.Lanes), got.Door, got.Truth)
		}
		arrived, after := 0, 0
		for _, r := range got.Readings {
			if r.Arrived < arrived || r.Arrived < r.At || len(r.Mass) != 20 {
				t.Fatalf("session %d, reading %d: at %d, arrived %d after %d", i, r.Seq, r.At, r.Arrived, arrived)
			}
			if arrived = r.Arrived; r.At > got.Truth.Closed+8_000 && (after == 0 || r.At < after) {
				after = r.At
			}
		}
		if after > got.Truth.Closed+98_000 {
			lost++ // its frame was lost: the next one comes 90 s later
		}
		for _, l := range got.Lanes {
			if !(l.UnitMass > 14 && l.UnitSD > 0 && l.Noise > 0 && l.Price > 0) {
				t.Fatalf("session %d: lane %+v", i, l)
			}
		}
	}
	if lost > 20 {
		t.Errorf("%d of 300 sessions have no idle reading within 98 s", lost)
	}
}

// The truth is what physics says left: what was moved, returned or eaten in part is no purchase.
func TestGenerate_truth(t *testing.T) {
	t.Parallel()
	for i := range uint64(3000) {
		s := generate(t, scenario.F1, 5, i)
		taken, moved := 0, 0
		for _, l := range s.Truth.Lines {
			if l.Count < 1 {
				t.Fatalf("session %d: %+v", i, l)
			}
			taken += l.Count
		}
		for _, m := range s.Truth.Moved {
			moved += m.Count
		}
		low, high, moves := 0, 1, 0
		switch s.Truth.Scenario {
		case scenario.Single, scenario.Swap, scenario.Wedge:
			low = 1
		case scenario.Multi:
			low, high = 2, 16
		case scenario.GrabSlam:
			low, high = 1, 8
		case scenario.Misplace:
			moves = 1
		case scenario.Rearrange:
			high, moves = 0, 2
		case scenario.Nothing:
			high = 0
		default: // perhaps one item beside what it is about
		}
		if s.Truth.Scenario == scenario.Misplace && moved == 0 && taken == 1 {
			moved = moves // and took it away again
		}
		if taken < low || taken > high || moved != moves {
			t.Errorf("session %d, %s: %d taken, %d moved", i, s.Truth.Scenario, taken, moved)
		}
	}
}

// A platform weighs ten pieces: its unit mass and spread lie around the true ones, not on them.
func TestGenerate_knowledge(t *testing.T) {
	t.Parallel()
	var ratio []float64
	for i := range uint64(100) {
		for _, l := range generate(t, scenario.F1, 6, i).Lanes {
			ratio = append(ratio, float64(l.UnitSD/l.UnitMass))
		}
	}
	sum := 0.0
	for _, r := range ratio {
		sum += math.Log(max(r, 1e-4))
	}
	if median := math.Exp(sum / float64(len(ratio))); median < 0.010 || median > 0.0135 {
		t.Errorf("the typical spread is %.4f", median)
	}
}

// F1 through the generator is the F1 that others play.
func TestModels(t *testing.T) {
	t.Parallel()
	f1, f2 := physics.F1(), physics.F2()
	if f1.RingFactor != 0 || f1.SteadyHands != 0 || f1.Walk != 0 {
		t.Errorf("F1 plays F2's rows: %+v", f1)
	}
	f2.RingFactor, f2.CreepFactor, f2.SteadyHands, f2.Walk, f2.SeatTail, f2.SpreadMax = 0, 0, 0, 0, 0, 0
	f2.BatchShifts /= 3
	for _, rate := range []*float64{
		&f2.Uncalibrated, &f2.BadReadings, &f2.GlitchyLanes, &f2.ZeroSpans, &f2.FrozenLanes, &f2.Outliers, &f2.LedgerOff,
	} {
		*rate /= 2
	}
	if diff := cmp.Diff(f1, f2); diff != "" {
		t.Errorf("F2 without what makes it harder is not F1:\n%s", diff)
	}
}

func BenchmarkGenerate(b *testing.B) {
	i := uint64(0)
	var line []byte
	for b.Loop() {
		s := generate(b, scenario.F1, 1, i)
		line = s.AppendJSON(line[:0])
		i++
	}
	b.SetBytes(int64(len(line)))
}
