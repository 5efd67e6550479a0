package wire_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

var update = flag.Bool("update", false, "rewrite the golden frames in docs/protocol.md")

// specification is where firmware authors find the golden frames.
const specification = "../../../../docs/protocol.md"

// goldenBlock is the list of frames in the specification.
var goldenBlock = regexp.MustCompile("(?s)(<!-- golden frames: .*?-->\n```text\n)(.*?)(```\n)")

// golden is one example of the specification.
type golden struct {
	name string
	body proto.Message
}

// count returns n bytes that count up from first.
func count(n int, first byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = first + byte(i)
	}
	return b
}

// goldens are the examples, one for each type; the handshake and the command are authenticated with
// the key that counts from 0x00.
func goldens() []golden {
	key := count(wire.KeySize, 0x00)
	handshake := wire.Handshake{
		Version: wire.Version, Serial: "LD-0001",
		CabinetNonce: count(wire.NonceSize, 0x20), PlatformNonce: count(wire.NonceSize, 0x40),
	}
	welcome := &pb.Welcome{
		Epoch: 7001, DurableSeq: 4, ServerTimeMs: 1_795_459_200_000,
		HeartbeatMs: 30_000, IdleReadingsMs: 90_000, FastReadingsMs: 300, TailMs: 8_000,
	}
	welcome.Mac = handshake.PlatformProof(key, welcome.Epoch, welcome.DurableSeq)
	open := &pb.Open{Command: 9001, Session: 8001, Door: 1, Epoch: 7001, TtlMs: 5_000, Challenge: count(wire.ChallengeSize, 0x60)}
	wire.SignOpen(key, handshake.Serial, open)
	closed, opened := pb.DoorState_DOOR_STATE_CLOSED, pb.DoorState_DOOR_STATE_OPEN
	return []golden{
		{"hello", &pb.Hello{Serial: "LD-0001", Version: wire.Version, Boot: 3, Firmware: "1.4.2", Model: "native", Nonce: handshake.CabinetNonce}},
		{"challenge", &pb.Challenge{Nonce: handshake.PlatformNonce}},
		{"proof", &pb.Proof{Mac: handshake.CabinetProof(key)}},
		{"welcome", welcome},
		{"goodbye", &pb.Goodbye{Reason: pb.GoodbyeReason_GOODBYE_REASON_REPLACED}},
		{"heartbeat", &pb.Heartbeat{}},
		{"heartbeat_ack", &pb.HeartbeatAck{ServerTimeMs: 1_795_459_230_000}},
		{"readings", &pb.Readings{Session: 8001, Seq: 1, Door: closed, AtMs: 123_456, MassDg: []int32{15_230, -12, wire.NoMass, 0}}},
		{"door_event", &pb.DoorEvent{Boot: 3, Seq: 5, Door: 1, Kind: pb.DoorEventKind_DOOR_EVENT_KIND_OPENED, Session: 8001, AtMs: 124_000}},
		{"durable", &pb.Durable{Boot: 3, Seq: 5}},
		{"resend", &pb.Resend{Boot: 3, Seq: 5}},
		{"session_durable", &pb.SessionDurable{Session: 8001}},
		{"ping", &pb.Ping{Nonce: 42}},
		{"pong", &pb.Pong{Nonce: 42, Challenge: open.Challenge, Doors: []pb.DoorState{closed, opened}}},
		{"open", open},
		{"read_lanes", &pb.ReadLanes{Command: 9002}},
		{"read_door", &pb.ReadDoor{Command: 9003, Door: 1}},
		{"answer", &pb.Answer{Command: 9001, Result: pb.Result_RESULT_DONE, Door: pb.DoorState_DOOR_STATE_OPENING}},
	}
}

// TestGolden guards LK2: the frames that firmware authors are shown are the frames that
// we send and accept.
func TestGolden(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(specification)
	if err != nil {
		t.Fatal(err)
	}
	block := goldenBlock.FindSubmatch(text)
	if block == nil {
		t.Fatalf("%s has no block of golden frames", specification)
	}
	if *update {
		text = bytes.Replace(text, block[0], append(append(block[1], writeGoldens(t)...), block[3]...), 1)
		if err := os.WriteFile(specification, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(block[2]), writeGoldens(t)); diff != "" {
		t.Errorf("the specification differs from the code (-spec +code); -update rewrites it:\n%s", diff)
	}
}

// writeGoldens returns the list as the specification has it.
func writeGoldens(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, g := range goldens() {
		frame, err := wire.Encode(g.body)
		if err != nil {
			t.Fatalf("%s: %v", g.name, err)
		}
		fmt.Fprintf(&b, "%s\n", g.name)
		for row := range bytesChunks(frame, 32) {
			fmt.Fprintf(&b, "  %s\n", hex.EncodeToString(row))
		}
	}
	return b.String()
}

// bytesChunks yields b in rows of n bytes.
func bytesChunks(b []byte, n int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			k := min(n, len(b))
			if !yield(b[:k]) {
				return
			}
			b = b[k:]
		}
	}
}

// TestGolden_Complete guards that a new type comes with an example and survives the way there and
// back.
func TestGolden_Complete(t *testing.T) {
	t.Parallel()
	seen := map[wire.Type]bool{}
	for _, g := range goldens() {
		frame, err := wire.Encode(g.body)
		if err != nil {
			t.Fatalf("%s: %v", g.name, err)
		}
		r := wire.NewReader(bytes.NewReader(frame))
		f, err := r.Next()
		if err != nil {
			t.Fatalf("%s: %v", g.name, err)
		}
		if f.Type.String() != g.name {
			t.Errorf("type %#v is called %q, want %q", f.Type, f.Type, g.name)
		}
		m, err := wire.Decode(f)
		if err != nil {
			t.Fatalf("%s: %v", g.name, err)
		}
		if diff := cmp.Diff(g.body, m, protocmp.Transform()); diff != "" {
			t.Errorf("%s changed on the way (-sent +received):\n%s", g.name, diff)
		}
		seen[f.Type] = true
	}
	for n := range 256 {
		if kind := wire.Type(n); kind.Known() != seen[kind] {
			t.Errorf("type %#v (%s): known %t, has an example %t", kind, kind, kind.Known(), seen[kind])
		}
	}
}
