package wire

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"reflect"

	"google.golang.org/protobuf/proto"

	"larder/internal/edge/link/wire/pb"
)

// body is what is known of one type.
type body struct {
	name  string               // label of metrics
	empty func() proto.Message // a message to decode into
}

// bodies says which message each type carries.
var bodies = map[Type]body{
	TypeHello:          {"hello", func() proto.Message { return new(pb.Hello) }},
	TypeProof:          {"proof", func() proto.Message { return new(pb.Proof) }},
	TypeHeartbeat:      {"heartbeat", func() proto.Message { return new(pb.Heartbeat) }},
	TypeReadings:       {"readings", func() proto.Message { return new(pb.Readings) }},
	TypeDoorEvent:      {"door_event", func() proto.Message { return new(pb.DoorEvent) }},
	TypeAnswer:         {"answer", func() proto.Message { return new(pb.Answer) }},
	TypePong:           {"pong", func() proto.Message { return new(pb.Pong) }},
	TypeChallenge:      {"challenge", func() proto.Message { return new(pb.Challenge) }},
	TypeWelcome:        {"welcome", func() proto.Message { return new(pb.Welcome) }},
	TypeGoodbye:        {"goodbye", func() proto.Message { return new(pb.Goodbye) }},
	TypeHeartbeatAck:   {"heartbeat_ack", func() proto.Message { return new(pb.HeartbeatAck) }},
	TypeSessionDurable: {"session_durable", func() proto.Message { return new(pb.SessionDurable) }},
	TypeDurable:        {"durable", func() proto.Message { return new(pb.Durable) }},
	TypeResend:         {"resend", func() proto.Message { return new(pb.Resend) }},
	TypePing:           {"ping", func() proto.Message { return new(pb.Ping) }},
	TypeOpen:           {"open", func() proto.Message { return new(pb.Open) }},
	TypeReadLanes:      {"read_lanes", func() proto.Message { return new(pb.ReadLanes) }},
	TypeReadDoor:       {"read_door", func() proto.Message { return new(pb.ReadDoor) }},
}

// types is bodies the other way round.
var types = func() map[reflect.Type]Type {
	index := make(map[reflect.Type]Type, len(bodies))
	for t, body := range bodies {
		index[reflect.TypeOf(body.empty())] = t
	}
	return index
}()

// TypeOf returns the type of the frame that carries m, and false if none does.
func TypeOf(m proto.Message) (Type, bool) {
	t, known := types[reflect.TypeOf(m)]
	return t, known
}

// Append appends the frame that carries m to dst. It is an error if m is no body of this protocol
// or breaks a limit: what we send is checked as strictly as what we receive.
func Append(dst []byte, m proto.Message) ([]byte, error) {
	t, known := TypeOf(m)
	if !known {
		return dst, fmt.Errorf("%T is no body of the link protocol", m)
	}
	if err := check(t, m); err != nil {
		return dst, err
	}
	start := len(dst)
	framed := append(dst, 0, 0, 0, 0, byte(t))
	framed, err := proto.MarshalOptions{Deterministic: true}.MarshalAppend(framed, m)
	if err != nil {
		return dst, fmt.Errorf("encode %s: %w", t, err)
	}
	length := len(framed) - start - lengthSize
	if length > typeSize+MaxBody {
		return dst, fmt.Errorf("encode %s: %d bytes are above the limit", t, length)
	}
	binary.BigEndian.PutUint32(framed[start:], uint32(length)) //nolint:gosec // checked above
	sum := crc32.Checksum(framed[start+lengthSize:], castagnoli)
	return binary.BigEndian.AppendUint32(framed, sum), nil
}

// Encode returns the frame that carries m; see [Append].
func Encode(m proto.Message) ([]byte, error) { return Append(nil, m) }

// Decode returns the message in a frame, with all its fields within their limits. It is a
// [*MalformedError] if the type is unknown or the body is not what the type says. The message
// holds no reference to the frame.
func Decode(f Frame) (proto.Message, error) {
	body, known := bodies[f.Type]
	if !known {
		return nil, &MalformedError{Reason: ReasonType, Type: f.Type, Detail: fmt.Sprintf("%#v", f.Type)}
	}
	m := body.empty()
	if err := proto.Unmarshal(f.Body, m); err != nil {
		return nil, &MalformedError{Reason: ReasonBody, Type: f.Type}
	}
	if err := check(f.Type, m); err != nil {
		return nil, err
	}
	return m, nil
}
