package physics_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder/internal/sim/physics"
)

func transport(t *testing.T, faults physics.TransportFaults, seed uint64) *physics.Transport {
	t.Helper()
	tr, err := physics.NewTransport(faults, rand.New(rand.NewPCG(seed, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// F1, row "transport".
func TestTransport_Frame(t *testing.T) {
	t.Parallel()
	t.Run("frames are lost, doubled and late at the table's rates", func(t *testing.T) {
		t.Parallel()
		faults := physics.F1Transport()
		faults.Bursts, faults.Stalls, faults.LostTails = 0, 0, 0
		tr := transport(t, faults, 1)
		const frames = 50_000
		for k := range physics.Moment(frames) {
			for _, at := range tr.Frame(300 * k) {
				if at < 300*k {
					t.Fatal("a frame arrived before it was sent")
				}
			}
		}
		n := tr.Tally()
		within(t, "lost", float64(n.Lost)/frames, 0.008, 0.012)
		within(t, "doubled", float64(n.Duplicated)/frames, 0.008, 0.012)
		within(t, "late", float64(n.Late)/frames, 0.017, 0.023)
	})
	t.Run("sessions suffer at the table's rates", func(t *testing.T) {
		t.Parallel()
		faults := physics.F1Transport()
		faults.Loss = 0
		tr := transport(t, faults, 2)
		const sessions = 6_000
		bursts, tails, stalls := 0, 0, 0
		for k := range physics.Moment(sessions) {
			start, before := 100_000*k, tr.Tally()
			tr.Open(start)
			for at := start; at < start+30_000; at += 300 {
				tr.Frame(at)
			}
			open := tr.Tally()
			tr.Close(start + 30_000)
			for at := start + 30_000; at < start+38_000; at += 300 {
				tr.Frame(at)
			}
			after := tr.Tally()
			if open.Lost > before.Lost {
				bursts++
			}
			if after.Lost > open.Lost {
				tails++
			}
			if after.Stalled > open.Stalled {
				stalls++
			}
		}
		n := tr.Tally()
		within(t, "bursts", float64(bursts)/sessions, 0.021, 0.039)
		within(t, "lost tails", float64(tails)/sessions, 0.009, 0.022)
		within(t, "stalled tails", float64(stalls)/sessions, 0.013, 0.028)
		within(t, "lost events opened", float64(n.LostOpens)/sessions, 0.005, 0.016)
		within(t, "lost events closed", float64(n.LostCloses)/sessions, 0.005, 0.016)
	})
	t.Run("a sound network delivers at once", func(t *testing.T) {
		t.Parallel()
		tr := transport(t, physics.TransportFaults{}, 3)
		if at, ok := tr.Open(10); at != 10 || !ok {
			t.Errorf("opened arrives at %d, %v", at, ok)
		}
		if d := cmp.Diff([]physics.Moment{20}, tr.Frame(20)); d != "" {
			t.Error(d)
		}
		if at, ok := tr.Close(30); at != 30 || !ok {
			t.Errorf("closed arrives at %d, %v", at, ok)
		}
	})
	t.Run("a stalled tail arrives in one go", func(t *testing.T) {
		t.Parallel()
		tr := transport(t, physics.TransportFaults{Stalls: 1}, 4)
		tr.Open(0)
		tr.Close(10_000)
		first, second := tr.Frame(10_300)[0], tr.Frame(10_600)[0]
		if first != second || first < 12_000 || first > 30_000 {
			t.Errorf("arrivals %d and %d", first, second)
		}
	})
	if _, err := physics.NewTransport(physics.TransportFaults{}, nil); err == nil {
		t.Error("no generator was accepted")
	}
}
