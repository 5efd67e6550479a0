package score_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/weigh"
	"larder/internal/sim/score"
)

// recording is a session of one lane of 100 g pieces with these weights at these times; the door
// opened at 1,000 and closed at 10,000.
func recording(unit larder.Gram, at []larder.Millis, mass []larder.Gram) *weigh.Recording {
	rec := &weigh.Recording{
		ID:    `"a"`,
		Lanes: []weigh.RecordedLane{{Name: "1", Lane: weigh.Lane{UnitMass: unit, Stock: 9}}},
		Doors: []weigh.DoorNote{
			{Kind: weigh.NoteOpened, At: 1_000, Arrived: 1_050},
			{Kind: weigh.NoteClosed, At: 10_000, Arrived: 10_050},
		},
	}
	for i := range at {
		rec.Readings = append(rec.Readings, weigh.Reading{
			Seq: uint64(i), At: at[i], Arrived: at[i] + 50, Mass: mass[i : i+1],
		})
	}
	return rec
}

var times = []larder.Millis{500, 900, 5_000, 10_100, 10_600, 11_000, 11_300, 17_900, 90_000}

// The rule that Larder replaces: one reading before, the one half a second after the close, 40 %.
func TestReplaced(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		unit  larder.Gram
		mass  []larder.Gram
		kind  weigh.VerdictKind
		count int
	}{
		"one reading decides, right or wrong": {100, []larder.Gram{1000, 980, 0, 0, 780, 880, 880, 880, 880}, weigh.Charge, 2},
		"40 % of a piece is let pass":         {100, []larder.Gram{0, 1000, 0, 0, 861, 0, 0, 0, 0}, weigh.Charge, 1},
		"more is not":                         {100, []larder.Gram{0, 1000, 0, 0, 855, 0, 0, 0, 0}, weigh.Review, 1},
		"nor is more than the ceiling":        {1000, []larder.Gram{0, 5000, 0, 0, 4110, 0, 0, 0, 0}, weigh.Review, 1},
		"a gain is nothing":                   {100, []larder.Gram{0, 1000, 0, 0, 1400, 0, 0, 0, 0}, weigh.NoCharge, 0},
	} {
		v, err := score.Replaced(recording(c.unit, times, c.mass))
		if err != nil {
			t.Fatal(err)
		}
		want := score.Verdict{Kind: c.kind, Counts: []int{c.count}, Decided: 10_650}
		if c.kind != weigh.Review {
			want.Confidence = 1
		}
		if diff := cmp.Diff(want, v); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// Medians with rounding: one wild reading does nothing, and there is no tolerance.
func TestMedians(t *testing.T) {
	t.Parallel()
	v, err := score.Medians(recording(100, times, []larder.Gram{1000, 1002, 0, 0, 0, 760, 758, 5, 4}))
	if err != nil {
		t.Fatal(err)
	}
	want := score.Verdict{Kind: weigh.Charge, Counts: []int{2}, Confidence: 1, Decided: 17_950}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Error(diff)
	}
}

// Without an event of the door or a reading the baselines ask a person.
func TestBaselines_missing(t *testing.T) {
	t.Parallel()
	whole := []larder.Gram{1000, 1000, 0, 0, 900, 900, 900, 900, 900}
	noOpen, noClose := recording(100, times, whole), recording(100, times, whole)
	noOpen.Doors, noClose.Doors = noOpen.Doors[1:], noClose.Doors[:1]
	for name, c := range map[string]struct {
		rec     *weigh.Recording
		decided larder.Millis
	}{
		"no opening": {noOpen, 108_050}, "no close": {noClose, 90_050},
		"no reading": {recording(100, nil, nil), 108_050}, "none after": {recording(100, times[:4], whole[:4]), 108_050},
	} {
		for _, judge := range []func(*weigh.Recording) (score.Verdict, error){score.Replaced, score.Medians} {
			v, err := judge(c.rec)
			if diff := cmp.Diff(score.Verdict{Kind: weigh.Review, Counts: []int{0}, Decided: c.decided}, v); diff != "" || err != nil {
				t.Errorf("%s: %v\n%s", name, err, diff)
			}
		}
	}
}
