package weigh_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"larder/internal/core/weigh"
)

// BY1: a verdict explains itself, and the same readings in another order of arrival, some of them twice,
// give the same explanation byte for byte once all are in.
func TestRecognizer_Explain_BY1_same_bytes(t *testing.T) {
	t.Parallel()
	s := visit(func(s *scene) {
		s.change(6, s.opened+4_000, s.take(3, s.opened+2_000))
		s.taken[3] = 0
		s.take(0, s.opened+6_500)
		s.shut(s.opened + 9_000)
	})
	readings := s.readings()
	explain := func(in []weigh.Reading) string {
		r, err := weigh.New(s.lanes, weigh.Balanced())
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := r.Explain(); ok {
			t.Error("there is an explanation before there is a verdict")
		}
		r.Opened(s.opened, s.opened)
		r.Closed(s.closed, s.closed)
		decide(t, r, in, s.closed+95_000)
		e, ok := r.Explain()
		if !ok {
			t.Fatal("a verdict has no explanation")
		}
		if err := r.Feed(readings[0]); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	want := explain(readings)
	mixed := append(append([]weigh.Reading{}, readings...), readings[5], readings[9])
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	if got := explain(mixed); got != want {
		t.Errorf("the order of arrival shows:\n%s\n%s", want, got)
	}
	for _, part := range []string{`"rules":"` + weigh.RuleVersion, `"misplace 1 of lane 3"`, `"take 1"`, `"chosen":"timeline"`, `"item_moved"`} {
		if !strings.Contains(want, part) {
			t.Errorf("the explanation lacks %s:\n%s", part, want)
		}
	}
	readings[20].Mass[1]++
	if got := explain(readings); got == want {
		t.Error("another reading gives the same hash")
	}
}
