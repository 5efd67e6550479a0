package driver

import "larder"

// Message is what a packet means: one of the types of this file.
type Message interface{ message() }

// Heartbeat says that the cabinet is there.
type Heartbeat struct{}

// Readings is one frame of weights.
type Readings struct{ larder.Readings }

// Event is one durable event of a door.
type Event struct{ larder.DoorEvent }

// Answer is a cabinet's word on a command.
type Answer struct{ larder.Answer }

// Pong answers a ping.
type Pong struct {
	Nonce     uint64             // the ping's
	Challenge []byte             // 16 bytes, single use
	Doors     []larder.DoorState // by door number, from 1
}

// Unknown is a packet of a later version that this driver may ignore.
type Unknown struct{}

func (Heartbeat) message() {}
func (Readings) message()  {}
func (Event) message()     {}
func (Answer) message()    {}
func (Pong) message()      {}
func (Unknown) message()   {}
