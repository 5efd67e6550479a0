package bench_test

import (
	"context"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"larder/internal/app/bench"
)

// page is metrics as a platform tells them.
const page = `# HELP larder_visit_receipt_seconds x
# TYPE larder_visit_receipt_seconds histogram
larder_visit_receipt_seconds_bucket{verdict="charge",le="0.001"} 10
larder_visit_receipt_seconds_bucket{verdict="charge",le="0.002"} 60
larder_visit_receipt_seconds_bucket{verdict="charge",le="+Inf"} 100
larder_visit_receipt_seconds_bucket{verdict="review",le="0.001"} 0
larder_visit_receipt_seconds_bucket{verdict="review",le="0.002"} 100
larder_visit_receipt_seconds_bucket{verdict="review",le="+Inf"} 100

larder_store_operations_total{outcome="committed"} 12
larder_store_operations_total{outcome="refused"} 3
process_resident_memory_bytes 1.5e+07
`

func parsed(t *testing.T, text string) bench.Sample {
	t.Helper()
	s, err := bench.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestParse_sums guards that figures are read as Prometheus writes them.
func TestParse_sums(t *testing.T) {
	t.Parallel()
	s := parsed(t, page)
	for _, c := range []struct {
		name, label string
		want        float64
	}{
		{"larder_store_operations_total", "", 15},
		{"larder_store_operations_total", `outcome="committed"`, 12},
		{"process_resident_memory_bytes", "", 1.5e7},
		{"nothing_of_this_name", "", 0},
	} {
		if got := s.Sum(c.name, c.label); got != c.want {
			t.Errorf("%s{%s} = %v, want %v", c.name, c.label, got, c.want)
		}
	}
}

// TestParse_refuses guards that a page that is none is no page of zeros.
func TestParse_refuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"<html>", "name value\n"} {
		if _, err := bench.Parse(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

// TestQuantile guards that percentiles are of what both labels counted, even within a bucket, and of
// the window alone.
func TestQuantile(t *testing.T) {
	t.Parallel()
	s, none := parsed(t, page), parsed(t, "")
	for _, c := range []struct{ q, want float64 }{
		{0.05, 0.001},         // 10 of 200
		{0.425, 0.0015},       // 85: half of the way from 10 to 160
		{0.8, 0.002},          // 160
		{0.99, 0.002},         // above every finite bound
		{0.5, 0.001 + 0.0006}, // 100
		{0.025, 0.0005},       // 5: half of the first bucket
	} {
		if got := s.Quantile(none, "larder_visit_receipt_seconds", c.q); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("quantile %v = %v, want %v", c.q, got, c.want)
		}
	}
	if got := s.Quantile(s, "larder_visit_receipt_seconds", 0.5); got != 0 {
		t.Errorf("of nothing: %v, want 0", got)
	}
}

// TestRun_refuses guards that a measurement that cannot be made is refused before anything starts.
func TestRun_refuses(t *testing.T) {
	t.Parallel()
	good := bench.Config{Program: "/nowhere", Dir: t.TempDir(), Rate: 1, Window: time.Second, Doors: 1, Open: time.Second, Tell: io.Discard}
	for name, spoil := range map[string]func(*bench.Config){
		"rate_0":     func(c *bench.Config) { c.Rate = 0 },
		"rate_nan":   func(c *bench.Config) { c.Rate = math.NaN() },
		"no_time":    func(c *bench.Config) { c.Window = 0 },
		"no_door":    func(c *bench.Config) { c.Doors = 0 },
		"many_doors": func(c *bench.Config) { c.Doors = 2001 },
		"a_glance":   func(c *bench.Config) { c.Open = time.Millisecond },
		"no_folder":  func(c *bench.Config) { c.Dir += "/none" },
		"no_program": func(*bench.Config) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := good
			spoil(&c)
			if result, err := bench.Run(context.WithoutCancel(t.Context()), c); err == nil || result != nil {
				t.Errorf("%+v, %v", result, err)
			}
		})
	}
}
