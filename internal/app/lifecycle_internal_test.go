package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// diary notes what happens in order.
type diary struct {
	mu    sync.Mutex // guards lines
	lines []string
}

func (d *diary) note(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, line)
}

// obedient stops when asked, after tail.
func (d *diary) obedient(name string, tail time.Duration) part {
	return part{name, func(ctx, grace context.Context) error {
		d.note(name + " runs")
		<-ctx.Done()
		select {
		case <-time.After(tail):
			d.note(name + " stopped")
		case <-grace.Done():
			d.note(name + " was cut short")
		}
		return nil
	}}
}

var quiet = slog.New(slog.DiscardHandler)

// PL9: connections stop first, then what is under way; all within 10 s.
func TestRunStages(t *testing.T) {
	t.Parallel()
	disk := errors.New("the disk failed")
	broken := part{"broken", func(context.Context, context.Context) error { return errors.New("broke") }}
	leaver := part{"leaver", func(context.Context, context.Context) error { return nil }}
	for name, c := range map[string]struct {
		stages func(*diary) []stage
		fail   bool
		want   []string // of the diary
		err    []string // parts of the error; none: nil
		within time.Duration
	}{
		"front stops before back": {
			stages: func(d *diary) []stage {
				return []stage{
					{[]part{d.obedient("front", time.Second)}, 4 * time.Second},
					{[]part{d.obedient("back", time.Second)}, 4 * time.Second},
				}
			},
			want: []string{"back runs", "front runs", "front stopped", "back stopped"}, within: 2 * time.Second,
		},
		"what takes too long is cut short": {
			stages: func(d *diary) []stage {
				return []stage{
					{[]part{d.obedient("front", time.Hour)}, frontPatience},
					{[]part{d.obedient("back", time.Hour)}, backPatience},
				}
			},
			want:   []string{"back runs", "front runs", "front was cut short", "back was cut short"},
			within: frontPatience + backPatience,
		},
		"a part that fails stops all others": {
			stages: func(d *diary) []stage {
				return []stage{{[]part{broken}, time.Second}, {[]part{d.obedient("back", 0)}, time.Second}}
			},
			want: []string{"back runs", "back stopped"}, err: []string{"broken: broke"}, within: 0,
		},
		"being asked to stop while starting is no error": {
			stages: func(*diary) []stage {
				slow := func(ctx, _ context.Context) error { <-ctx.Done(); return fmt.Errorf("read: %w", ctx.Err()) }
				return []stage{{[]part{{"slow", slow}}, time.Second}}
			},
			within: 0,
		},
		"an end that nobody asked for is an error": {
			stages: func(*diary) []stage { return []stage{{[]part{leaver}, time.Second}} },
			err:    []string{"leaver ended by itself"}, within: 0,
		},
		"a database that failed stops everything": {
			stages: func(d *diary) []stage { return []stage{{[]part{d.obedient("front", 0)}, time.Second}} },
			fail:   true, want: []string{"front runs", "front stopped"}, err: []string{"the disk failed"}, within: 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := &diary{}
				failed := make(chan struct{})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var err error
				done := make(chan struct{})
				stages := c.stages(d)
				go func() {
					defer close(done)
					err = runStages(ctx, quiet, stages, failed, disk)
				}()
				synctest.Wait()
				began := time.Now()
				switch {
				case c.fail:
					close(failed)
				case c.err == nil:
					cancel()
				}
				<-done
				if took := time.Since(began); took > c.within {
					t.Errorf("took %s instead of %s", took, c.within)
				}
				d.mu.Lock()
				defer d.mu.Unlock()
				started := slices.IndexFunc(d.lines, func(l string) bool { return !strings.HasSuffix(l, "runs") })
				slices.Sort(d.lines[:max(started, 0)]) // whose goroutine was first is nobody's business
				if !slices.Equal(d.lines, c.want) {
					t.Errorf("diary %q instead of %q", d.lines, c.want)
				}
				checkError(t, err, c.err)
			})
		})
	}
}

// A part that obeys nobody is left behind and named.
func TestRunStages_leaves_the_deaf_behind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		deaf := part{"deaf", func(context.Context, context.Context) error { <-free; return nil }}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		began := time.Now()
		err := runStages(ctx, quiet, []stage{{[]part{deaf}, frontPatience}, {nil, backPatience}}, nil, nil)
		checkError(t, err, []string{"did not stop", "deaf"})
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("took %s", took)
		}
		close(free)
		synctest.Wait()
	})
}

func checkError(t *testing.T, err error, parts []string) {
	t.Helper()
	if (err == nil) != (len(parts) == 0) {
		t.Fatalf("error %v", err)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) || strings.Count(err.Error(), p) != 1 {
			t.Errorf("%q is not once in %q", p, err)
		}
	}
}
