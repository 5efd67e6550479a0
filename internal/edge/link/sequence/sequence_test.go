package sequence_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"larder/internal/edge/link/sequence"
)

// event is one event of a cabinet.
type event struct{ boot, seq uint64 }

// TestSequence guards LK7, LK8, O4, O7, O8 and O9: whatever is lost, repeated or fails to commit on
// the way, events pass in order, none is skipped, and with a cabinet that keeps sending, all of
// them are committed.
func TestSequence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var log []event // what the cabinet keeps, oldest first
		boots := rapid.IntRange(1, 4).Draw(t, "boots")
		durable := uint64(rapid.IntRange(0, 3).Draw(t, "durable")) //nolint:gosec // small
		for boot := 1; boot <= boots; boot++ {
			first := uint64(rapid.IntRange(1, 5).Draw(t, "first")) //nolint:gosec // small
			if boot == boots {
				first = durable + 1
			}
			for n := range rapid.IntRange(0, 5).Draw(t, "events") {
				log = append(log, event{uint64(boot), first + uint64(n)}) //nolint:gosec // small
			}
		}
		s := sequence.New(uint64(boots), durable) //nolint:gosec // small
		var committed, passed []event
		rounds := 0
		for kept := log; len(kept) > 0; rounds++ {
			faults := rounds < 20
			if rounds > 40 {
				t.Fatalf("stuck: %v of %v committed", committed, log)
			}
			passed = nil
			for _, ev := range kept {
				repeats := 1
				if faults && ev != kept[0] { // what is lost between boots leaves no gap: the transport's order prevents it
					fewest := 1
					if ev.boot == uint64(boots) { //nolint:gosec // small
						fewest = 0
					}
					repeats = rapid.IntRange(fewest, 2).Draw(t, "copies")
				}
				for range repeats {
					switch s.Offer(ev.boot, ev.seq) {
					case sequence.Pass:
						passed = append(passed, ev)
					case sequence.Gap:
						if boot, seq := s.Missing(); boot != ev.boot || seq >= ev.seq {
							t.Fatalf("%v asks for %d/%d", ev, boot, seq)
						}
					case sequence.Foreign, sequence.Repeat:
						t.Fatalf("%v is foreign or durable", ev)
					case sequence.Drop:
					}
				}
			}
			for _, ev := range passed {
				if faults && rapid.IntRange(0, 9).Draw(t, "fails") == 0 {
					s.Failed(ev.boot, ev.seq)
					break
				}
				s.Committed(ev.boot, ev.seq)
				committed = append(committed, ev)
			}
			kept = log[len(committed):]
		}
		if diff := cmp.Diff(log, committed, cmp.AllowUnexported(event{})); diff != "" {
			t.Fatalf("committed (-log +got):\n%s", diff)
		}
	})
}

// TestSequence_Offer shows the single verdicts.
func TestSequence_Offer(t *testing.T) {
	t.Parallel()
	s := sequence.New(3, 4)
	steps := []struct {
		name string
		ev   event
		want sequence.Verdict
	}{
		{"durable_before", event{3, 4}, sequence.Repeat},
		{"next", event{3, 5}, sequence.Pass},
		{"under_way", event{3, 5}, sequence.Drop},
		{"gap", event{3, 7}, sequence.Gap},
		{"asked_already", event{3, 8}, sequence.Drop},
		{"missing", event{3, 6}, sequence.Pass},
		{"older_boot_came_late", event{2, 1}, sequence.Drop},
		{"boot_to_come", event{4, 1}, sequence.Foreign},
	}
	for _, step := range steps {
		if got := s.Offer(step.ev.boot, step.ev.seq); got != step.want {
			t.Errorf("%s: got %d, want %d", step.name, got, step.want)
		}
	}
	if boot, seq := s.Missing(); boot != 3 || seq != 7 {
		t.Errorf("next is %d/%d", boot, seq)
	}
}

// TestSequence_Stuck guards LK7 between boots: while an event of an older boot is missing, or failed,
// nothing of a newer one passes.
func TestSequence_Stuck(t *testing.T) {
	t.Parallel()
	s := sequence.New(3, 0)
	offer := func(boot, seq uint64, want sequence.Verdict) {
		t.Helper()
		if got := s.Offer(boot, seq); got != want {
			t.Errorf("%d/%d: got %d, want %d", boot, seq, got, want)
		}
	}
	offer(2, 1, sequence.Pass)
	offer(2, 3, sequence.Gap)
	offer(3, 1, sequence.Drop)
	offer(2, 2, sequence.Pass)
	offer(2, 3, sequence.Pass)
	offer(3, 1, sequence.Pass)
	s.Committed(2, 1)
	s.Failed(2, 2)
	offer(3, 2, sequence.Drop)
	offer(2, 3, sequence.Drop) // it will come behind the one that failed: nothing is to be asked for
	offer(2, 1, sequence.Repeat)
	offer(2, 2, sequence.Pass)
	offer(2, 3, sequence.Pass)
	offer(3, 1, sequence.Pass)
	s.Committed(3, 1)
	s.Failed(2, 3)
	offer(2, 3, sequence.Pass)
	offer(3, 1, sequence.Repeat)
	offer(3, 2, sequence.Pass)
}

// TestSequence_Boots guards I21: a cabinet that names ever more boots costs no memory, and what was
// acknowledged in a recent one is acknowledged again.
func TestSequence_Boots(t *testing.T) {
	t.Parallel()
	s := sequence.New(1000, 0)
	for boot := uint64(1); boot < 100; boot++ {
		if got := s.Offer(boot, 1); got != sequence.Pass {
			t.Fatalf("boot %d: %d", boot, got)
		}
		s.Committed(boot, 1)
	}
	if got := s.Offer(98, 1); got != sequence.Repeat {
		t.Errorf("a durable event of the boot before: %d", got)
	}
	if got := s.Offer(1, 1); got != sequence.Drop {
		t.Errorf("an event of a boot long ago: %d", got)
	}
}
