package bench

import "io"

// Sample is what the tests read of a page of metrics.
type Sample struct{ m metrics }

// Parse is parse.
func Parse(text io.Reader) (Sample, error) {
	m, err := parse(text)
	return Sample{m}, err
}

// Sum is metrics.sum.
func (s Sample) Sum(name, label string) float64 { return s.m.sum(name, label) }

// Quantile is the quantile of what a histogram has counted since an earlier page.
func (s Sample) Quantile(earlier Sample, name string, q float64) float64 {
	return s.m.buckets(name).minus(earlier.m.buckets(name)).quantile(q)
}
