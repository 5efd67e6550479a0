package joint_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"larder/internal/core/weigh/joint"
)

// goods are four lanes of two shelves.
func goods() []joint.Lane {
	lane := func(unit float64, shelf int) joint.Lane {
		return joint.Lane{Unit: unit, SD: 0.012 * unit, MeanSD: 0.005 * unit, Stock: 10, Shelf: shelf}
	}
	return []joint.Lane{lane(500, 1), lane(180, 1), lane(60, 2), lane(25, 2)}
}

func step(lane int, at int64, loss float64) joint.Step {
	return joint.Step{Lane: lane, At: at, Loss: loss, Var: 1.5}
}

// DV11, W10: what each kind of step is taken for, and what is out of the cabinet then.
func TestSearch_Explain(t *testing.T) {
	t.Parallel()
	door := step(0, 9_000, -40)
	door.Door = true
	for name, c := range map[string]struct {
		steps []joint.Step
		out   []joint.Line
		acts  []joint.Act
	}{
		"taken":               {[]joint.Step{step(0, 1_000, 498)}, []joint.Line{{Lane: 0, Count: 1}}, []joint.Act{joint.Take}},
		"two_at_once":         {[]joint.Step{step(1, 1_000, 362)}, []joint.Line{{Lane: 1, Count: 2}}, []joint.Act{joint.Take}},
		"returned":            {[]joint.Step{step(1, 1_000, 183), step(1, 5_000, -184)}, nil, []joint.Act{joint.Take, joint.Return}},
		"one_of_two_returned": {[]joint.Step{step(1, 1_000, 362), step(1, 5_000, -181)}, []joint.Line{{Lane: 1, Count: 1}}, []joint.Act{joint.Take, joint.Return}},
		"moved":               {[]joint.Step{step(1, 1_000, 183), step(2, 3_000, -182)}, nil, []joint.Act{joint.Take, joint.Misplace}},
		"moved_and_fetched": {
			[]joint.Step{step(1, 1_000, 183), step(2, 3_000, -182), step(2, 20_000, 183)},
			[]joint.Line{{Lane: 1, Count: 1}}, []joint.Act{joint.Take, joint.Misplace, joint.Unplace},
		},
		"foreign":          {[]joint.Step{step(0, 1_000, 498), step(2, 6_000, -333)}, []joint.Line{{Lane: 0, Count: 1}}, []joint.Act{joint.Take, joint.Foreign}},
		"returned_eaten":   {[]joint.Step{step(0, 1_000, 498), step(0, 12_000, -300)}, nil, []joint.Act{joint.Take, joint.Less}},
		"a_hand_rests":     {[]joint.Step{step(1, 1_000, -90), step(1, 3_000, 272)}, []joint.Line{{Lane: 1, Count: 1}}, []joint.Act{joint.Hand, joint.Take}},
		"a_door_presses":   {[]joint.Step{door}, nil, []joint.Act{joint.Wedge}},
		"a_seat":           {[]joint.Step{step(0, 1_000, 7)}, nil, []joint.Act{joint.Seat}},
		"nothing_fits":     {[]joint.Step{step(0, 1_000, 250)}, nil, []joint.Act{joint.Odd}},
		"exchanged_places": {[]joint.Step{step(0, 1_000, 498), step(1, 2_500, 183), step(1, 5_000, -499), step(0, 7_000, -182)}, nil, []joint.Act{joint.Take, joint.Take, joint.Misplace, joint.Misplace}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stories := new(joint.Search).Explain(goods(), c.steps)
			if len(stories) == 0 {
				t.Fatal("no story")
			}
			best := stories[0]
			acts := make([]joint.Act, len(best.Moves))
			for i, m := range best.Moves {
				acts[i] = m.Act
			}
			if !slices.Equal(best.Out, c.out) || !slices.Equal(acts, c.acts) {
				t.Errorf("out are %v by %v, want %v by %v", best.Out, acts, c.out, c.acts)
			}
		})
	}
}

// DV11: what leans on the lane beside it is neither taken nor put there, and both lanes are told.
func TestSearch_Explain_leaning(t *testing.T) {
	t.Parallel()
	stories := new(joint.Search).Explain(goods(), []joint.Step{step(0, 1_000, 501), step(1, 6_000, -130), step(0, 6_300, -370)})
	if len(stories) == 0 || len(stories[0].Out) != 0 || len(stories[0].Leans) != 1 {
		t.Fatalf("got %+v", stories)
	}
	if l := stories[0].Leans[0]; l.From != 0 || l.On != 1 || math.Abs(l.Mass-130) > 1 {
		t.Errorf("got %+v, want 130 g of lane 0 on lane 1", l)
	}
}

// I12: no story has fewer than no pieces of a lane out, nothing comes back that has not left, objects are
// conserved, and the weights add up to 1; too many steps have no story.
func TestSearch_Explain_property_conservation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lanes, at := goods(), int64(0)
		var steps []joint.Step
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			lane := rapid.IntRange(0, len(lanes)-1).Draw(t, "lane")
			pieces := rapid.SampledFrom([]float64{1, 1, 2, -1, -1, 0.3, -0.6, 3}).Draw(t, "pieces")
			at += rapid.Int64Range(100, 5_000).Draw(t, "pause")
			s := step(lane, at, pieces*lanes[rapid.IntRange(0, len(lanes)-1).Draw(t, "of")].Unit)
			s.Net = rapid.IntRange(0, 9).Draw(t, "net") == 0
			steps = append(steps, s)
		}
		total := 0.0
		for _, story := range new(joint.Search).Explain(lanes, steps) {
			total += story.Weight
			left, several := 0, false
			for _, m := range story.Moves {
				switch m.Act {
				case joint.Take:
					left += m.N
				case joint.Return, joint.Less:
					left -= m.N
				case joint.Handover, joint.Lift, joint.Unplace:
					left += m.Own
				case joint.Misplace: // one of two may have come home
					several = several || m.N > 1
				case joint.Seat, joint.Foreign, joint.Wedge, joint.Odd, joint.Hand, joint.Lean:
				}
			}
			gone := 0
			for _, l := range slices.Concat(story.Out, story.Moved) {
				gone += l.Count
			}
			if gone > left || gone != left && !several {
				t.Fatalf("%+v has %d pieces elsewhere, and %d left", story, gone, left)
			}
			for _, l := range slices.Concat(story.Out, story.Moved) {
				if l.Count < 1 {
					t.Fatalf("%+v has %+v", story, l)
				}
			}
		}
		if len(steps) > 0 && (total < 0.999 || total > 1.001) && total != 0 {
			t.Fatalf("the weights add up to %v", total)
		}
	})
	if got := new(joint.Search).Explain(goods(), make([]joint.Step, joint.MaxSteps+1)); got != nil {
		t.Errorf("too many steps have %d stories", len(got))
	}
}
