package run_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/internal/run"
)

// slow does effects that take a while each, and keeps when and in which order they were tried.
type slow struct {
	takes time.Duration
	mu    sync.Mutex // guards tried
	tried map[int64][]time.Duration
}

func (s *slow) Try(ctx context.Context, e run.Effect) (run.Apply, error) {
	s.mu.Lock()
	if s.tried == nil {
		s.tried = map[int64][]time.Duration{}
	}
	s.tried[e.Key] = append(s.tried[e.Key], time.Since(begin))
	s.mu.Unlock()
	timer := time.NewTimer(s.takes)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// at is when the effect of a key was tried.
func (s *slow) at(key int64) []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.tried[key])
}

// once reports whether there was one try, at a moment or within the second after it: a server's answers
// and the sweep take a moment.
func once(tries []time.Duration, at time.Duration) bool {
	return len(tries) == 1 && tries[0] >= at && tries[0] <= at+time.Second
}

// TestEngine_Line guards PL5, P15 and BY4: more effects of a kind than may be tried at once come
// together. Each is tried as soon as those before it are done, in order and once; none waits for its
// lease.
func TestEngine_Line(t *testing.T) {
	t.Parallel()
	const many = 600 // more than twice as many as are tried at once
	inBench(t, func(t *testing.T, b *bench) {
		s := &slow{takes: time.Second}
		b.Handle(work, run.Kind{Handler: s, Lease: lease})
		stop := running(t, b.Engine)
		defer stop()
		addAll(t, b, b.Engine, work, many)
		pass(5 * time.Second)
		for key := range int64(many) {
			if got, want := s.at(key), time.Duration(key/256)*time.Second; !once(got, want) {
				t.Fatalf("%d was tried at %v, want %v", key, got, want)
			}
		}
		if n := b.number(t, `SELECT count(*) FROM effect WHERE state <> 'done'`); n != 0 || b.seen.count("try") != 0 {
			t.Errorf("%d are not done, %d found no place", n, b.seen.count("try"))
		}
	})
}

// TestEngine_Line_lease guards B3, B4 and I15: what has waited in line is claimed for the whole of its
// try, so that no other process tries it meanwhile; and what waits for longer than its lease is
// taken over by a process that has room, and tried by nobody else.
func TestEngine_Line_lease(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		takes time.Duration
		first time.Duration // when the 257th is tried
	}{
		"claimed anew": {15 * time.Second, 15 * time.Second}, // and lasts until 30 s
		"taken over":   {time.Hour, 20 * time.Second},        // the tries before it end with their lease only
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBench(t, func(t *testing.T, b *bench) {
				s := &slow{takes: c.takes}
				other := b.engine(b.db)
				for _, e := range []*run.Engine{b.Engine, other} {
					e.Handle(work, run.Kind{Handler: s, Lease: lease})
				}
				stop, end := running(t, b.Engine), running(t, other)
				addAll(t, b, b.Engine, work, 257)
				pass(34 * time.Second)
				if got := s.at(256); !once(got, c.first) {
					t.Errorf("the last was tried at %v, want %v", got, c.first)
				}
				stop()
				end()
			})
		})
	}
}

// TestEngine_Line_again guards I15: a timer that is set again while its firing stands in line is tried
// once, in its old place, as what it was last set to.
func TestEngine_Line_again(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		s := &slow{takes: 10 * time.Second}
		b.Handle(work, run.Kind{Handler: s, Lease: lease})
		stop := running(t, b.Engine)
		defer stop()
		addAll(t, b, b.Engine, work, 256)
		b.timer(t, 1000, time.Second)
		b.timer(t, 1001, time.Second)
		pass(2 * time.Second)
		b.timer(t, 1000, 3*time.Second)
		b.timer(t, 1001, -1) // stopped: its place comes to nothing
		pass(3 * time.Second)
		if got := s.at(1000); len(got) != 0 {
			t.Fatalf("tried at %v, before there was room", got)
		}
		pass(20 * time.Second)
		if got := s.at(1000); !once(got, 10*time.Second) || b.state(t, 1000) != "done" {
			t.Errorf("tried at %v, row %s", got, b.state(t, 1000))
		}
		if got := s.at(1001); len(got) != 0 || b.state(t, 1001) != "void" {
			t.Errorf("the stopped one was tried at %v, row %s", got, b.state(t, 1001))
		}
	})
}

// TestEngine_Line_bound guards PL5: the line is bounded; what finds no place is counted and stays pending.
func TestEngine_Line_bound(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		b.Handle(work, run.Kind{Handler: run.HandlerFunc(hung), Lease: time.Hour})
		stop := running(t, b.Engine)
		defer stop()
		addAll(t, b, b.Engine, work, 256+4096+3)
		synctest.Wait()
		if n := b.seen.count("try"); n != 3 {
			t.Errorf("%d found no place, want 3", n)
		}
	})
}
