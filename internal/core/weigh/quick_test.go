package weigh_test

import (
	"testing"

	"larder"
	"larder/internal/core/weigh"
)

// DV8, I12: readings of before the opening that were too restless for a level still say what the lane
// weighed. A hand quicker than the next reading left a level from 0.3 s after the opening, which was
// taken for the one of before: nothing had left, at a confidence of 0.9999999.
func TestRecognizer_quick_hand_after_restless_weights(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		unit, noise float64
		count       int
		first       larder.Millis // of the first reading, from the opening
		mass        []float64     // every 300 ms
	}{
		{"one_piece", 84, 0.45, 1, -1_216, []float64{
			3321, 3324, 3320, 3323, 3322,
			3239, 3238, 3238, 3237, 3239, 3238, 3238, 3238, 3238, 3238, 3237, 3237, 3238, 3239, 3236, 3238, 3238, 3237, 3238, 3238,
		}},
		{"two_pieces_of_a_lane_louder_than_known", 96, 1, 2, -1_440, []float64{
			3836, 3841, 3833, 3842, 3836,
			3868, 3644, 3643, 3643, 3652, 3645, 3647, 3652, 3647, 3641, 3643, 3647, 3654, 3647, 3639, 3649, 3644, 3646, 3645, 3648, 3644,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			beside := weigh.Lane{UnitMass: 300, UnitSD: 3, Price: 300, Stock: 5, Noise: 0.9} // they say how loud the session is
			r, err := weigh.New([]weigh.Lane{{
				UnitMass: larder.Gram(c.unit), UnitSD: larder.Gram(c.unit * 0.012), Price: 300, Stock: 40, Noise: larder.Gram(c.noise),
			}, beside, beside, beside}, weigh.Balanced())
			if err != nil {
				t.Fatal(err)
			}
			var readings []weigh.Reading
			for i, m := range c.mass {
				at := openedAt + c.first + larder.Millis(300*i)
				quiet := larder.Gram(1_500 + i%2)
				readings = append(readings, weigh.Reading{
					Seq: uint64(i + 1), At: at, Arrived: at + 20, //nolint:gosec // counts from 0
					Mass: []larder.Gram{larder.Gram(m), quiet, quiet, quiet},
				})
			}
			r.Opened(openedAt, openedAt+20)
			r.Closed(openedAt+3_000, openedAt+3_020)
			v := decide(t, r, readings, openedAt+3_020)
			if len(v.Lines) != 1 || v.Lines[0] != (weigh.Line{Lane: 0, Count: c.count}) {
				t.Errorf("got %s %v, %d taken: %+v", v.Kind, v.Lines, c.count, v.Lanes[0])
			}
		})
	}
}

// A lane whose few readings of before were restless, and from which the piece left when everybody could see
// it, is as good as any other: what lacks nothing at the opening was not taken from before it.
func TestRecognizer_restless_weights_and_a_slow_hand(t *testing.T) {
	t.Parallel()
	beside := weigh.Lane{UnitMass: 300, UnitSD: 3, Price: 300, Stock: 5, Noise: 0.9}
	r, err := weigh.New([]weigh.Lane{
		{UnitMass: 274, UnitSD: 1.644, Price: 850, Stock: 12, Noise: 1.075}, beside, beside, beside,
	}, weigh.Balanced())
	if err != nil {
		t.Fatal(err)
	}
	moments := []larder.Millis{-17, -2, -1}
	mass := []larder.Gram{3303, 3298, 3297, 3303, 3308, 3308, 2950, 2753, 2754, 2754, 2758, 2755, 2755}
	for i := range 30 {
		moments = append(moments, larder.Millis(300*(i+1)))
		mass = append(mass, 2754+larder.Gram(i%2))
	}
	var readings []weigh.Reading
	for i, at := range moments {
		quiet := larder.Gram(1_500 + i%2)
		readings = append(readings, weigh.Reading{
			Seq: uint64(i + 1), At: openedAt + at, Arrived: openedAt + at + 20, //nolint:gosec // counts from 0
			Mass: []larder.Gram{mass[i], quiet, quiet, quiet},
		})
	}
	r.Opened(openedAt, openedAt+20)
	r.Closed(openedAt+2_000, openedAt+2_020)
	checkVerdict(t, decide(t, r, readings, openedAt+2_020), weigh.Charge, []weigh.Line{{Lane: 0, Count: 2}})
}
