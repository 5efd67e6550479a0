package weigh_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"larder"
	"larder/internal/core/weigh"
)

// scene is a session of a made-up cabinet, for tests of this room only: what lies on the lanes, what
// hands do to them, and what the scales say of it.
type scene struct {
	rng    *rand.Rand
	lanes  []weigh.Lane
	zero   []float64 // grams, the offset of each lane
	steps  []step
	bumps  []bump
	opened larder.Millis
	closed larder.Millis
	delay  larder.Millis // of the network
	taken  []int         // truth: pieces that left, per lane
	frozen map[int]larder.Millis
	actual []float64 // grams, the noise of each lane if it is not what is known
}

type step struct {
	lane int
	at   larder.Millis
	by   float64
}

// bump is a transient: a half-sine (a hand) or, with hertz, a decaying ring.
type bump struct {
	lane  int
	at    larder.Millis
	width float64 // ms; for a ring its time constant
	force float64
	hertz float64
}

const openedAt = 1_000_000

// newScene has n lanes, four on a shelf, with units of low..high grams, ten pieces each.
func newScene(rng *rand.Rand, n int, low, high, noise float64) *scene {
	s := &scene{rng: rng, opened: openedAt, delay: 60, taken: make([]int, n), frozen: map[int]larder.Millis{}}
	for i := range n {
		unit := math.Round(low + (high-low)*rng.Float64())
		s.lanes = append(s.lanes, weigh.Lane{
			Shelf: i / 4, UnitMass: larder.Gram(unit), UnitSD: larder.Gram(math.Round(12*unit) / 1000),
			Price: 500, Stock: 10, Noise: larder.Gram(noise),
		})
		s.zero = append(s.zero, 10*unit+15*rng.NormFloat64())
	}
	return s
}

func (s *scene) logNormal(median, sd float64) float64 {
	return median * math.Exp(sd*s.rng.NormFloat64())
}

// piece draws the mass of one piece of a lane.
func (s *scene) piece(lane int) float64 {
	return float64(s.lanes[lane].UnitMass) * (1 + 0.012*s.rng.NormFloat64())
}

// change moves mass onto a lane (off it, if negative) at a moment, with seat, hand and ring.
func (s *scene) change(lane int, at larder.Millis, by float64) {
	s.steps = append(s.steps, step{lane, at, by + 0.8*s.rng.NormFloat64()})
	width := min(s.logNormal(450, 0.6), 1_500)
	force := min(max(s.logNormal(60, 1), 5), 1_500)
	start, ring := at-larder.Millis(width), 0.05+0.2*s.rng.Float64()
	if by > 0 {
		start, ring = at, 0.2+0.8*s.rng.Float64()
	} else if s.rng.Float64() < 0.25 {
		force = -force
	}
	s.bumps = append(s.bumps, bump{lane: lane, at: start, width: width, force: force})
	for i := range s.lanes {
		if s.lanes[i].Shelf == s.lanes[lane].Shelf {
			share := ring
			if i != lane {
				share = ring * (0.02 + 0.06*s.rng.Float64())
			}
			s.ring(i, at, share*math.Abs(by))
		}
	}
}

func (s *scene) ring(lane int, at larder.Millis, force float64) {
	b := bump{lane: lane, at: at, width: 250 + 350*s.rng.Float64(), force: force, hertz: 2 + 3*s.rng.Float64()}
	s.bumps = append(s.bumps, b)
}

// take and put move one piece of a lane and keep the truth; both return its mass.
func (s *scene) take(lane int, at larder.Millis) float64 {
	m := s.piece(lane)
	s.change(lane, at, -m)
	s.taken[lane]++
	return m
}

func (s *scene) putBack(lane int, at larder.Millis, mass float64) {
	s.change(lane, at, mass)
	s.taken[lane]--
}

// shut closes the door with a slam that every lane feels.
func (s *scene) shut(at larder.Millis) {
	s.closed = at
	slam := min(max(s.logNormal(15, 1), 3), 120)
	for i := range s.lanes {
		s.ring(i, at, slam*(0.5+s.rng.Float64()))
		s.ring(i, s.opened, 5*s.rng.Float64())
	}
}

// truth returns what lies on a lane at a moment.
func (s *scene) truth(lane int, t larder.Millis) float64 {
	x := s.zero[lane]
	for _, c := range s.steps {
		if c.lane == lane && t >= c.at {
			x += c.by
		}
	}
	for _, b := range s.bumps {
		since := float64(t - b.at)
		switch {
		case b.lane != lane || since < 0:
		case b.hertz > 0:
			x += b.force * math.Exp(-since/b.width) * math.Cos(2*math.Pi*b.hertz*since/1000)
		case since < b.width:
			x += b.force * math.Sin(math.Pi*since/b.width)
		}
	}
	return x
}

