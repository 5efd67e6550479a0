package crash_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"testing"
	"time"

	"larder/test/stand"
)

// ruinTime is for a fault at a sync to come: a crowd makes several syncs a second.
const ruinTime = 2 * time.Minute

// TestServe_KilledAtSync guards D2, I1, I2, I8 and I17: the platform dies in the very call that would
// have made a commit durable.
func TestServe_KilledAtSync(t *testing.T) {
	t.Parallel()
	ruinAtSyncs(t, "signal=KILL", 2)
}

// TestServe_SyncFails guards D4 and I17: a disk that cannot keep its promise stops the platform before
// anything is acknowledged that is not durable; on a sound disk it goes on where it was.
func TestServe_SyncFails(t *testing.T) {
	t.Parallel()
	ruinAtSyncs(t, "error=EIO", 3)
}

// ruinAtSyncs lets a tracer do what to the platform's k-th sync, for several k, while a crowd shops.
func ruinAtSyncs(t *testing.T, what string, stream uint64) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes longer")
	}
	needTracer(t)
	s := stand.New(t, stand.Options{Cabinets: machines, Settings: map[string]string{"db-one-thread": "true"}})
	times := max(*kills/3, 2)
	ctx, cancel := context.WithTimeout(t.Context(), endTime+time.Duration(times)*(perKill+ruinTime))
	defer cancel()
	rng := rand.New(rand.NewPCG(*seed, stream)) //nolint:gosec // moments are no secret
	s.Platform.Kill()
	for range times {
		k := 1 + rng.IntN(60)
		s.Site.Under = []string{
			"strace", "-f", "-qq", "-o", "/dev/null", "-e", "signal=none", "-e", "trace=fsync,fdatasync",
			"-e", fmt.Sprintf("inject=fsync,fdatasync:%s:when=%d", what, k),
		}
		s.Launch()
		s.Site.Under = nil
		people := gather(ctx, s, *seed+uint64(k))
		select {
		case <-s.Platform.Ended():
		case <-time.After(ruinTime):
			t.Fatalf("sync %d never came, or the platform outlived it", k)
		}
		s.Audit()
		s.Start()
		n := people.disperse(ctx, t)
		t.Logf("%s at sync %d: %s", what, k, n)
		s.Platform.Kill()
	}
	s.Audit()
}

// needTracer skips the test where nothing may be traced, and says why.
func needTracer(t *testing.T) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "strace", "-qq", "-o", "/dev/null", "true").CombinedOutput()
	if err != nil {
		t.Skipf("strace is not to be had here, and nothing else fails a sync: %v %s", err, out)
	}
}
