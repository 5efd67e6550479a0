package bench_test

import (
	"math"
	"strings"
	"testing"

	"larder/internal/app/bench"
)

// FuzzParse guards H13 for what a platform's page of metrics may be: figures or an error, and no
// quantile of nothing.
func FuzzParse(f *testing.F) {
	f.Add(page)
	f.Add("a_bucket{le=\"NaN\"} 1\na_bucket{le=\"1\"} -2\na_bucket{le=\"+Inf\"} 1e999\n")
	f.Add("{ 1\n} 2\na 0x1p-2\n")
	f.Add(strings.Repeat("a", 1<<16) + " 1")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := bench.Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		for line := range strings.Lines(text) {
			name, _, _ := strings.Cut(strings.TrimSpace(line), "{")
			name = strings.TrimSuffix(name, "_bucket")
			_ = s.Sum(name, "")
			if q := s.Quantile(s, name, 0.5); q != 0 && !math.IsNaN(q) {
				t.Fatalf("the median of nothing new of %q is %v", name, q)
			}
		}
	})
}
