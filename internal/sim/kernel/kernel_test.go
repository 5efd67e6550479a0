package kernel_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"larder/internal/sim/kernel"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, time.March, 2, 6, 0, 0, 0, time.UTC)

func newKernel(seed uint64) *kernel.Kernel {
	return kernel.New(start, rand.New(rand.NewPCG(seed, 1))) //nolint:gosec // a test repeats itself
}

// play lets several tasks and events of the same moments write down what they do.
func play(t *testing.T, seed uint64) []string {
	t.Helper()
	k := newKernel(seed)
	var log []string
	say := func(format string, args ...any) {
		log = append(log, k.Now().Sub(start).String()+" "+fmt.Sprintf(format, args...))
	}
	l := k.NewLife()
	for i := range 4 {
		l.Go(func() {
			for turn := range 3 {
				say("task %d turn %d", i, turn)
				l.Sleep(t.Context(), time.Second)
			}
		})
		k.After(time.Second, func() { say("event %d", i) })
	}
	if err := k.Run(start.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if l.Tasks() != 0 || !k.Now().Equal(start.Add(time.Hour)) {
		t.Errorf("%d tasks are left at %s", l.Tasks(), k.Now())
	}
	return log
}

// TestKernel_Run guards the promise of the simulator: a seed is a history, and different seeds try
// different orders within a moment, never between moments.
func TestKernel_Run(t *testing.T) {
	t.Parallel()
	first := play(t, 1)
	if diff := cmp.Diff(first, play(t, 1)); diff != "" {
		t.Errorf("one seed, two histories:\n%s", diff)
	}
	other := play(t, 2)
	if slices.Equal(first, other) {
		t.Error("two seeds, one history")
	}
	slices.Sort(first)
	slices.Sort(other)
	if diff := cmp.Diff(first, other); diff != "" {
		t.Errorf("another seed did other things, not the same in another order:\n%s", diff)
	}
}

// TestSignal_Wait guards the port's contract: a signal that was set is kept, several sets are one
// return, and a time, a canceled context and a deadline end the waiting.
func TestSignal_Wait(t *testing.T) {
	t.Parallel()
	k := newKernel(1)
	l := k.NewLife()
	s := l.NewSignal()
	var woken []time.Duration
	wait := func(ctx context.Context, d time.Duration) {
		s.Wait(ctx, d)
		woken = append(woken, k.Now().Sub(start))
	}
	ctx, cancel := l.WithTimeout(t.Context(), time.Hour)
	short, free := l.WithTimeout(ctx, 5*time.Second)
	defer free()
	k.After(2*time.Second, func() { s.Set(); s.Set() })
	k.After(20*time.Second, cancel)
	l.Go(func() {
		s.Set()
		wait(ctx, time.Hour)     // kept: at once
		wait(ctx, time.Second)   // the time
		wait(ctx, time.Hour)     // both sets
		wait(short, time.Hour)   // the deadline of the shorter context
		wait(ctx, 3*time.Second) // the time again: nothing was left of the second set
		wait(ctx, time.Hour)     // the longer context is canceled
		wait(ctx, time.Hour)     // and has ended
	})
	if err := k.Run(start.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	var seconds []int
	for _, w := range woken {
		seconds = append(seconds, int(w/time.Second))
	}
	if diff := cmp.Diff([]int{0, 1, 2, 5, 8, 20, 20}, seconds); diff != "" {
		t.Errorf("woken at:\n%s", diff)
	}
	if !errors.Is(ctx.Err(), context.Canceled) || !errors.Is(short.Err(), context.DeadlineExceeded) {
		t.Errorf("%v, %v", ctx.Err(), short.Err())
	}
	select {
	case <-ctx.Done():
	default:
		t.Error("who waits for Done would wait for ever")
	}
}

// TestLife_Kill guards B9 and L1: what is killed does nothing more, wherever it waits, while others
// live on; its deferred functions run, and it begins nothing.
func TestLife_Kill(t *testing.T) {
	t.Parallel()
	k := newKernel(1)
	victim, other := k.NewLife(), k.NewLife()
	unwound, survived, ran := 0, 0, false
	for range 3 {
		victim.Go(func() {
			defer func() { unwound++ }()
			victim.Sleep(t.Context(), time.Hour)
			t.Error("a dead task went on")
		})
	}
	other.Go(func() {
		other.Sleep(t.Context(), 2*time.Second)
		survived++
	})
	victim.Go(func() {
		defer func() { unwound++ }()
		victim.Sleep(t.Context(), time.Second)
		victim.Kill()
		t.Error("a task survived its own killing")
	})
	k.After(3*time.Second, func() { victim.Go(func() { ran = true }) })
	if err := k.Run(start.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if unwound != 4 || survived != 1 || ran || victim.Tasks() != 0 || !victim.Dead() {
		t.Errorf("%d unwound, %d survived, ran %t, %d tasks", unwound, survived, ran, victim.Tasks())
	}
}

// TestKernel_Run_panic guards that a mistake of the platform ends a simulation with its text, not the
// process.
func TestKernel_Run_panic(t *testing.T) {
	t.Parallel()
	k := newKernel(1)
	l := k.NewLife()
	l.Go(func() { panic("lost my way") })
	k.After(time.Second, func() { t.Error("it went on") })
	if err := k.Run(start.Add(time.Minute)); err == nil || !strings.Contains(err.Error(), "lost my way") {
		t.Errorf("%v", err)
	}
}

// TestTimer_Stop guards that what was called off does not happen, and that stopping late is no error.
func TestTimer_Stop(t *testing.T) {
	t.Parallel()
	k := newKernel(1)
	fired := 0
	off := k.After(time.Second, func() { t.Error("it was called off") })
	off.Stop()
	on := k.After(time.Second, func() { fired++; k.Halt() })
	k.After(2*time.Second, func() { t.Error("Run went on after Halt") })
	if err := k.Run(start.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	on.Stop()
	kernel.Timer{}.Stop()
	if fired != 1 || k.Steps() != 1 {
		t.Errorf("fired %d in %d steps", fired, k.Steps())
	}
}
