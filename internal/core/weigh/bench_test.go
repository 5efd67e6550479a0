package weigh_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"larder/internal/core/weigh"
)

// BenchmarkBatch replays ordinary sessions of 20 lanes; one operation is one session, JSON included.
func BenchmarkBatch(b *testing.B) {
	var text strings.Builder
	const sessions = 50
	for seed := range uint64(sessions) {
		s := newScene(rand.New(rand.NewPCG(seed, 5)), 20, 40, 600, 0.9)
		s.ordinary()
		text.WriteString(s.line(seed, s.readings()))
	}
	in := []byte(text.String())
	b.ReportAllocs()
	b.ResetTimer()
	for range (b.N + sessions - 1) / sessions {
		if bad, err := weigh.Batch(bytes.NewReader(in), io.Discard); bad != 0 || err != nil {
			b.Fatal(bad, err)
		}
	}
}

// BenchmarkRecognizer runs ordinary sessions of 20 lanes live, with a basket on every reading; one
// operation is one session.
func BenchmarkRecognizer(b *testing.B) {
	s := newScene(rand.New(rand.NewPCG(1, 5)), 20, 40, 600, 0.9)
	s.ordinary()
	readings := s.readings()
	b.ReportAllocs()
	for b.Loop() {
		s.playReadings(b, readings)
	}
}
