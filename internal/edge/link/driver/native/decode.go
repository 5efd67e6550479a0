package native

import (
	"larder"
	"larder/internal/edge/link/driver"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// Driver speaks the native protocol, version 1. It implements every capability of package driver.
type Driver struct{}

var _ interface {
	driver.Driver
	driver.Prover
	driver.Opener
	driver.LaneReader
	driver.DoorReader
	driver.HeartbeatAcker
	driver.EventKeeper
	driver.TraceKeeper
} = Driver{}

// Decode turns a frame that arrived after the handshake into a message; the error is a
// [*wire.MalformedError]. A cabinet's type that version 1 does not know is [driver.Unknown].
func (Driver) Decode(c driver.Cabinet, p driver.Packet) (driver.Message, error) {
	kind := wire.Type(p.Kind)
	if !kind.FromCabinet() {
		return nil, misplaced(kind)
	}
	if !kind.Known() {
		return driver.Unknown{}, nil
	}
	body, err := wire.Decode(wire.Frame{Type: kind, Body: p.Body})
	if err != nil {
		return nil, err
	}
	switch body := body.(type) {
	case *pb.Heartbeat:
		return driver.Heartbeat{}, nil
	case *pb.Readings:
		return decodeReadings(c, body), nil
	case *pb.DoorEvent:
		return decodeEvent(c, body), nil
	case *pb.Answer:
		return decodeAnswer(c, body), nil
	case *pb.Pong:
		return decodePong(body), nil
	}
	return nil, misplaced(kind)
}

// misplaced is a frame that no cabinet may send once it is up.
func misplaced(kind wire.Type) error {
	return &wire.MalformedError{Reason: wire.ReasonType, Type: kind, Detail: "not from a cabinet that is up"}
}

func decodeReadings(c driver.Cabinet, body *pb.Readings) driver.Readings {
	r := larder.Readings{
		Cabinet: c.ID,
		Boot:    body.Boot,
		Session: larder.SessionID(body.Session),
		Seq:     body.Seq,
		Door:    decodeDoor(body.Door),
		At:      larder.Millis(body.AtMs),
		Mass:    make([]larder.Gram, len(body.MassDg)),
	}
	if r.Boot == 0 {
		r.Boot = c.Boot
	}
	for lane, dg := range body.MassDg {
		r.Mass[lane] = wire.ToMass(dg)
	}
	return driver.Readings{Readings: r}
}

func decodeEvent(c driver.Cabinet, body *pb.DoorEvent) driver.Event {
	return driver.Event{DoorEvent: larder.DoorEvent{
		Cabinet: c.ID,
		Boot:    body.Boot,
		Seq:     body.Seq,
		Door:    int(body.Door),
		Kind:    eventKinds[body.Kind],
		Session: larder.SessionID(body.Session),
		At:      larder.Millis(body.AtMs),
	}}
}

func decodeAnswer(c driver.Cabinet, body *pb.Answer) driver.Answer {
	return driver.Answer{Answer: larder.Answer{
		Cabinet: c.ID,
		Epoch:   c.Epoch,
		Command: larder.CommandID(body.Command),
		Result:  results[body.Result],
		Reason:  body.Reason,
		Door:    decodeDoor(body.Door),
	}}
}

func decodePong(body *pb.Pong) driver.Pong {
	doors := make([]larder.DoorState, len(body.Doors))
	for i, state := range body.Doors {
		doors[i] = decodeDoor(state)
	}
	return driver.Pong{Nonce: body.Nonce, Challenge: body.Challenge, Doors: doors}
}
