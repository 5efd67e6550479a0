package wire_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"

	"google.golang.org/protobuf/proto"

	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// allocated returns how many bytes do allocated on the heap, freed or not.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// FuzzReader guards H13 and R1: no stream makes the decoder panic or reserve more than it was sent,
// and what it accepts it writes again as the same.
func FuzzReader(f *testing.F) {
	for _, g := range goldens() {
		whole, err := wire.Encode(g.body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(whole)
		f.Add(append(whole, whole[:len(whole)-1]...))
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		// A frame's length is believed up to the limit; beyond that nothing is reserved unseen.
		bound := uint64(64*len(stream) + 2*wire.MaxBody + 256<<10)
		if got := allocated(func() { readAll(t, stream) }); got > bound {
			t.Fatalf("%d bytes made the reader allocate %d, want at most %d", len(stream), got, bound)
		}
		frame, err := wire.Parse(stream)
		if err != nil {
			if reasonOf(err) == "" {
				t.Fatalf("a rejection without a reason: %v", err)
			}
			return
		}
		if again, err := wire.AppendFrame(nil, frame.Type, frame.Body); err != nil || !bytes.Equal(again, stream) {
			t.Fatalf("%x became %x: %v", stream, again, err)
		}
	})
}

func readAll(t *testing.T, stream []byte) {
	r := wire.NewReader(bytes.NewReader(stream))
	r.SetLimit(wire.MaxBody)
	for {
		frame, err := r.Next()
		if err != nil {
			if reasonOf(err) == "" && !errors.Is(err, io.EOF) {
				t.Fatalf("the stream ended with %v", err)
			}
			return
		}
		decodeTwice(t, frame)
	}
}

// FuzzDecode guards H13 behind the checksum: no body makes the decoder panic, and what it accepts it
// writes again as the same.
func FuzzDecode(f *testing.F) {
	for _, g := range goldens() {
		whole, err := wire.Encode(g.body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(whole[4], whole[5:len(whole)-4])
	}
	f.Fuzz(func(t *testing.T, kind byte, body []byte) {
		bound := uint64(64*len(body) + 256<<10)
		if got := allocated(func() { decodeTwice(t, wire.Frame{Type: wire.Type(kind), Body: body}) }); got > bound {
			t.Fatalf("%d bytes made the decoder allocate %d, want at most %d", len(body), got, bound)
		}
	})
}

// decodeTwice checks that a frame is rejected with a reason, or survives being written and read.
func decodeTwice(t *testing.T, frame wire.Frame) {
	t.Helper()
	m, err := wire.Decode(frame)
	if err != nil {
		if reasonOf(err) == "" {
			t.Fatalf("a rejection without a reason: %v", err)
		}
		return
	}
	again, err := wire.Marshal(m)
	if err != nil {
		t.Fatalf("accepted and not sendable: %v", err)
	}
	same, err := wire.Decode(again)
	if err != nil || !proto.Equal(m, same) {
		t.Fatalf("%v became %v: %v", m, same, err)
	}
}

// FuzzVerify guards H12 and S7: no proof and no code but the right one is believed.
func FuzzVerify(f *testing.F) {
	key := count(wire.KeySize, 0x00)
	shake := wire.Handshake{
		Version: wire.Version, Serial: "LD-0001",
		CabinetNonce: count(wire.NonceSize, 0x20), PlatformNonce: count(wire.NonceSize, 0x40),
	}
	open := &pb.Open{Command: 9001, Session: 8001, Door: 1, Epoch: 7001, TtlMs: 5_000, Challenge: count(wire.ChallengeSize, 0x60)}
	wire.SignOpen(key, shake.Serial, open)
	right := bytes.Clone(open.Mac)
	f.Add("LD-0001", shake.CabinetProof(key), int64(7001))
	f.Add("LD-0001", shake.PlatformProof(key, 7001, 0), int64(7001))
	f.Add("LD-0001", right, int64(7001))
	f.Add("LD-0001", right, int64(7002))
	f.Add("LD-0002", right, int64(7001))
	f.Add("", []byte(nil), int64(0))
	f.Fuzz(func(t *testing.T, serial string, mac []byte, epoch int64) {
		s := shake
		s.Serial = serial
		if s.VerifyCabinet(key, mac) != bytes.Equal(mac, s.CabinetProof(key)) {
			t.Errorf("a cabinet's proof %x of %q", mac, serial)
		}
		w := &pb.Welcome{Epoch: epoch, Mac: mac}
		if s.VerifyPlatform(key, w) != bytes.Equal(mac, s.PlatformProof(key, epoch, 0)) {
			t.Errorf("a platform's proof %x of epoch %d", mac, epoch)
		}
		o := &pb.Open{Command: open.Command, Session: open.Session, Door: open.Door, Epoch: epoch, TtlMs: open.TtlMs, Challenge: open.Challenge, Mac: mac}
		mine := serial == shake.Serial && epoch == open.Epoch && bytes.Equal(mac, right)
		if wire.VerifyOpen(key, serial, o) && !mine {
			other := proto.CloneOf(o)
			if wire.SignOpen(key, serial, other); !bytes.Equal(other.Mac, mac) {
				t.Errorf("a code %x of %q, epoch %d", mac, serial, epoch)
			}
		} else if mine && !wire.VerifyOpen(key, serial, o) {
			t.Error("the right code is refused")
		}
	})
}
