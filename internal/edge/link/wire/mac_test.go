package wire_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"testing"

	"google.golang.org/protobuf/proto"

	"larder"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

func signedOpen(key []byte) *pb.Open {
	o := &pb.Open{Command: 9001, Session: 8001, Door: 1, Epoch: 7001, TtlMs: 5_000, Challenge: count(wire.ChallengeSize, 0x60)}
	wire.SignOpen(key, "LD-0001", o)
	return o
}

// TestVerifyOpen guards O11, H5 and S7: an open for another cabinet, door, session, connection or
// challenge, or with a longer life, is refused; and so is every flipped bit.
func TestVerifyOpen(t *testing.T) {
	t.Parallel()
	key, other := count(wire.KeySize, 0), count(wire.KeySize, 1)
	if !wire.VerifyOpen(key, "LD-0001", signedOpen(key)) {
		t.Fatal("a right command was refused")
	}
	if wire.VerifyOpen(other, "LD-0001", signedOpen(key)) {
		t.Error("another cabinet's key was accepted")
	}
	if wire.VerifyOpen(key, "LD-0002", signedOpen(key)) {
		t.Error("another cabinet's serial was accepted")
	}
	changes := map[string]func(*pb.Open){
		"command":         func(o *pb.Open) { o.Command++ },
		"session":         func(o *pb.Open) { o.Session++ },
		"door":            func(o *pb.Open) { o.Door++ },
		"epoch":           func(o *pb.Open) { o.Epoch++ },
		"ttl":             func(o *pb.Open) { o.TtlMs++ },
		"challenge":       func(o *pb.Open) { o.Challenge[0] ^= 1 },
		"short_challenge": func(o *pb.Open) { o.Challenge = o.Challenge[:15] },
		"no_mac":          func(o *pb.Open) { o.Mac = nil },
		"short_mac":       func(o *pb.Open) { o.Mac = o.Mac[:31] },
		"long_mac":        func(o *pb.Open) { o.Mac = append(o.Mac, 0) },
	}
	for name, change := range changes {
		o := signedOpen(key)
		change(o)
		if wire.VerifyOpen(key, "LD-0001", o) {
			t.Errorf("a changed %s was accepted", name)
		}
	}
	for bit := range wire.MACSize * 8 {
		o := signedOpen(key)
		o.Mac[bit/8] ^= 1 << (bit % 8)
		if wire.VerifyOpen(key, "LD-0001", o) {
			t.Errorf("bit %d of the code does not matter", bit)
		}
	}
	if again := signedOpen(key); !proto.Equal(again, signedOpen(key)) {
		t.Error("the same command is signed differently when it is sent again (O12)")
	}
}

// TestHandshake guards S2, H5 and the platform's side of LK4: each proof holds for one key, one
// pair of nonces, one serial number and one TLS connection, and neither passes for the other.
func TestHandshake(t *testing.T) {
	t.Parallel()
	key := count(wire.KeySize, 0)
	base := wire.Handshake{
		Version: 1, Serial: "LD-0001", CabinetNonce: count(32, 1), PlatformNonce: count(32, 2), Exporter: count(32, 3),
	}
	proof := base.CabinetProof(key)
	if !base.VerifyCabinet(key, proof) || base.VerifyCabinet(count(wire.KeySize, 1), proof) {
		t.Error("the cabinet's proof does not follow the key")
	}
	changes := map[string]func(*wire.Handshake){
		"version":       func(h *wire.Handshake) { h.Version++ },
		"serial":        func(h *wire.Handshake) { h.Serial = "LD-0002" },
		"cabinet_nonce": func(h *wire.Handshake) { h.CabinetNonce = count(32, 9) },
		"our_nonce":     func(h *wire.Handshake) { h.PlatformNonce = count(32, 9) },
		"exporter":      func(h *wire.Handshake) { h.Exporter = nil },
		"field_borders": func(h *wire.Handshake) { h.Serial, h.Exporter = "LD-00011", h.Exporter[1:] },
	}
	for name, change := range changes {
		h := base
		change(&h)
		if h.VerifyCabinet(key, proof) {
			t.Errorf("a changed %s was accepted", name)
		}
	}
	welcome := &pb.Welcome{Epoch: 7, DurableSeq: 3, Mac: base.PlatformProof(key, 7, 3)}
	if !base.VerifyPlatform(key, welcome) || base.VerifyCabinet(key, welcome.Mac) {
		t.Error("the platform's proof is wrong, or passes for a cabinet's")
	}
	for _, w := range []*pb.Welcome{{Epoch: 8, DurableSeq: 3, Mac: welcome.Mac}, {Epoch: 7, DurableSeq: 4, Mac: welcome.Mac}} {
		if base.VerifyPlatform(key, w) {
			t.Error("an epoch or a position that was changed on the way was accepted")
		}
	}
}

// TestSignOpen_Layout pins the bytes under the code, written by hand as a firmware author would.
func TestSignOpen_Layout(t *testing.T) {
	t.Parallel()
	key := count(wire.KeySize, 0)
	o := signedOpen(key)
	var b bytes.Buffer
	sized := func(text string) {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(text)))
		b.WriteString(text)
	}
	sized("larder link v1 open")
	sized("LD-0001")
	for _, n := range []any{int64(9001), int64(8001), uint32(1), int64(7001), uint32(5000)} {
		_ = binary.Write(&b, binary.BigEndian, n)
	}
	sized(string(o.Challenge))
	mac := hmac.New(sha256.New, key)
	mac.Write(b.Bytes())
	if !bytes.Equal(mac.Sum(nil), o.Mac) {
		t.Error("the code does not cover the bytes that the specification lists")
	}
}

// TestMass guards W6 at the border: no reading is not 0 g, and no number of the wire becomes one.
func TestMass(t *testing.T) {
	t.Parallel()
	for dg, want := range map[int32]larder.Gram{0: 0, 1: 0.1, -15: -1.5, 2147483647: 214748364.7} {
		if got := wire.ToMass(dg); got != want || wire.FromMass(got) != dg {
			t.Errorf("%d tenths are %v g and back %d", dg, got, wire.FromMass(got))
		}
	}
	if wire.ToMass(wire.NoMass).Known() {
		t.Error("no reading became a mass")
	}
	for _, g := range []larder.Gram{larder.NoMass, 1e12, -1e12, -214748364.8} {
		if got := wire.FromMass(g); got != wire.NoMass {
			t.Errorf("%v g became %d", g, got)
		}
	}
}
