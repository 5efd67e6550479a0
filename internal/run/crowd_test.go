package run_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder"
	"larder/internal/core/visit"
	"larder/internal/run"
)

// hung is an effect whose other side never answers.
func hung(ctx context.Context, _ run.Effect) (run.Apply, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// addAll writes count effects of a kind in one transaction.
func addAll(t *testing.T, b *bench, e *run.Engine, kind string, count int) {
	t.Helper()
	must(t, b.db.Update(t.Context(), func(tx larder.Tx) error {
		for key := range count {
			if err := e.AddTx(t.Context(), tx, org, kind, int64(key)); err != nil {
				return err
			}
		}
		return nil
	}))
}

// TestEngine_Bulkhead guards P15 and PL5: a provider that hangs, however many effects wait for it,
// keeps no door from being opened.
func TestEngine_Bulkhead(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		d := &diary{}
		b.Handle(work, run.Kind{Handler: d, Lease: lease})
		b.Handle("hung", run.Kind{Handler: run.HandlerFunc(hung), Lease: time.Minute})
		stop := running(t, b.Engine)
		defer stop()
		addAll(t, b, b.Engine, "hung", 600)
		synctest.Wait()
		b.add(t, b.Engine, 1)
		synctest.Wait()
		if got := d.times(); !slices.Equal(got, []time.Duration{0}) {
			t.Errorf("tried at %v, want at once", got)
		}
	})
}

// TestEngine_Backlog guards B1, B3 and I8: what is the most overdue and gets nowhere, of a kind that
// hangs or that a newer process left behind, does not stand before what can be done.
func TestEngine_Backlog(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		former := b.engine(b.db)
		for _, kind := range []string{work, "hung", "newer"} {
			former.Handle(kind, run.Kind{Handler: &diary{}, Lease: lease})
		}
		addAll(t, b, former, "newer", 600)
		addAll(t, b, former, "hung", 600)
		pass(time.Second)
		b.add(t, former, 1)
		pass(time.Minute)
		d := &diary{}
		b.Handle(work, run.Kind{Handler: d, Lease: lease})
		b.Handle("hung", run.Kind{Handler: run.HandlerFunc(hung), Lease: time.Hour})
		stop := running(t, b.Engine)
		defer stop()
		pass(5 * time.Second)
		if n := len(d.times()); n != 1 || b.state(t, 1) != "done" {
			t.Errorf("tried %d times, row %s", n, b.state(t, 1))
		}
	})
}

// called keeps the cases that were asked for, each once.
type called struct {
	mu    sync.Mutex // guards cases
	cases map[int64]visit.NewCase
}

func (c *called) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.cases)
}

func (c *called) OpenTx(_ context.Context, _ larder.Tx, n visit.NewCase) error {
	if n.Cause != visit.CauseStuck || n.Org != org || n.Detail["kind"] != work || n.Detail["why"] == "" {
		panic(n)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cases[n.Subject] = n
	return nil
}

// TestEngine_Stuck guards AC5, I15 and B1: an effect that fails again and again, in its try or because
// its result cannot be recorded, gets a person who knows of it; and it is tried on.
func TestEngine_Stuck(t *testing.T) {
	t.Parallel()
	for name, poison := range map[string]run.Handler{
		"try": run.HandlerFunc(func(context.Context, run.Effect) (run.Apply, error) { return nil, errRefused }),
		"record": run.HandlerFunc(func(context.Context, run.Effect) (run.Apply, error) {
			return func(context.Context, larder.Tx) error { return errRefused }, nil
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBench(t, func(t *testing.T, b *bench) {
				told := &called{cases: map[int64]visit.NewCase{}}
				b.Tell(told)
				b.Handle(work, run.Kind{Handler: poison, Lease: lease, Patience: 3})
				stop := running(t, b.Engine)
				defer stop()
				b.add(t, b.Engine, 1)
				pass(2 * time.Second)
				if told.count() != 0 {
					t.Errorf("asked for a person at once")
				}
				pass(2 * time.Minute)
				if told.count() != 1 || b.state(t, 1) != "pending" {
					t.Errorf("%d cases, row %s", told.count(), b.state(t, 1))
				}
			})
		})
	}
	t.Run("dead", func(t *testing.T) {
		t.Parallel()
		inBench(t, func(t *testing.T, b *bench) {
			told := &called{cases: map[int64]visit.NewCase{}}
			b.Tell(told)
			b.Handle(work, run.Kind{Handler: &diary{answers: []error{errRefused, errRefused}}, Lease: lease, Max: 2})
			stop := running(t, b.Engine)
			defer stop()
			b.add(t, b.Engine, 1)
			pass(time.Minute)
			if told.count() != 1 || b.state(t, 1) != "dead" {
				t.Errorf("%d cases, row %s", told.count(), b.state(t, 1))
			}
		})
	})
}

// TestEngine_Pause guards I8: a timer that was set many times and fails once is not left for an hour.
func TestEngine_Pause(t *testing.T) {
	t.Parallel()
	inBench(t, func(t *testing.T, b *bench) {
		d := &diary{answers: []error{errRefused}}
		b.Handle(work, run.Kind{Handler: d, Lease: lease, Pause: 2 * time.Second})
		stop := running(t, b.Engine)
		defer stop()
		for range 30 {
			b.timer(t, 1, 5*time.Second)
		}
		pass(time.Minute)
		if got := d.times(); !slices.Equal(got, []time.Duration{5 * time.Second, 7 * time.Second}) {
			t.Errorf("fired at %v", got)
		}
	})
}
