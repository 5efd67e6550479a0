package trace_test

import (
	"bytes"
	"testing"

	"larder/internal/core/weigh/trace"
)

// FuzzDecode guards H13 and BY1: no bytes make it panic, and what it accepts is packed and unpacked
// again without a loss.
func FuzzDecode(f *testing.F) {
	f.Add(encoded(f, ordinary(1, 3, 4)))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, b := range [][]byte{b, sealed(append([]byte{'W', 1}, b...)), sealed(append([]byte{'W', trace.Version}, b...))} { // these two get past the checksum
			r, err := trace.Decode(b)
			if err != nil {
				continue
			}
			again, err := trace.Encode(r)
			if err != nil {
				t.Fatal(err)
			}
			got, err := trace.Decode(again)
			if err != nil {
				t.Fatal(err)
			}
			if d := same(r, got); d != "" {
				t.Fatal(d)
			}
			if twice := encoded(t, got); !bytes.Equal(again, twice) {
				t.Fatal("the same recording gives other bytes")
			}
		}
	})
}
