package weigh_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/weigh"
)

// The live basket follows what is out of the cabinet and does not flicker under hands and rings.
func TestRecognizer_Basket(t *testing.T) {
	t.Parallel()
	s := visit(func(s *scene) {
		m := s.take(1, s.opened+2_000)
		s.take(4, s.opened+5_000)
		s.putBack(1, s.opened+8_000, m)
		s.take(0, s.opened+11_000)
		s.shut(s.opened + 14_000)
	})
	r, err := weigh.New(s.lanes, weigh.Balanced())
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Basket(); got == nil || len(got) > 0 {
		t.Errorf("before anything came the basket is %#v", got)
	}
	r.Opened(s.opened, s.opened)
	shown := [][]weigh.Line{{}}
	for _, in := range s.readings() {
		if err := r.Feed(in); err != nil {
			t.Fatal(err)
		}
		if got := r.Basket(); !cmp.Equal(got, shown[len(shown)-1]) {
			shown = append(shown, got)
		}
	}
	one := func(lane int) weigh.Line { return weigh.Line{Lane: lane, Count: 1} }
	want := [][]weigh.Line{{}, {one(1)}, {one(1), one(4)}, {one(4)}, {one(0), one(4)}}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("what was shown differs (-want +got):\n%s", diff)
	}
}

// A trace without any noise, as a filtering scale gives it, is weighed like any other.
func TestRecognizer_noise_free(t *testing.T) {
	t.Parallel()
	s := visit(func(s *scene) {
		s.steps = append(s.steps, step{2, s.opened + 3_000, -250})
		s.taken[2] = 1
		s.closed = s.opened + 12_000
	})
	s.actual = make([]float64, len(s.lanes))
	checkVerdict(t, s.play(t), weigh.Charge, s.want())
}

// W6: a cabinet of which no lane moves by a gram, with noise known, is dead and not untouched.
func TestRecognizer_W6_dead_cabinet(t *testing.T) {
	t.Parallel()
	s := visit(func(s *scene) { s.shut(s.opened + 9_000) })
	for i := range s.lanes {
		s.frozen[i] = s.opened - larder.Millis(300_000)
	}
	checkVerdict(t, s.play(t), weigh.Review, nil, weigh.ReasonLaneFrozen)
}

// The live basket and the verdict go to phones and receipts as JSON, unknown masses as null and
// lists never as null.
func TestVerdict_MarshalJSON(t *testing.T) {
	t.Parallel()
	r, err := weigh.New([]weigh.Lane{{UnitMass: 100.25}}, weigh.Balanced())
	if err != nil {
		t.Fatal(err)
	}
	r.Closed(1_000, 1_000)
	got, err := json.Marshal(decide(t, r, nil, 1_000))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"verdict":"review","lines":[],"confidence":0.75,"alerts":[],"reasons":["no_weight_before_opening"],` +
		`"decided_ms":9400,"lanes":[{"lane":0,"before_g":null,"after_g":null,"unit_mass_g":100.25,"count":0,"moved":0,` +
		`"rest_g":null,"known":false,"notes":["no_weight_before_opening"]}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("the verdict's JSON differs (-want +got):\n%s", diff)
	}
}
