package health

import (
	"fmt"
	"math"
	"slices"

	"larder"
)

// Sample is what the frames of one visit say of one lane's scale.
type Sample struct {
	Frames  int         `json:"frames"`
	Missing int         `json:"missing"` // frames without a weight, or with one that no lane carries
	Zeros   int         `json:"zeros"`   // lone exact zeros
	Spikes  int         `json:"spikes"`  // lone weights far from both their neighbors, zeros apart
	Run     int         `json:"run"`     // longest repetition of one value
	Tail    int         `json:"tail"`    // repetition of the last value, at the end
	First   larder.Gram `json:"first_g"` // first and last weight; NoMass if there is none
	Last    larder.Gram `json:"last_g"`
	Noise   larder.Gram `json:"noise_g"` // of a frame at rest, 1 sd; NoMass if there are too few
}

func (s Sample) check() error {
	n := max(s.Frames, 0)
	for _, k := range []int{s.Frames, s.Missing, s.Zeros, s.Spikes, s.Run, s.Tail} {
		if k < 0 || k > n {
			return fmt.Errorf("sample: %d of %d frames", k, s.Frames)
		}
	}
	if s.Noise.Known() && (s.Noise < 0 || s.Noise > maxMass) {
		return fmt.Errorf("sample: noise %v g", float64(s.Noise))
	}
	return nil
}

const (
	deadBusShare = 0.8 // of a frame's lanes: exact zeros of so many are the bus, no scale
	leastPairs   = 8   // differences that a noise is estimated from
	usualNoise   = 1.0 // grams, where none is known
)

// DeadBus reports whether a frame is one of zeros all over the cabinet, which says nothing of a scale.
func DeadBus(frame []larder.Gram) bool {
	zeros := 0
	for _, m := range frame {
		if m == 0 {
			zeros++
		}
	}
	return len(frame) > 1 && float64(zeros) >= deadBusShare*float64(len(frame))
}

// Scan samples every lane of a visit's frames, each of which holds one mass a lane in the order of
// the cabinet's clock; noise is what is known of each lane's (NoMass or missing: 1 g). Frames of a
// dead bus are left out.
func Scan(frames [][]larder.Gram, noise []larder.Gram) []Sample {
	lanes := 0
	for _, f := range frames {
		lanes = max(lanes, len(f))
	}
	out := make([]Sample, lanes)
	column := make([]larder.Gram, 0, len(frames))
	for i := range out {
		column = column[:0]
		for _, f := range frames {
			switch {
			case DeadBus(f):
			case i < len(f):
				column = append(column, f[i])
			default:
				column = append(column, larder.NoMass)
			}
		}
		sigma := usualNoise
		if i < len(noise) && noise[i].Known() && noise[i] > 0 {
			sigma = float64(noise[i])
		}
		out[i] = scan(column, sigma)
	}
	return out
}

// scan samples one lane.
func scan(column []larder.Gram, sigma float64) Sample {
	s := Sample{Frames: len(column), First: larder.NoMass, Last: larder.NoMass, Noise: larder.NoMass}
	masses := make([]float64, 0, len(column))
	for _, m := range column {
		if !weight(m) {
			s.Missing++
			continue
		}
		masses = append(masses, float64(m))
	}
	if len(masses) == 0 {
		return s
	}
	s.First, s.Last = larder.Gram(masses[0]), larder.Gram(masses[len(masses)-1])
	odd := make([]bool, len(masses))
	for i := 1; i+1 < len(masses); i++ {
		if odd[i] = spike(masses[i-1], masses[i], masses[i+1], sigma); odd[i] && masses[i] == 0 {
			s.Zeros++
		} else if odd[i] {
			s.Spikes++
		}
	}
	run := 0
	for i, m := range masses {
		if run++; i > 0 && m != masses[i-1] {
			run = 1
		}
		s.Run = max(s.Run, run)
	}
	s.Tail = run
	s.Noise = quiet(masses, odd)
	return s
}

// spike reports whether a weight is alone between two that agree.
func spike(before, x, after, sigma float64) bool {
	return math.Abs(before-after) <= 6*sigma+4 && math.Min(math.Abs(x-before), math.Abs(x-after)) > 8*sigma+12
}

// quiet estimates the noise of a frame at rest by the differences of neighbors, without those of hands
// and of odd frames: what is far above the usual difference.
func quiet(masses []float64, odd []bool) larder.Gram {
	diffs := make([]float64, 0, len(masses))
	for i := 1; i < len(masses); i++ {
		if !odd[i] && !odd[i-1] {
			diffs = append(diffs, math.Abs(masses[i]-masses[i-1]))
		}
	}
	if len(diffs) < leastPairs {
		return larder.NoMass
	}
	slices.Sort(diffs)
	far := 3 * (1.5*diffs[len(diffs)/2] + 0.85) // three deviations of a difference; the rest is the rounding's
	sum, n := 0.0, 0
	for _, d := range diffs {
		if d > far {
			break
		}
		sum += float64(d * d)
		n++
	}
	const rounding = 1. / 12
	return larder.Gram(math.Sqrt(max(sum/float64(2*n)-rounding, 0)))
}
