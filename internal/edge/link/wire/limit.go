package wire

import (
	"google.golang.org/protobuf/proto"

	"larder/internal/edge/link/wire/pb"
)

// Limits of fields. docs/protocol.md lists them for firmware.
const (
	NonceSize     = 32        // bytes of a nonce of the handshake
	MACSize       = 32        // bytes of an authentication code: HMAC-SHA256
	ChallengeSize = 16        // bytes of a cabinet's challenge
	KeySize       = 32        // bytes of a cabinet's key
	MaxSerial     = 64        // bytes of a serial number; at least 1
	MaxName       = 64        // bytes of a firmware's or model's name
	MaxReason     = 128       // bytes of an answer's reason
	MaxLanes      = 256       // lanes of a cabinet; at least 1
	MaxDoors      = 32        // doors of a cabinet; at least 1
	MaxTTLMillis  = 10_000    // milliseconds that an Open's challenge may be old; at least 1
	maxInterval   = 3_600_000 // milliseconds of an interval in Welcome; at least 1
)

// field is one limit of one field, and whether the message keeps it.
type field struct {
	name string
	ok   bool
}

// check returns a [*MalformedError] that names the first field of m outside its limits, or nil.
func check(t Type, m proto.Message) error {
	for _, f := range fields(m) {
		if !f.ok {
			return &MalformedError{Reason: ReasonField, Type: t, Detail: f.name}
		}
	}
	return nil
}

// fields judges every limited field of m.
func fields(m proto.Message) []field {
	switch m := m.(type) {
	case *pb.Hello:
		return []field{
			{"serial", len(m.Serial) > 0 && printable(m.Serial, MaxSerial)}, {"boot", m.Boot > 0},
			{"firmware", printable(m.Firmware, MaxName)}, {"model", printable(m.Model, MaxName)},
			{"nonce", len(m.Nonce) == NonceSize},
		}
	case *pb.Challenge:
		return []field{{"nonce", len(m.Nonce) == NonceSize}}
	case *pb.Proof:
		return []field{{"mac", len(m.Mac) == MACSize}}
	case *pb.Welcome:
		return []field{
			{"epoch", m.Epoch > 0}, {"mac", len(m.Mac) == MACSize},
			{"heartbeat_ms", interval(m.HeartbeatMs)}, {"idle_readings_ms", interval(m.IdleReadingsMs)},
			{"fast_readings_ms", interval(m.FastReadingsMs)}, {"tail_ms", m.TailMs <= maxInterval},
		}
	case *pb.Pong:
		return []field{
			{"challenge", len(m.Challenge) == ChallengeSize},
			{"doors", len(m.Doors) > 0 && len(m.Doors) <= MaxDoors},
		}
	case *pb.Readings:
		return []field{
			{"session", m.Session >= 0}, {"seq", m.Seq > 0},
			{"mass_dg", len(m.MassDg) > 0 && len(m.MassDg) <= MaxLanes},
		}
	case *pb.DoorEvent:
		return []field{
			{"boot", m.Boot > 0}, {"seq", m.Seq > 0}, {"door", door(m.Door)},
			{"kind", m.Kind >= pb.DoorEventKind_DOOR_EVENT_KIND_OPENED && m.Kind <= pb.DoorEventKind_DOOR_EVENT_KIND_FORCED},
			{"session", m.Session >= 0},
		}
	case *pb.Answer:
		return []field{
			{"command", m.Command > 0}, {"reason", len(m.Reason) <= MaxReason},
			{"result", m.Result >= pb.Result_RESULT_DONE && m.Result <= pb.Result_RESULT_FAILED},
		}
	default:
		return commandFields(m)
	}
}

// commandFields judges the messages that ask the cabinet for something.
func commandFields(m proto.Message) []field {
	switch m := m.(type) {
	case *pb.Open:
		return []field{
			{"command", m.Command > 0}, {"session", m.Session >= 0}, {"door", door(m.Door)},
			{"epoch", m.Epoch > 0}, {"ttl_ms", m.TtlMs > 0 && m.TtlMs <= MaxTTLMillis},
			{"challenge", len(m.Challenge) == ChallengeSize}, {"mac", len(m.Mac) == MACSize},
		}
	case *pb.ReadLanes:
		return []field{{"command", m.Command > 0}}
	case *pb.ReadDoor:
		return []field{{"command", m.Command > 0}, {"door", door(m.Door)}}
	case *pb.Durable:
		return []field{{"boot", m.Boot > 0}}
	case *pb.Resend:
		return []field{{"boot", m.Boot > 0}, {"seq", m.Seq > 0}}
	case *pb.SessionDurable:
		return []field{{"session", m.Session > 0}}
	default:
		return nil
	}
}

// door reports whether n can be a door's number.
func door(n uint32) bool { return n >= 1 && n <= MaxDoors }

// interval reports whether ms can be an interval in milliseconds.
func interval(ms uint32) bool { return ms >= 1 && ms <= maxInterval }

// printable reports whether text has at most limit bytes, all of them printable ASCII.
func printable(text string, limit int) bool {
	if len(text) > limit {
		return false
	}
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
