package weigh_test

import (
	"flag"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/weigh"
)

var sessions = flag.Int("sessions", 400, "ordinary sessions to play")

// DV8, DV10: an ordinary visit under ordinary noise, hands, ringing and slams is charged exactly,
// without a person, within seconds. More than one exception in a thousand fails.
func TestRecognizer_OrdinarySessions(t *testing.T) {
	t.Parallel()
	var delays []larder.Millis
	failed := 0
	for seed := range uint64(*sessions) { //nolint:gosec // a small count
		s := newScene(rand.New(rand.NewPCG(seed, 1)), 20, 40, 600, 0.9)
		name := s.ordinary()
		v := s.play(t)
		delays = append(delays, v.Decided-s.closed)
		diff := cmp.Diff(s.want(), v.Lines)
		if v.Kind == weigh.Review || diff != "" {
			failed++
			t.Logf("seed %d, %s: %s %v %v %.6f after %d ms\n%s",
				seed, name, v.Kind, v.Reasons, v.Alerts, v.Confidence, v.Decided-s.closed, diff)
		}
	}
	if failed > *sessions/1000 {
		t.Errorf("%d of %d sessions were not charged exactly", failed, *sessions)
	}
	slices.Sort(delays)
	median, most := delays[len(delays)/2], delays[len(delays)*9/10]
	t.Logf("decided after %d ms in the median, %d ms in nine of ten, %d at most", median, most, delays[len(delays)-1])
	if median > 3_500 || most > 9_000 {
		t.Errorf("decided after %d ms in the median and %d ms in nine of ten, want 3500 and 9000", median, most)
	}
}
