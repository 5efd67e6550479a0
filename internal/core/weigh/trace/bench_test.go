package trace_test

import (
	"testing"

	"larder/internal/core/weigh/trace"
)

// BenchmarkEncode packs an ordinary session of 20 lanes and 52 readings.
func BenchmarkEncode(b *testing.B) {
	r := ordinary(1, 20, 50)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := trace.Encode(r); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecode unpacks it.
func BenchmarkDecode(b *testing.B) {
	packed := encoded(b, ordinary(1, 20, 50))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := trace.Decode(packed); err != nil {
			b.Fatal(err)
		}
	}
}
