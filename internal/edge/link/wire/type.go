package wire

import "strconv"

// Version is the protocol version that this package speaks.
const Version = 1

// Type is the first byte of a frame: what its body is. Cabinets send types below 0x80, the platform
// types from 0x80 on.
type Type uint8

// The types that cabinets send.
const (
	TypeHello     Type = 0x01
	TypeProof     Type = 0x02
	TypeHeartbeat Type = 0x10
	TypeReadings  Type = 0x11
	TypeDoorEvent Type = 0x12
	TypeAnswer    Type = 0x13
	TypePong      Type = 0x14
)

// The types that the platform sends.
const (
	TypeChallenge      Type = 0x81
	TypeWelcome        Type = 0x82
	TypeGoodbye        Type = 0x83
	TypeHeartbeatAck   Type = 0x90
	TypeSessionDurable Type = 0x91
	TypeDurable        Type = 0x92
	TypeResend         Type = 0x93
	TypePing           Type = 0x94
	TypeOpen           Type = 0xa0
	TypeReadLanes      Type = 0xa1
	TypeReadDoor       Type = 0xa2
)

// FromCabinet reports whether a cabinet is the sender of frames of this type, known or not.
func (t Type) FromCabinet() bool { return t < 0x80 }

// Known reports whether the type is one of version 1.
func (t Type) Known() bool {
	_, known := bodies[t]
	return known
}

// String names a known type in snake case; it is "unknown" for every other, so that it can be a
// metric's label.
func (t Type) String() string {
	if body, known := bodies[t]; known {
		return body.name
	}
	return "unknown"
}

// GoString writes the number, for error texts.
func (t Type) GoString() string { return "0x" + strconv.FormatUint(uint64(t), 16) }
