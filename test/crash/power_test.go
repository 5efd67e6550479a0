package crash_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"larder/test/disk"
	"larder/test/stand"
)

// TestServe_PowerCut guards D3, I1, I2, I8 and I17 on the whole program: the power of its disk is cut
// while a crowd shops. Cabinets have forgotten what was acknowledged, the provider has collected what
// it was asked for, and still every purchase comes to its right end.
func TestServe_PowerCut(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes longer")
	}
	d := disk.New(t)
	s := stand.New(t, stand.Options{
		Cabinets: machines, Settings: map[string]string{"db": filepath.Join(d.Folder, "larder.db")},
	})
	t.Cleanup(func() { s.Platform.Kill() }) // before the disk goes
	times := max(*kills/2, 3)
	ctx, cancel := context.WithTimeout(t.Context(), endTime+time.Duration(times)*perKill)
	defer cancel()
	rng := rand.New(rand.NewPCG(*seed, 4)) //nolint:gosec // moments are no secret
	people := gather(ctx, s, *seed)
	for range times {
		select {
		case <-time.After(longestLife/2 + time.Duration(rng.Int64N(int64(2*longestLife)))):
		case <-ctx.Done():
			t.Fatal(context.Cause(ctx))
		}
		if err := s.Platform.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		if err := d.Cut(ctx, s.Platform.Kill); err != nil {
			t.Fatal(err)
		}
		s.Audit()
		s.Start()
	}
	n := people.disperse(ctx, t)
	s.Audit()
	t.Logf("%d power cuts: %s", times, n)
}
