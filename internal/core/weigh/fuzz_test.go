package weigh_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"

	"larder"
	"larder/internal/core/weigh"
)

// allocated returns how many bytes do allocated on the heap, freed or not.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func zipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text) // memory does not fail
	_ = w.Close()
	return b.Bytes()
}

// FuzzPlates guards H13 and R1: whatever a trace and a catalogue are, there is an error or a list of
// takes of at least one piece, and a small file that unzips to a huge one does not fill the memory.
func FuzzPlates(f *testing.F) {
	catalogue, err := os.ReadFile("testdata/plates/plates-catalogue.csv")
	if err != nil {
		f.Fatal(err)
	}
	take := "t_ms,g1s1p1,g1s1p2\n"
	for k := range 40 {
		take += []string{"%,500.2,30\n", "%,0.1,30.5\n"}[k/20]
		take = strings.Replace(take, "%", larder.ID[int](300*(k+1)).String(), 1)
	}
	small := []byte("plate,product_id,unit_mass_g\ng1s1p1,7,500\n")
	f.Add([]byte(take), small)
	f.Add(zipped(take), small)
	f.Add([]byte(take[:100]), catalogue[:min(len(catalogue), 600)])
	f.Add([]byte("t_ms\n1\n"), small)
	f.Add([]byte("t_ms,a,a\n1,NaN,\n2,Inf,1e999\n"), []byte("plate,unit_mass_g\na,1e-9\n"))
	f.Add([]byte("t_ms,a\n-9223372036854775808,1\n9223372036854775807,2\n"), small)
	f.Add([]byte("\x1f\x8b"), []byte("plate\n"))
	f.Add(zipped("t_ms,"+strings.Repeat("x", 8<<20)), small)
	f.Fuzz(func(t *testing.T, trace, catalogue []byte) {
		var out bytes.Buffer
		var err error
		bound := uint64(64*(len(trace)+len(catalogue)) + 48<<20) // 400,000 weights, some times over
		got := allocated(func() { err = weigh.Plates(bytes.NewReader(trace), bytes.NewReader(catalogue), &out) })
		if got > bound {
			t.Fatalf("%d bytes made Plates allocate %d, want at most %d", len(trace)+len(catalogue), got, bound)
		}
		for line := range strings.Lines(out.String()) {
			if err != nil || !strings.HasPrefix(line, `{"plate":`) || strings.Contains(line, `"count":0`) || strings.Contains(line, `"count":-`) {
				t.Fatalf("%s with %v", line, err)
			}
		}
	})
}

// FuzzRecognizer guards H13, W6 and I12 below the batch's JSON: whatever bits a wire delivers as
// masses, numbers and moments, a session ends in a verdict whose counts and figures are sane.
func FuzzRecognizer(f *testing.F) {
	f.Add(uint8(1), []byte{})
	f.Add(uint8(2), bytes.Repeat([]byte{1, 200, 0, 0, 0, 0, 0, 64, 127, 64, 0, 0, 0, 0, 0, 64, 127, 64}, 40))
	f.Add(uint8(3), bytes.Repeat([]byte{0xff}, 300))
	f.Add(uint8(130), bytes.Repeat([]byte{5, 90, 0xf8, 0x7f}, 200))
	f.Fuzz(func(t *testing.T, shape uint8, data []byte) {
		lanes := make([]weigh.Lane, 1+shape%4)
		for i := range lanes {
			lanes[i] = weigh.Lane{Shelf: i / 2, UnitMass: larder.Gram(40 * (i + 1)), Stock: int(shape >> 4), Noise: larder.Gram(shape >> 6)}
		}
		r, err := weigh.New(lanes, weigh.Balanced())
		if err != nil {
			t.Fatal(err)
		}
		feed(t, r, len(lanes), data)
		now := larder.Millis(0)
		for range 100_000 {
			v, next, done := r.Decide(now)
			if done {
				checkSane(t, v, lanes)
				return
			}
			if next <= now {
				t.Fatalf("asked at %d, next is %d", now, next)
			}
			now = next
		}
		t.Fatal("no verdict")
	})
}

// feed takes data apart: what is told, how much later, and the masses, as bits of floats.
func feed(t *testing.T, r *weigh.Recognizer, lanes int, data []byte) {
	t.Helper()
	at := larder.Millis(1_000)
	for seq := uint64(1); len(data) >= 2; seq++ {
		what, pause := data[0], larder.Millis(data[1])
		data = data[2:]
		if at += pause * 10; what&0x40 != 0 {
			at -= pause * 17 // a clock that steps back
		}
		switch what & 0x3f {
		case 0:
			r.Opened(at, at)
		case 1:
			r.Closed(at, at)
		case 2:
			r.Bounded(at, at)
		case 3:
			r.Basket()
		default:
			in := weigh.Reading{Seq: seq - uint64(what>>7), At: at, Arrived: at, Mass: make([]larder.Gram, lanes)}
			for i := range in.Mass {
				in.Mass[i] = larder.Gram(100 * int(what&0x0f))
				if len(data) >= 8 && what&0x20 != 0 {
					in.Mass[i] = larder.Gram(math.Float64frombits(binary.LittleEndian.Uint64(data)))
					data = data[8:]
				}
			}
			if err := r.Feed(in); err != nil && seq < 1_000 {
				t.Fatalf("reading %d: %v", seq, err)
			}
		}
	}
}

func checkSane(t *testing.T, v weigh.Verdict, lanes []weigh.Lane) {
	t.Helper()
	if !(v.Confidence >= 0 && v.Confidence <= 1) || (v.Kind == weigh.Review) != (len(v.Reasons) > 0) || len(v.Lanes) != len(lanes) {
		t.Fatalf("%+v", v)
	}
	for _, l := range v.Lines {
		if l.Lane < 0 || l.Lane >= len(lanes) || l.Count < 1 || l.Count > lanes[l.Lane].Stock+1 || v.Kind == weigh.NoCharge {
			t.Fatalf("%s %+v", v.Kind, v.Lines)
		}
	}
}
