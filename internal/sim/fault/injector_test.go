package fault_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"larder/internal/sim/fault"
)

// TestParse guards what a command line may say.
func TestParse(t *testing.T) {
	t.Parallel()
	all, err := fault.Parse("all")
	if err != nil || len(all) != len(fault.Catalog()) {
		t.Errorf("all is %v, %v", all, err)
	}
	if none, err := fault.Parse("none"); err != nil || len(none) != 0 {
		t.Errorf("none is %v, %v", none, err)
	}
	if some, err := fault.Parse("p9, O2,P9"); err != nil || !slices.Equal(some, []fault.ID{fault.Unknown, fault.NoAnswer}) {
		t.Errorf("some are %v, %v", some, err)
	}
	if _, err := fault.Parse("O2,Z1"); err == nil {
		t.Error("a fault that nobody knows was accepted")
	}
}

// TestInjector guards "a fault that is enabled and never fires fails the run": what happens is what
// counts, not what was planned; what is not enabled never happens; a time to heal is one.
func TestInjector(t *testing.T) {
	t.Parallel()
	in := fault.NewInjector([]fault.ID{fault.Unknown, fault.NoAnswer}, rand.New(rand.NewPCG(1, 1))) //nolint:gosec // a test repeats itself
	drawn := 0
	for range 100 {
		if in.Draw(fault.Unknown) {
			drawn++
		}
		if in.Draw(fault.Race) {
			t.Fatal("a fault that is not enabled was drawn")
		}
	}
	if drawn == 0 || in.Count(fault.Unknown) != 0 || len(in.Missing()) != 2 {
		t.Errorf("%d drawn, %d counted, missing %v", drawn, in.Count(fault.Unknown), in.Missing())
	}
	in.Fired(fault.Unknown)
	in.Fired(fault.Race)
	if m := in.Missing(); !slices.Equal(m, []fault.ID{fault.NoAnswer}) || len(in.Counts()) != 2 {
		t.Errorf("missing %v of %v", m, in.Counts())
	}
	in.Rest(true)
	for range 100 {
		if in.Draw(fault.NoAnswer) {
			t.Fatal("a fault was drawn while everything heals")
		}
	}
}
