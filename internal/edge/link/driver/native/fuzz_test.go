package native_test

import (
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"

	"larder/internal/edge/link/driver"
	"larder/internal/edge/link/driver/native"
	"larder/internal/edge/link/linktest"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// FuzzDriver_Decode guards H13: whatever a cabinet that is up sends becomes a message within the
// limits of the protocol, or is refused with a reason; never both, never neither.
func FuzzDriver_Decode(f *testing.F) {
	for _, m := range []proto.Message{
		&pb.Heartbeat{}, &pb.Readings{Seq: 1, MassDg: []int32{0, wire.NoMass, 5_000}}, &pb.Readings{Session: 5, Seq: 2, Door: 3, MassDg: []int32{1}},
		&pb.DoorEvent{Boot: 1, Seq: 1, Door: 1, Kind: 1}, &pb.Answer{Command: 1, Result: 1, Reason: "why"},
		&pb.Pong{Nonce: 1, Challenge: make([]byte, wire.ChallengeSize), Doors: []pb.DoorState{1, 2, 99}}, &pb.Durable{Boot: 1},
	} {
		frame, err := wire.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(frame.Type), frame.Body)
	}
	f.Add(uint8(0x7f), []byte{0xff})
	f.Add(uint8(wire.TypeReadings), []byte{0x32, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) {
		m, err := native.Driver{}.Decode(linktest.Peer, driver.Packet{Kind: kind, Body: body})
		if err != nil {
			if bad, ok := errors.AsType[*wire.MalformedError](err); !ok || bad.Reason == "" || m != nil {
				t.Fatalf("%v with %v", m, err)
			}
			return
		}
		switch m := m.(type) {
		case driver.Readings:
			if len(m.Mass) == 0 || len(m.Mass) > wire.MaxLanes || m.Seq == 0 || m.Session < 0 || m.Cabinet != linktest.Peer.ID || m.Door == "" {
				t.Fatalf("%+v", m)
			}
		case driver.Event:
			if m.Boot == 0 || m.Seq == 0 || m.Door < 1 || m.Door > wire.MaxDoors || m.Kind == "" || m.Cabinet != linktest.Peer.ID {
				t.Fatalf("%+v", m)
			}
		case driver.Answer:
			if m.Command <= 0 || m.Result == "" || m.Epoch != linktest.Peer.Epoch || len(m.Reason) > wire.MaxReason {
				t.Fatalf("%+v", m)
			}
		case driver.Pong:
			if len(m.Challenge) != wire.ChallengeSize || len(m.Doors) == 0 || len(m.Doors) > wire.MaxDoors {
				t.Fatalf("%+v", m)
			}
		case driver.Heartbeat, driver.Unknown:
		default:
			t.Fatalf("a %T", m)
		}
	})
}
