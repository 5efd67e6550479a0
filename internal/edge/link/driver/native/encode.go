package native

import (
	"google.golang.org/protobuf/proto"

	"larder"
	"larder/internal/edge/link/driver"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// EncodePing asks for a Pong with this nonce.
func (Driver) EncodePing(_ driver.Cabinet, nonce uint64) (driver.Packet, error) {
	return encode(&pb.Ping{Nonce: nonce})
}

// EncodeOpen asks to release a lock. A door, challenge or TTL outside the protocol's limits is an
// error of code invalid.
func (Driver) EncodeOpen(c driver.Cabinet, cmd larder.OpenCommand) (driver.Packet, error) {
	door, err := doorNumber(cmd.Door)
	if err != nil {
		return driver.Packet{}, err
	}
	if cmd.TTLMillis < 1 || cmd.TTLMillis > wire.MaxTTLMillis {
		return driver.Packet{}, larder.E(larder.CodeInvalid, "field", "ttl", "reason", "outside 1..10000 ms")
	}
	open := &pb.Open{
		Command:   int64(cmd.Command),
		Session:   int64(cmd.Session),
		Door:      door,
		Epoch:     cmd.Epoch,
		TtlMs:     uint32(cmd.TTLMillis),
		Challenge: cmd.Challenge,
	}
	wire.SignOpen(c.Key, c.Serial, open)
	return encode(open)
}

// EncodeReadLanes asks for one frame of readings and an answer.
func (Driver) EncodeReadLanes(_ driver.Cabinet, command larder.CommandID) (driver.Packet, error) {
	return encode(&pb.ReadLanes{Command: int64(command)})
}

// EncodeReadDoor asks for an answer with the state of a door. A door outside the protocol's limits
// is an error of code invalid.
func (Driver) EncodeReadDoor(_ driver.Cabinet, command larder.CommandID, door int) (driver.Packet, error) {
	number, err := doorNumber(door)
	if err != nil {
		return driver.Packet{}, err
	}
	return encode(&pb.ReadDoor{Command: int64(command), Door: number})
}

// EncodeHeartbeatAck answers a heartbeat.
func (Driver) EncodeHeartbeatAck(_ driver.Cabinet, now larder.Millis) (driver.Packet, error) {
	return encode(&pb.HeartbeatAck{ServerTimeMs: int64(now)})
}

// EncodeDurable says that the events of boot up to seq are committed.
func (Driver) EncodeDurable(_ driver.Cabinet, boot, seq uint64) (driver.Packet, error) {
	return encode(&pb.Durable{Boot: boot, Seq: seq})
}

// EncodeResend asks for the events of boot from seq on.
func (Driver) EncodeResend(_ driver.Cabinet, boot, seq uint64) (driver.Packet, error) {
	return encode(&pb.Resend{Boot: boot, Seq: seq})
}

// EncodeSessionDurable says that the readings of the session are no longer needed.
func (Driver) EncodeSessionDurable(_ driver.Cabinet, session larder.SessionID) (driver.Packet, error) {
	return encode(&pb.SessionDurable{Session: int64(session)})
}

// encode makes a packet of body; a field outside its limits is an error of code invalid.
func encode(body proto.Message) (driver.Packet, error) {
	frame, err := wire.Marshal(body)
	if err != nil {
		return driver.Packet{}, larder.Wrap(larder.CodeInvalid, err)
	}
	return driver.Packet{Kind: uint8(frame.Type), Body: frame.Body}, nil
}

// doorNumber checks the number of a door.
func doorNumber(door int) (uint32, error) {
	if door < 1 || door > wire.MaxDoors {
		return 0, larder.E(larder.CodeInvalid, "field", "door", "reason", "outside 1..32")
	}
	return uint32(door), nil
}
