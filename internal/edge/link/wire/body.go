package wire

import (
	"fmt"
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

// Marshal returns the frame that carries m, which nobody else holds. It is an error if m is no body
// of this protocol or breaks a limit: what we send is checked as strictly as what we receive.
func Marshal(m proto.Message) (Frame, error) {
	t, known := TypeOf(m)
	if !known {
		return Frame{}, fmt.Errorf("%T is no body of the link protocol", m)
	}
	if err := check(t, m); err != nil {
		return Frame{}, err
	}
	encoded, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		return Frame{}, fmt.Errorf("encode %s: %w", t, err)
	}
	return Frame{Type: t, Body: encoded}, nil
}

// Encode returns the bytes of the frame that carries m; see [Marshal].
func Encode(m proto.Message) ([]byte, error) {
	f, err := Marshal(m)
	if err != nil {
		return nil, err
	}
	return AppendFrame(make([]byte, 0, len(f.Body)+Overhead), f.Type, f.Body)
}

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
