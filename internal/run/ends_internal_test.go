package run

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/catalog"
	"larder/internal/core/session"
	"larder/internal/core/weigh"
)

// TestEnds_add guards I11: whatever order readings arrive in, the first and the last three by the
// cabinet's time are compared.
func TestEnds_add(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		readings := make([]weigh.Reading, rapid.IntRange(0, 20).Draw(t, "count"))
		for i := range readings {
			readings[i] = weigh.Reading{Seq: uint64(i), At: larder.Millis(rapid.IntRange(1, 9).Draw(t, "at"))}
		}
		var e ends
		for _, r := range rapid.Permutation(readings).Draw(t, "order") {
			e.add(r)
		}
		slices.SortFunc(readings, func(a, b weigh.Reading) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Seq, b.Seq)) })
		kept := min(len(readings), compared)
		for i := range kept {
			if e.first[i].Seq != readings[i].Seq || e.last[i].Seq != readings[len(readings)-kept+i].Seq {
				t.Fatalf("of %v kept %v and %v", readings, e.first, e.last)
			}
		}
	})
}

// TestEnds_change guards DV6: a single missing weight is no change, a lane without any is no proof.
func TestEnds_change(t *testing.T) {
	t.Parallel()
	slots := []catalog.Slot{{Product: catalog.Product{UnitMass: 350}}, {Product: catalog.Product{UnitMass: 10}}}
	stream := func(last ...larder.Gram) *ends {
		e := new(ends)
		for i := range 5000 {
			e.add(weigh.Reading{Seq: uint64(i), At: larder.Millis(i), Mass: []larder.Gram{3500, 100}})
		}
		for i, g := range last {
			e.add(weigh.Reading{Seq: 1, At: larder.Millis(9000 + i), Mass: []larder.Gram{g, 100}})
		}
		return e
	}
	for want, e := range map[session.LaneChange][]*ends{
		session.LanesUnknown:   {new(ends)},
		session.LanesUnchanged: {stream(), stream(3507), stream(larder.NoMass, 3500, 3502), stream(3150)},
		session.LanesChanged:   {stream(3150, 3151, 3150), stream(larder.NoMass, larder.NoMass, larder.NoMass)},
	} {
		for i, e := range e {
			if got := e.change(slots); got != want {
				t.Errorf("%q %d: %q", want, i, got)
			}
		}
	}
}

// TestEnds_cost guards R1: a stream of any length is compared without memory.
func TestEnds_cost(t *testing.T) { //nolint:paralleltest // it counts what the whole process allocates
	e, slots := new(ends), []catalog.Slot{{Product: catalog.Product{UnitMass: 350}}}
	for i := range 5000 {
		e.add(weigh.Reading{Seq: uint64(i), At: larder.Millis(i), Mass: []larder.Gram{3500}})
	}
	if n := testing.AllocsPerRun(10, func() { e.change(slots) }); n != 0 {
		t.Errorf("comparing allocates %v times", n)
	}
}
