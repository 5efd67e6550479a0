package link

import (
	"context"

	"larder"
	"larder/internal/edge/link/driver"
)

// Credential is what the platform knows about a serial number.
type Credential struct {
	Cabinet larder.CabinetID
	Key     driver.Secret // 32 bytes, shared with this cabinet only
	Model   string        // picks the driver
}

// Hello is what an authenticated cabinet says about itself.
type Hello struct {
	Cabinet  larder.CabinetID
	Boot     uint64 // above 0, grows with every start of the cabinet
	Firmware string // at most 64 bytes of printable ASCII, for people
	Model    string // likewise; Credential.Model picked the driver
	Remote   string // address and port, for people
}

// Grant makes a connection the cabinet's current one.
type Grant struct {
	Epoch      int64  // above 0 and every earlier connection of the cabinet; no other cabinet's
	DurableSeq uint64 // events 1..DurableSeq of Hello.Boot are committed
}

// Handler receives what cabinets say. All calls that carry an epoch belong to one connection:
//
//   - The first is Connected, the last is Disconnected; in between,
//   - calls of Event come one at a time, in the order of the events;
//   - calls of Heartbeat, Readings and Answer come one at a time, in order of arrival;
//   - calls of these two streams may overlap and overtake each other, since a commit must not hold up
//     readings.
//
// Calls for different connections come concurrently, also for two connections of one cabinet: while
// a new one takes over, a call of the old one may be under way, and its Disconnected comes after
// the new one's Connected. So whatever a handler keeps it compares with the epoch.
type Handler interface {
	// Credential returns what is known about a serial number; an error of code not_found for an
	// unknown one, and after the same work, so that nobody learns from the time which it was.
	Credential(ctx context.Context, serial string) (Credential, error)

	// Connected makes this connection the cabinet's current one. Commands for its epoch are taken from
	// the first Heartbeat on. After an error the connection is closed and nothing else is called.
	Connected(ctx context.Context, h Hello) (Grant, error)

	// Disconnected says that the connection has ended. The reason is a word for people and logs.
	Disconnected(cabinet larder.CabinetID, epoch int64, reason string)

	// Heartbeat says that the cabinet is there: once right after the handshake, then as it beats.
	Heartbeat(cabinet larder.CabinetID, epoch int64)

	// Event hands over one durable event. It returns nil only after the event is committed, and also
	// if it had been committed before. After an error the cabinet sends the event again.
	Event(ctx context.Context, epoch int64, ev larder.DoorEvent) error

	// Readings hands over one frame of weights. It works in memory and returns soon: the connection is
	// not read meanwhile.
	Readings(epoch int64, r larder.Readings)

	// Answer hands over a cabinet's word on a command. It returns soon, like Readings.
	Answer(ctx context.Context, a larder.Answer)
}
