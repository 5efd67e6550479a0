package driver

import "larder"

// Packet is what a gateway carries for a driver: one frame's type and body, or what another
// transport has in their place.
type Packet struct {
	Kind uint8  // the frame's type
	Body []byte // decoding: valid during the call only
}

// Cabinet is whom a driver translates for.
type Cabinet struct {
	ID     larder.CabinetID
	Serial string
	Key    Secret // for authenticating commands
	Boot   uint64 // of the present connection
	Epoch  int64  // of the present connection
}

// Driver speaks for one protocol of cabinets. It is safe for concurrent use.
type Driver interface {
	// Decode turns a packet of c into a message. Arrived is left zero for the gateway to fill in. An
	// error means that the peer breaks the protocol, and costs it the connection.
	Decode(c Cabinet, p Packet) (Message, error)
}

// Prover is a driver whose cabinets answer a ping with a fresh challenge.
type Prover interface {
	// EncodePing asks for a [Pong] with this nonce.
	EncodePing(c Cabinet, nonce uint64) (Packet, error)
}

// Opener is a driver whose cabinets open doors.
type Opener interface {
	// EncodeOpen asks to release a lock, authenticated with the cabinet's key.
	EncodeOpen(c Cabinet, cmd larder.OpenCommand) (Packet, error)
}

// LaneReader is a driver whose cabinets weigh on demand.
type LaneReader interface {
	// EncodeReadLanes asks for one frame of readings and an answer.
	EncodeReadLanes(c Cabinet, command larder.CommandID) (Packet, error)
}

// DoorReader is a driver whose cabinets can be asked for the state of a door.
type DoorReader interface {
	// EncodeReadDoor asks for an answer with the state of the door of this number, from 1.
	EncodeReadDoor(c Cabinet, command larder.CommandID, door int) (Packet, error)
}

// HeartbeatAcker is a driver whose cabinets want each heartbeat answered.
type HeartbeatAcker interface {
	// EncodeHeartbeatAck answers a heartbeat with the platform's time.
	EncodeHeartbeatAck(c Cabinet, now larder.Millis) (Packet, error)
}

// EventKeeper is a driver whose cabinets keep events until they are durable.
type EventKeeper interface {
	// EncodeDurable says that the events of boot up to seq are committed.
	EncodeDurable(c Cabinet, boot, seq uint64) (Packet, error)
	// EncodeResend asks for the events of boot from seq on.
	EncodeResend(c Cabinet, boot, seq uint64) (Packet, error)
}

// TraceKeeper is a driver whose cabinets keep a session's readings until they are durable.
type TraceKeeper interface {
	// EncodeSessionDurable says that the readings of the session are no longer needed.
	EncodeSessionDurable(c Cabinet, session larder.SessionID) (Packet, error)
}
