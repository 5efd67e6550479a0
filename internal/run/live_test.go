package run_test

import (
	"sync"
	"testing"

	"larder"
	"larder/internal/core/visit"
	"larder/internal/run"
)

const one = larder.SessionID(1)

func basket(total larder.Fen) visit.Basket { return visit.Basket{Total: total} }

// next returns what a channel holds; nothing is waited for.
func next(t *testing.T, ch <-chan run.Snapshot) run.Snapshot {
	t.Helper()
	select {
	case s := <-ch:
		return s
	default:
		t.Fatal("the reader was told nothing")
		return run.Snapshot{}
	}
}

func wantSilence(t *testing.T, ch <-chan run.Snapshot) {
	t.Helper()
	select {
	case s := <-ch:
		t.Fatalf("the reader was told %+v", s)
	default:
	}
}

// TestLive_NewestOnly guards step 5 of the walk: a slow reader misses what was overtaken and never the
// newest; that rows have changed is not forgotten with what it missed.
func TestLive_NewestOnly(t *testing.T) {
	t.Parallel()
	l := run.NewLive()
	ch, leave := l.Subscribe(one)
	defer leave()
	wantSilence(t, ch)
	l.Estimate(one, basket(1))
	l.Changed(one)
	l.Estimate(one, basket(2))
	l.Estimate(2, basket(9)) // another session
	s := next(t, ch)
	if s.Basket == nil || s.Basket.Total != 2 || !s.Changed || s.Version != 3 {
		t.Errorf("the reader was told %+v", s)
	}
	wantSilence(t, ch)
	l.Estimate(one, basket(3))
	if s := next(t, ch); s.Changed || s.Basket.Total != 3 {
		t.Errorf("a change was told twice: %+v", s)
	}
	l.Changed(one)
	if s := next(t, ch); !s.Changed || s.Basket.Total != 3 {
		t.Errorf("a change came without the basket: %+v", s)
	}
}

// TestLive_Subscribe guards that who comes late gets the newest at once, who left gets nothing, and
// an ended session leaves no estimate behind.
func TestLive_Subscribe(t *testing.T) {
	t.Parallel()
	l := run.NewLive()
	l.Changed(one) // nobody watches, and there is nothing to keep
	l.Estimate(one, basket(5))
	ch, leave := l.Subscribe(one)
	if s := next(t, ch); s.Basket == nil || s.Basket.Total != 5 {
		t.Errorf("the late reader was told %+v", s)
	}
	leave()
	l.Estimate(one, basket(6))
	wantSilence(t, ch)
	stays, leave := l.Subscribe(one)
	defer leave()
	before := next(t, stays).Version
	l.Close(one)
	wantSilence(t, stays)
	l.Changed(one)
	if s := next(t, stays); s.Version <= before || s.Basket != nil || !s.Changed {
		t.Errorf("after the end: %+v, want a version above %d and no basket", s, before)
	}
	late, leave2 := l.Subscribe(one)
	defer leave2()
	wantSilence(t, late)
}

// TestLive_Crowd guards I20 for estimates: whoever reads while others publish sees versions grow and
// ends with the newest.
func TestLive_Crowd(t *testing.T) {
	t.Parallel()
	l := run.NewLive()
	const baskets = 500
	var readers, writers sync.WaitGroup
	for range 4 {
		ch, leave := l.Subscribe(one)
		readers.Go(func() {
			defer leave()
			for last := int64(0); last < baskets; {
				s := <-ch
				if s.Version <= last {
					t.Errorf("version %d after %d", s.Version, last)
					return
				}
				last = s.Version
			}
		})
	}
	writers.Go(func() {
		for i := range baskets {
			l.Estimate(one, basket(larder.Fen(i)))
		}
	})
	writers.Wait()
	readers.Wait()
}
