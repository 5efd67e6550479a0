package run_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"larder/internal/core/weigh"
	"larder/internal/core/weigh/trace"
	"larder/internal/run"
	"larder/internal/sim/scenario"
)

// BY1: the trace of a median session of model F1 is at most 1 KB, with the lanes as of the opening, so that
// the verdict follows from the trace alone. docs/weighing.md has the figures that this test logs:
//
//	go test ./internal/run -run TestTrace_size -v
func TestTrace_size(t *testing.T) {
	t.Parallel()
	n := uint64(1_000)
	if testing.Short() {
		n = 100
	}
	var sizes, lines, readings []int
	for i := range n {
		s, err := scenario.Generate("F1", 9, i)
		if err != nil {
			t.Fatal(err)
		}
		line := s.AppendJSON(nil)
		r, err := weigh.ReadRecording(line)
		if err != nil {
			t.Fatal(err)
		}
		v, _, err := r.Judge(weigh.Balanced())
		if err != nil {
			t.Fatal(err)
		}
		stored(r, v)
		b, err := trace.Encode(r)
		if err != nil {
			t.Fatal(err)
		}
		sizes, lines, readings = append(sizes, len(b)), append(lines, len(line)), append(readings, len(r.Readings))
	}
	for name, list := range map[string][]int{"bytes of the trace": sizes, "bytes as a line": lines, "readings until the verdict": readings} {
		slices.Sort(list)
		t.Logf("%s: median %d, 90 %% %d, 99 %% %d, most %d", name, list[n/2], list[n*9/10], list[n*99/100], list[n-1])
	}
	if median := sizes[n/2]; median > 1024 {
		t.Errorf("a median session takes %d bytes", median)
	}
}

// stored makes of a recording what a runner would have stored: ids of the platform, and nothing that came
// after the verdict.
func stored(r *weigh.Recording, v weigh.Verdict) {
	r.ID, r.Rules, r.Policy, r.Decided = strconv.Quote("741234567890123456"), run.RuleVersion, "balanced", v.Decided
	for i := range r.Lanes {
		r.Lanes[i].Name = fmt.Sprintf(`"%d"`, 741234567890100000+3*i)
	}
	r.Readings = slices.DeleteFunc(r.Readings, func(in weigh.Reading) bool { return in.Arrived > v.Decided })
	for i := range r.Doors {
		r.Doors[i].After = min(r.Doors[i].After, len(r.Readings))
	}
}

// BenchmarkRejudge is what-if billing (BY2): one operation unpacks a stored session of F1 and judges it by one
// policy. 100,000 of them have to take less than a minute.
func BenchmarkRejudge(b *testing.B) {
	const sessions = 200
	var packed [][]byte
	for i := range uint64(sessions) {
		s, err := scenario.Generate("F1", 9, i)
		if err != nil {
			b.Fatal(err)
		}
		r, err := weigh.ReadRecording(s.AppendJSON(nil))
		if err != nil {
			b.Fatal(err)
		}
		v, _, err := r.Judge(weigh.Balanced())
		if err != nil {
			b.Fatal(err)
		}
		stored(r, v)
		t, err := trace.Encode(r)
		if err != nil {
			b.Fatal(err)
		}
		packed = append(packed, t)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		r, err := trace.Decode(packed[i%sessions])
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := r.Judge(weigh.NeverGuess()); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