// frame is what the scales say at a moment: the mean of three samples 100 ms apart, in whole grams.
func (s *scene) frame(seq uint64, t larder.Millis) weigh.Reading {
	arrived := t + s.delay + larder.Millis(s.rng.IntN(40))
	in := weigh.Reading{Seq: seq, At: t, Arrived: arrived, Mass: make([]larder.Gram, len(s.lanes))}
	for i := range s.lanes {
		at := t
		if since, ok := s.frozen[i]; ok {
			at = min(t, since)
		}
		x := (s.truth(i, at) + s.truth(i, at-100) + s.truth(i, at-200)) / 3
		if at == t {
			noise := float64(s.lanes[i].Noise)
			if s.actual != nil {
				noise = s.actual[i]
			}
			x += noise * s.rng.NormFloat64()
		}
		in.Mass[i] = larder.Gram(math.Round(x))
	}
	return in
}

// readings returns the whole session in order of arrival: three idle readings before, fast frames
// until 8 s after the close, one idle reading behind.
func (s *scene) readings() []weigh.Reading {
	var out []weigh.Reading
	seq := uint64(1)
	idle := s.opened - 1 - larder.Millis(s.rng.IntN(90_000))
	for k := range larder.Millis(3) {
		out = append(out, s.frame(seq, idle-(2-k)*90_000))
		seq++
	}
	for t := s.opened + 50; t <= s.closed+8_000; t += 300 {
		out = append(out, s.frame(seq, t))
		seq++
	}
	out = append(out, s.frame(seq, s.closed+8_000+larder.Millis(s.rng.IntN(82_000))))
	slices.SortStableFunc(out, func(a, b weigh.Reading) int { return cmp.Compare(a.Arrived, b.Arrived) })
	return out
}

// want returns the truth as lines.
func (s *scene) want() []weigh.Line {
	out := []weigh.Line{}
	for i, n := range s.taken {
		if n > 0 {
			out = append(out, weigh.Line{Lane: i, Count: n})
		}
	}
	return out
}

// play runs a recognizer through the scene as a live runner would.
func (s *scene) play(t testing.TB) weigh.Verdict {
	t.Helper()
	return s.playReadings(t, s.readings())
}

func (s *scene) playReadings(t testing.TB, readings []weigh.Reading) weigh.Verdict {
	t.Helper()
	r, err := weigh.New(s.lanes, weigh.Balanced())
	if err != nil {
		t.Fatal(err)
	}
	return s.runLive(t, r, readings)
}

// runLive is a runner: it tells what arrives, shows a basket on each reading, and asks in between.
func (s *scene) runLive(t testing.TB, r *weigh.Recognizer, readings []weigh.Reading) weigh.Verdict {
	t.Helper()
	const never = larder.Millis(math.MaxInt64)
	next, told := never, [2]bool{}
	tell := func(until larder.Millis) {
		if !told[0] && s.opened+s.delay <= until {
			told[0] = true
			r.Opened(s.opened, s.opened+s.delay)
		}
		if !told[1] && s.closed+s.delay <= until {
			told[1] = true
			r.Closed(s.closed, s.closed+s.delay)
			next = s.closed + s.delay
		}
	}
	ask := func(until larder.Millis) (weigh.Verdict, bool) {
		for next < until {
			v, n, done := r.Decide(next)
			if done {
				return v, true
			}
			if n <= next {
				t.Fatalf("asked at %d, next is %d", next, n)
			}
			next = n
		}
		return weigh.Verdict{}, false
	}
	for _, in := range readings {
		tell(in.Arrived)
		if v, done := ask(in.Arrived); done {
			return v
		}
		if err := r.Feed(in); err != nil {
			t.Fatal(err)
		}
		r.Basket()
	}
	tell(never)
	v, done := ask(never)
	if !done {
		t.Fatal("no verdict")
	}
	return v
}

// ordinary fills the scene with what most shoppers do; it returns the name of the behavior.
func (s *scene) ordinary() string {
	at := s.opened + 700 + larder.Millis(s.rng.IntN(3_000))
	gap := func() larder.Millis { return 900 + larder.Millis(s.rng.IntN(2_500)) }
	lane := s.rng.IntN(len(s.lanes))
	what := s.rng.IntN(100)
	name := "single"
	switch {
	case what < 45:
		s.take(lane, at)
	case what < 70:
		name = "multiple"
		for range 2 + s.rng.IntN(4) {
			s.take(lane, at)
			at += gap()
			if s.rng.Float64() < 0.5 {
				lane = s.rng.IntN(len(s.lanes))
			}
		}
	case what < 82:
		name = "put back"
		m := s.take(lane, at)
		at += gap()
		if s.rng.Float64() < 0.5 {
			s.take(s.rng.IntN(len(s.lanes)), at)
			at += gap()
		}
		s.putBack(lane, at, m)
	case what < 90:
		name = "nothing"
	default:
		name = "hesitate"
		m := s.take(lane, at)
		at += 250 + larder.Millis(s.rng.IntN(950))
		s.putBack(lane, at, m)
	}
	s.shut(at + 600 + larder.Millis(s.rng.IntN(2_500)))
	return name
}
