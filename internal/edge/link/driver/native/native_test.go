package native_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"larder"
	"larder/internal/edge/link/driver"
	"larder/internal/edge/link/driver/native"
	"larder/internal/edge/link/linktest"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// packet frames a body as a gateway hands it to a driver.
func packet(t *testing.T, m proto.Message) driver.Packet {
	t.Helper()
	frame, err := wire.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return driver.Packet{Kind: uint8(frame.Type), Body: frame.Body}
}

// TestDriver guards LK1: decoding, encoding and nothing else.
func TestDriver(t *testing.T) {
	t.Parallel()
	challenge := linktest.Key(5)[:wire.ChallengeSize]
	linktest.Driver(t, native.Driver{}, []linktest.Sample{
		{Name: "heartbeat", Packet: packet(t, &pb.Heartbeat{}), Want: driver.Heartbeat{}},
		{Name: "later version", Packet: driver.Packet{Kind: 0x7f, Body: []byte{0xff}}, Want: driver.Unknown{}},
		{
			Name:   "readings of a session",
			Packet: packet(t, &pb.Readings{Session: 5, Seq: 2, Door: pb.DoorState_DOOR_STATE_OPENING, AtMs: 9, MassDg: []int32{1, wire.NoMass}, Boot: 2}),
			Want: driver.Readings{Readings: larder.Readings{
				Cabinet: linktest.Peer.ID, Boot: 2, Session: 5, Seq: 2, Door: larder.DoorOpening, At: 9, Mass: []larder.Gram{0.1, larder.NoMass},
			}},
		},
		{
			Name:   "idle readings of this boot, with a state of a later version",
			Packet: packet(t, &pb.Readings{Seq: 1, Door: 77, MassDg: []int32{0}}),
			Want: driver.Readings{Readings: larder.Readings{
				Cabinet: linktest.Peer.ID, Boot: linktest.Peer.Boot, Seq: 1, Door: larder.DoorUnknown, Mass: []larder.Gram{0},
			}},
		},
		{
			Name:   "event",
			Packet: packet(t, &pb.DoorEvent{Boot: 3, Seq: 4, Door: 2, Kind: pb.DoorEventKind_DOOR_EVENT_KIND_FORCED, AtMs: 8}),
			Want: driver.Event{DoorEvent: larder.DoorEvent{
				Cabinet: linktest.Peer.ID, Boot: 3, Seq: 4, Door: 2, Kind: larder.DoorForced, At: 8,
			}},
		},
		{
			Name:   "answer",
			Packet: packet(t, &pb.Answer{Command: 6, Result: pb.Result_RESULT_EXPIRED, Reason: "old", Door: pb.DoorState_DOOR_STATE_OPEN}),
			Want: driver.Answer{Answer: larder.Answer{
				Cabinet: linktest.Peer.ID, Epoch: linktest.Peer.Epoch, Command: 6, Result: larder.AnswerExpired, Reason: "old", Door: larder.DoorOpen,
			}},
		},
		{
			Name:   "pong",
			Packet: packet(t, &pb.Pong{Nonce: 3, Challenge: challenge, Doors: []pb.DoorState{0, 1, 2, 3}}),
			Want: driver.Pong{Nonce: 3, Challenge: challenge, Doors: []larder.DoorState{
				larder.DoorUnknown, larder.DoorClosed, larder.DoorOpening, larder.DoorOpen,
			}},
		},
	})
}

// TestDriver_Decode/wrong_direction guards H13: what only the platform or a greeting cabinet may
// say is malformed afterwards.
func TestDriver_Decode(t *testing.T) {
	t.Parallel()
	for _, m := range []proto.Message{
		&pb.Ping{}, &pb.Durable{Boot: 1}, &pb.ReadLanes{Command: 1}, &pb.Goodbye{},
		&pb.Hello{Serial: "x", Boot: 1, Nonce: linktest.Key(1)}, &pb.Proof{Mac: linktest.Key(1)},
	} {
		if got, err := (native.Driver{}).Decode(linktest.Peer, packet(t, m)); err == nil {
			t.Errorf("%T was taken for %v", m, got)
		}
	}
	if got, err := (native.Driver{}).Decode(linktest.Peer, driver.Packet{Kind: 0xff}); err == nil {
		t.Errorf("an unknown frame of the platform was taken for %v", got)
	}
}
