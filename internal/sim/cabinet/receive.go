package cabinet

import (
	"time"

	"larder"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

// receive handles one frame of a connection; false ends the connection.
func (c *Cabinet) receive(l *conn, f wire.Frame) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link != l {
		return false
	}
	c.heard(c.cfg.Now())
	if !f.Type.Known() && !f.Type.FromCabinet() {
		c.tally.Unknown++
		return true
	}
	body, err := wire.Decode(f)
	if err != nil || f.Type.FromCabinet() || !c.handle(l, body) {
		c.tally.Malformed++
		c.cfg.Log.Warn("the platform sent a frame that it must not send", "type", f.Type.String(), "error", err)
		c.lose("malformed frame")
		return false
	}
	return c.link == l
}

// handle does what a message asks; false if the message must not come now.
func (c *Cabinet) handle(l *conn, body any) bool {
	switch m := body.(type) {
	case *pb.HeartbeatAck: // heard is all there is to it
	case *pb.Ping:
		c.pong(l, m)
	case *pb.Open:
		c.open(l, m)
	case *pb.ReadLanes:
		c.readLanes(l, m)
	case *pb.ReadDoor:
		c.readDoor(l, m)
	case *pb.Durable:
		c.forget(m.Boot, m.Seq)
	case *pb.Resend:
		c.resend(m.Boot, m.Seq)
	case *pb.SessionDurable:
		c.sessionDurable(m.Session)
	case *pb.Goodbye:
		c.drop()
		c.retry(goodbye{m.Reason})
	default:
		return false // Challenge and Welcome belong to the handshake
	}
	return true
}

// readLanes answers a request for one reading.
func (c *Cabinet) readLanes(l *conn, m *pb.ReadLanes) {
	c.tell(Change{Kind: ReadReceived, Command: larder.CommandID(m.Command)})
	c.read(c.cfg.Now())
	c.answer(l, &pb.Answer{
		Command: m.Command, Result: pb.Result_RESULT_DONE, Door: doorStates[c.door.state()],
	})
}

// readDoor answers a request for the door's state.
func (c *Cabinet) readDoor(l *conn, m *pb.ReadDoor) {
	c.tell(Change{Kind: ReadReceived, Command: larder.CommandID(m.Command)})
	answer := &pb.Answer{Command: m.Command, Result: pb.Result_RESULT_DONE, Door: doorStates[c.door.state()]}
	if m.Door != doorNumber {
		answer.Result, answer.Reason, answer.Door = pb.Result_RESULT_REFUSED, "door", pb.DoorState_DOOR_STATE_UNKNOWN
	}
	c.answer(l, answer)
}

// beat sends a heartbeat.
func (c *Cabinet) beat(now time.Time) {
	if c.link == nil {
		return
	}
	c.link.send(wire.Encode(&pb.Heartbeat{}))
	c.set(alarmHeartbeat, now.Add(c.cadence.Heartbeat))
}

// heard notices a sign of life of the platform: 2.5 beats of silence end the connection.
func (c *Cabinet) heard(now time.Time) {
	c.set(alarmSilence, now.Add(c.cadence.Heartbeat*5/2))
}
