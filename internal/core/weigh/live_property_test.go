package weigh_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/weigh"
)

// BY1: a recognizer that has been asked and shown after every reading says at every moment what one says
// that is told the same readings at once: the same basket, the same verdict, the same explanation.
func TestRecognizer_property_live_is_batch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, _ := wild(t)
		readings := s.readings()
		fresh := func(n int, now larder.Millis) *weigh.Recognizer {
			r, err := weigh.New(s.lanes, weigh.Balanced())
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range readings[:n] {
				if err := r.Feed(in); err != nil {
					t.Fatal(err)
				}
			}
			r.Opened(s.opened, s.opened)
			if now >= s.closed {
				r.Closed(s.closed, s.closed)
			}
			return r
		}
		live, next := fresh(0, 0), s.closed
		for n, in := range readings {
			for ; next < in.Arrived; next++ { // as a runner asks: at the close, and whenever it was told to
				if next == s.closed {
					live.Closed(s.closed, s.closed)
				}
				again := fresh(n, next)
				want, _, wantDone := again.Decide(next)
				got, later, done := live.Decide(next)
				if done != wantDone {
					t.Fatalf("after %d readings, at %d ms: decided %v live, %v at once", n, next-s.closed, done, wantDone)
				}
				if done {
					sameVerdict(t, want, got, again, live)
					return
				}
				next = later - 1
			}
			if err := live.Feed(in); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(fresh(n+1, min(in.Arrived, next)).Basket(), live.Basket()); diff != "" {
				t.Fatalf("after %d readings the baskets differ (-at once +live):\n%s", n+1, diff)
			}
		}
	})
}

func sameVerdict(t *rapid.T, want, got weigh.Verdict, again, live *weigh.Recognizer) {
	t.Helper()
	was, _ := again.Explain()
	is, _ := live.Explain()
	if diff := cmp.Diff(want, got, masses) + cmp.Diff(was, is, masses); diff != "" {
		t.Fatalf("the verdicts differ (-at once +live):\n%s", diff)
	}
}
