package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"

	"larder/internal/edge/link/wire/pb"
)

// The domains keep a code that was made for one purpose from passing for another.
const (
	domainCabinet  = "larder link v1 cabinet proof"
	domainPlatform = "larder link v1 platform proof"
	domainOpen     = "larder link v1 open"
)

// Handshake is what both sides prove their key over. Both nonces are fresh, so a recorded proof is
// worthless; the exporter ties the proof to one TLS connection, so nobody can stand in between.
type Handshake struct {
	Version       uint32
	Serial        string
	CabinetNonce  []byte // from Hello
	PlatformNonce []byte // from Challenge
	Exporter      []byte // keying material of the TLS connection; empty on plain TCP
}

// CabinetProof returns the 32 bytes of Proof.mac.
func (h Handshake) CabinetProof(key []byte) []byte {
	return h.mac(key, domainCabinet).sum()
}

// VerifyCabinet reports, in a time that does not depend on where they differ, whether proof is the
// cabinet's proof under key.
func (h Handshake) VerifyCabinet(key, proof []byte) bool {
	return hmac.Equal(h.CabinetProof(key), proof)
}

// PlatformProof returns the 32 bytes of Welcome.mac, which also covers what a cabinet acts on: its
// epoch, and how many events it may forget.
func (h Handshake) PlatformProof(key []byte, epoch int64, durableSeq uint64) []byte {
	m := h.mac(key, domainPlatform)
	m.uint64(uint64(epoch)) //nolint:gosec // two's complement on the wire
	m.uint64(durableSeq)
	return m.sum()
}

// VerifyPlatform is VerifyCabinet for the platform's proof in w.
func (h Handshake) VerifyPlatform(key []byte, w *pb.Welcome) bool {
	return hmac.Equal(h.PlatformProof(key, w.Epoch, w.DurableSeq), w.Mac)
}

// mac begins a code over everything that both proofs cover.
func (h Handshake) mac(key []byte, domain string) code {
	m := newCode(key, domain)
	m.uint32(h.Version)
	m.bytes(h.CabinetNonce)
	m.bytes(h.PlatformNonce)
	m.bytes([]byte(h.Serial))
	m.bytes(h.Exporter)
	return m
}

// SignOpen fills in o.Mac: all other fields of o, and the serial number of the cabinet that it is
// for, under that cabinet's key.
func SignOpen(key []byte, serial string, o *pb.Open) { o.Mac = openMAC(key, serial, o) }

// VerifyOpen reports, in a time that does not depend on where they differ, whether o.Mac is the
// code of o under the cabinet's key. It says nothing about the challenge: that is the cabinet's to
// judge.
func VerifyOpen(key []byte, serial string, o *pb.Open) bool {
	return hmac.Equal(openMAC(key, serial, o), o.Mac)
}

func openMAC(key []byte, serial string, o *pb.Open) []byte {
	m := newCode(key, domainOpen)
	m.bytes([]byte(serial))
	m.uint64(uint64(o.Command)) //nolint:gosec // two's complement on the wire
	m.uint64(uint64(o.Session)) //nolint:gosec // two's complement on the wire
	m.uint32(o.Door)
	m.uint64(uint64(o.Epoch)) //nolint:gosec // two's complement on the wire
	m.uint32(o.TtlMs)
	m.bytes(o.Challenge)
	return m.sum()
}

// code is an HMAC-SHA256 over fields that cannot run into each other: numbers are big-endian and of
// fixed size, everything else follows its length.
type code struct{ hash.Hash }

func newCode(key []byte, domain string) code {
	m := code{hmac.New(sha256.New, key)}
	m.bytes([]byte(domain))
	return m
}

func (m code) uint32(n uint32) { m.Write(binary.BigEndian.AppendUint32(nil, n)) } //nolint:errcheck // never fails
func (m code) uint64(n uint64) { m.Write(binary.BigEndian.AppendUint64(nil, n)) } //nolint:errcheck // never fails

func (m code) bytes(b []byte) {
	m.uint32(uint32(len(b))) //nolint:gosec // fields are far below 4 GiB
	m.Write(b)               //nolint:errcheck // never fails
}

func (m code) sum() []byte { return m.Sum(nil) }
