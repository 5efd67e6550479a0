package score

import (
	"runtime"
	"runtime/metrics"
	"syscall"

	"larder/internal/core/weigh"
)

// sampleMax is how many sessions the cost is measured on.
const sampleMax = 1_000

// Cost is what one session costs on average: the recognizer alone, on readings that are in memory, in
// one goroutine, garbage collection included.
type Cost struct {
	Sessions  int     `json:"sessions"`
	CPU       float64 `json:"cpu_ms"`
	Allocated float64 `json:"allocated_kb"` // 1,000 bytes
}

// measure judges a sample once more, with nothing beside it.
func measure(m Method, sample []*weigh.Recording) *Cost {
	runtime.GC()
	bytes, cpu := used()
	for _, rec := range sample {
		_, _ = m.Judge(rec) // it was judged before, and no error came
	}
	bytesAfter, cpuAfter := used()
	n := float64(len(sample))
	return &Cost{Sessions: len(sample), CPU: (cpuAfter - cpu) / n * 1000, Allocated: float64(bytesAfter-bytes) / n / 1000}
}

// used returns the bytes that the process has allocated so far, and the seconds of CPU it has taken.
func used() (bytes uint64, seconds float64) {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err == nil {
		seconds = float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
	}
	return sample[0].Value.Uint64(), seconds
}
