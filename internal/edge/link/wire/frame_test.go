package wire_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// reasonOf returns the reason of a malformed frame, or "" for any other error and nil.
func reasonOf(err error) wire.Reason {
	if e, ok := errors.AsType[*wire.MalformedError](err); ok {
		return e.Reason
	}
	return ""
}

// frame returns the bytes of a frame with a body of n bytes.
func frame(t testing.TB, n int) []byte {
	t.Helper()
	b, err := wire.AppendFrame(nil, wire.TypeReadings, make([]byte, n))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestReader_Next/length_bomb guards H12: a length field is judged before anything is allocated.
func TestReader_Next(t *testing.T) {
	t.Parallel()
	length := func(n uint32, rest ...byte) []byte { return append(binary.BigEndian.AppendUint32(nil, n), rest...) }
	flipped := frame(t, 10)
	flipped[6] ^= 0x10
	tests := []struct {
		name   string
		stream []byte
		limit  int
		reason wire.Reason
	}{
		{"largest_body_of_the_handshake", frame(t, wire.MaxHandshakeBody), wire.MaxHandshakeBody, ""},
		{"above_the_handshake", frame(t, wire.MaxHandshakeBody+1), wire.MaxHandshakeBody, wire.ReasonLength},
		{"largest_body", frame(t, wire.MaxBody), wire.MaxBody, ""},
		{"above_the_largest", length(wire.MaxBody + 2), wire.MaxBody, wire.ReasonLength},
		{"a_limit_above_the_protocol's_is_no_limit", length(wire.MaxBody + 2), 1 << 30, wire.ReasonLength},
		{"4_gib", length(0xffffffff), wire.MaxBody, wire.ReasonLength},
		{"negative", length(0x80000000), wire.MaxBody, wire.ReasonLength},
		{"zero", length(0), wire.MaxBody, wire.ReasonLength},
		{"longer_than_the_stream", length(20, 0x10, 1, 2), wire.MaxBody, wire.ReasonTruncated},
		{"longer_than_the_stream_and_the_buffer", length(2000, 0x10, 1, 2), wire.MaxBody, wire.ReasonTruncated},
		{"ends_in_the_length", []byte{0, 0}, wire.MaxBody, wire.ReasonTruncated},
		{"bit_flip", flipped, wire.MaxBody, wire.ReasonChecksum},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := wire.NewReader(bytes.NewReader(tt.stream))
			r.SetLimit(tt.limit)
			_, err := r.Next()
			if got := reasonOf(err); got != tt.reason || (tt.reason == "" && err != nil) {
				t.Errorf("got %v, want reason %q", err, tt.reason)
			}
		})
	}
}

// TestReader_Next/length_is_not_trusted_with_memory guards H12: a bomb costs no allocation of its size.
func TestReader_Next_allocates_nothing_for_a_bomb(t *testing.T) {
	bomb := binary.BigEndian.AppendUint32(nil, 0xffffffff)
	allocated := testing.Benchmark(func(b *testing.B) {
		for range b.N {
			_, _ = wire.NewReader(bytes.NewReader(bomb)).Next()
		}
	}).AllocedBytesPerOp()
	if allocated > 4096 {
		t.Errorf("a frame of 4 GiB that is refused costs %d bytes", allocated)
	}
}

// TestReader_Stream guards I20 on the wire: whatever the stream's slices, every frame comes out
// once, in order and unchanged.
func TestReader_Stream(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		bodies := rapid.SliceOf(rapid.SliceOfN(rapid.Byte(), 0, 1500)).Draw(t, "bodies")
		var stream []byte
		for _, body := range bodies {
			var err error
			if stream, err = wire.AppendFrame(stream, wire.TypeReadings, body); err != nil {
				t.Fatal(err)
			}
		}
		var source io.Reader = bytes.NewReader(stream)
		if rapid.Bool().Draw(t, "byte by byte") {
			source = iotest.OneByteReader(source)
		}
		r := wire.NewReader(source)
		r.SetLimit(wire.MaxBody)
		for i, body := range bodies {
			if err := r.Wait(); err != nil || !r.Pending() {
				t.Fatalf("frame %d: waited in vain: %v", i, err)
			}
			f, err := r.Next()
			if err != nil || !bytes.Equal(f.Body, body) || f.Type != wire.TypeReadings {
				t.Fatalf("frame %d: got %d bytes, %v", i, len(f.Body), err)
			}
		}
		if _, err := r.Next(); !errors.Is(err, io.EOF) || r.Pending() {
			t.Fatalf("after the last frame: %v", err)
		}
	})
}

// TestReader_Corruption guards H13: a flipped bit anywhere in a frame is never taken for the frame.
func TestReader_Corruption(t *testing.T) {
	t.Parallel()
	for _, g := range goldens() {
		whole, err := wire.Encode(g.body)
		if err != nil {
			t.Fatal(err)
		}
		for bit := range len(whole) * 8 {
			broken := bytes.Clone(whole)
			broken[bit/8] ^= 1 << (bit % 8)
			r := wire.NewReader(bytes.NewReader(broken))
			if _, err := r.Next(); err == nil {
				t.Errorf("%s with bit %d flipped was accepted", g.name, bit)
			}
		}
	}
}

// TestAppend guards that we never send what we would not accept.
func TestAppend(t *testing.T) {
	t.Parallel()
	if _, err := wire.Encode(&pb.Open{Command: 1}); reasonOf(err) != wire.ReasonField {
		t.Errorf("an unsigned open was encoded: %v", err)
	}
	if _, err := wire.Encode(nil); err == nil {
		t.Error("nothing was encoded as something")
	}
	if _, err := wire.AppendFrame(nil, wire.TypeReadings, make([]byte, wire.MaxBody+1)); err == nil {
		t.Error("a body above the limit was framed")
	}
}

// TestParse guards H12 and H13 for frames that come whole: what a stream's reader takes is taken, and
// nothing else, whatever is cut off, added or flipped.
func TestParse(t *testing.T) {
	t.Parallel()
	for _, g := range goldens() {
		whole, err := wire.Encode(g.body)
		if err != nil {
			t.Fatal(err)
		}
		want, err := wire.NewReader(bytes.NewReader(whole)).Next()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := wire.Parse(whole); err != nil || got.Type != want.Type || !bytes.Equal(got.Body, want.Body) {
			t.Errorf("%s: %v, %v", g.name, got, err)
		}
		for n := range whole {
			if _, err := wire.Parse(whole[:n]); reasonOf(err) == "" {
				t.Errorf("%s: the first %d bytes are a frame: %v", g.name, n, err)
			}
			broken := bytes.Clone(whole)
			broken[n] ^= 0x10
			if _, err := wire.Parse(broken); reasonOf(err) == "" {
				t.Errorf("%s with byte %d flipped: %v", g.name, n, err)
			}
		}
		if _, err := wire.Parse(append(bytes.Clone(whole), 0)); reasonOf(err) != wire.ReasonLength {
			t.Errorf("%s and a byte more: %v", g.name, err)
		}
	}
}
