package weigh_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"larder"
	"larder/internal/core/weigh"
)

// decide feeds everything and asks until there is a verdict.
func decide(t *testing.T, r *weigh.Recognizer, readings []weigh.Reading, from larder.Millis) weigh.Verdict {
	t.Helper()
	for _, in := range readings {
		if err := r.Feed(in); err != nil {
			t.Fatal(err)
		}
	}
	for range 10_000 {
		v, next, done := r.Decide(from)
		if done {
			return v
		}
		if next <= from {
			t.Fatalf("asked at %d, next is %d", from, next)
		}
		from = next
	}
	t.Fatal("no verdict after 10,000 questions")
	return weigh.Verdict{}
}

// docs/weighing.md section 3.1: the cadence of the readings stands in for a door event that never came.
func TestRecognizer_Decide_missing_door_events(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		opened, closed bool
		tail           bool // an idle reading follows
	}{
		{"no_opening", false, true, true},
		{"no_close", true, false, true},
		{"neither", false, false, true},
		{"no_close_and_silence", true, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := visit(func(s *scene) { s.take(1, s.opened+3_000) })
			readings := s.readings()
			if !c.tail {
				readings = readings[:len(readings)-1]
			}
			r, err := weigh.New(s.lanes, weigh.Balanced())
			if err != nil {
				t.Fatal(err)
			}
			if c.opened {
				r.Opened(s.opened, s.opened)
			}
			if c.closed {
				r.Closed(s.closed, s.closed)
			}
			v := decide(t, r, readings, s.closed)
			checkVerdict(t, v, weigh.Charge, s.want())
			if wait := v.Decided - s.closed; wait > 60_000 {
				t.Errorf("decided %d ms after the close", wait)
			}
		})
	}
}

// An open door is not taken for a closed one while fast frames come, nor in a burst of lost ones.
func TestRecognizer_Decide_open_door(t *testing.T) {
	t.Parallel()
	s := visit(func(s *scene) {
		s.take(1, s.opened+3_000)
		s.take(0, s.opened+28_000)
		s.shut(s.opened + 30_000)
	})
	readings := slices.DeleteFunc(s.readings(), func(in weigh.Reading) bool {
		return in.At > s.opened+8_000 && in.At < s.opened+18_000
	})
	r, err := weigh.New(s.lanes, weigh.Balanced())
	if err != nil {
		t.Fatal(err)
	}
	r.Opened(s.opened, s.opened)
	for _, in := range readings {
		if in.At > s.closed {
			break
		}
		if err := r.Feed(in); err != nil {
			t.Fatal(err)
		}
		if v, _, done := r.Decide(in.Arrived); done {
			t.Fatalf("decided %v while the door is open", v)
		}
	}
}

// Every session ends, also one of which nothing is heard.
func TestRecognizer_Decide_always_ends(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 3} {
		r, err := weigh.New(make([]weigh.Lane, n), weigh.Balanced())
		if err != nil {
			t.Fatal(err)
		}
		v := decide(t, r, nil, 5)
		checkVerdict(t, v, weigh.Review, nil, weigh.ReasonNoClose)
		again, _, done := r.Decide(v.Decided + 1)
		if !done || again.Decided != v.Decided {
			t.Errorf("a decided verdict changed: %v", again)
		}
	}
}

// A door that closed before it opened is a contradiction, whatever the scales say.
func TestRecognizer_Decide_contradicting_clock(t *testing.T) {
	t.Parallel()
	s := visit(nil)
	r, err := weigh.New(s.lanes, weigh.Balanced())
	if err != nil {
		t.Fatal(err)
	}
	r.Opened(s.closed+1, s.opened)
	r.Closed(s.closed, s.closed)
	checkVerdict(t, decide(t, r, s.readings(), s.closed), weigh.Review, nil, weigh.ReasonClock)
}

func TestNew_bad_lanes(t *testing.T) {
	t.Parallel()
	nan := larder.Gram(math.NaN())
	for name, c := range map[string]struct {
		lane weigh.Lane
		want string // in the error; "" is none
	}{
		"unknown":       {weigh.Lane{UnitMass: nan, UnitSD: nan, Noise: nan}, ""},
		"negative_unit": {weigh.Lane{UnitMass: -1}, "lane 1: unit mass"},
		"infinite_unit": {weigh.Lane{UnitMass: larder.Gram(math.Inf(1))}, "lane 1: unit mass"},
		"negative_sd":   {weigh.Lane{UnitMass: 1, UnitSD: -2}, "lane 1: unit mass sd"},
		"huge_noise":    {weigh.Lane{Noise: 1e9}, "lane 1: noise"},
		"price":         {weigh.Lane{Price: -1}, "lane 1: price"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := weigh.New([]weigh.Lane{{}, c.lane}, weigh.Balanced())
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, err := weigh.New(make([]weigh.Lane, weigh.MaxLanes+1), weigh.Balanced()); err == nil {
		t.Error("401 lanes are accepted")
	}
	if _, err := weigh.New(nil, weigh.Policy{}); err == nil {
		t.Error("an empty policy is accepted")
	}
}

func TestRecognizer_Feed_bad_readings(t *testing.T) {
	t.Parallel()
	r, err := weigh.New(make([]weigh.Lane, 2), weigh.Balanced())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Feed(weigh.Reading{Seq: 9, Mass: make([]larder.Gram, 3)}); err == nil ||
		!strings.Contains(err.Error(), "reading 9 has 3 weights, the cabinet has 2 lanes") {
		t.Errorf("a wrong lane count gives %v", err)
	}
	if err := r.Feed(weigh.Reading{At: math.MaxInt64, Mass: make([]larder.Gram, 2)}); err == nil {
		t.Error("a time at the end of the world is accepted")
	}
	for i := range weigh.MaxReadings {
		in := weigh.Reading{Seq: uint64(i), At: larder.Millis(-i), Mass: make([]larder.Gram, 2)} //nolint:gosec // small
		if err := r.Feed(in); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Feed(weigh.Reading{Mass: make([]larder.Gram, 2)}); !errors.Is(err, weigh.ErrFull) {
		t.Errorf("one reading too many gives %v", err)
	}
	r.Closed(1, 1)
	checkVerdict(t, decide(t, r, nil, 1), weigh.Review, nil, weigh.ReasonTooMany)
}
