package trace

import (
	"larder"
	"larder/internal/core/weigh"
)

// readings codes readings: number and times here, masses in mass.go. Arithmetic wraps around, both
// ways alike.
type readings struct {
	masses
	seq, at, delay number
	last           moment
	cadence        int64 // ms of the cabinet's time between two numbers, lately
}

// moment is where a reading stands.
type moment struct {
	seq       uint64
	at, delay int64 // ms; delay is from the cabinet's time to the platform's
}

func (c *readings) carry(s *stream, r weigh.Reading) weigh.Reading {
	steps := s.int(&c.seq, int64(r.Seq-c.last.seq)) //nolint:gosec // wraps around
	stamp := c.last.at + steps*c.cadence
	stamp += s.int(&c.at, int64(r.At)-stamp)
	delay := c.last.delay + s.int(&c.delay, int64(r.Arrived)-int64(r.At)-c.last.delay)
	if steps != 0 {
		c.cadence = (stamp - c.last.at) / steps
	}
	c.last = moment{seq: c.last.seq + uint64(steps), at: stamp, delay: delay} //nolint:gosec // wraps around
	out := weigh.Reading{Seq: c.last.seq, At: larder.Millis(stamp), Arrived: larder.Millis(stamp + delay)}
	if s.in != nil {
		out.Mass = make([]larder.Gram, len(c.columns))
	}
	for i := range c.columns {
		if g := c.masses.carry(s, i, at(r.Mass, i)); s.in != nil {
			out.Mass[i] = g
		}
	}
	return out
}

// doors codes the door's messages.
type doors struct {
	kind                    [4]flag
	at, delay, after        number
	lastAt, delayed, before int64
}

func (c *doors) carry(s *stream, n weigh.DoorNote) weigh.DoorNote {
	kind := s.tree(c.kind[:], uint64(n.Kind), 2) //nolint:gosec // checked by whoever calls
	c.lastAt += s.int(&c.at, int64(n.At)-c.lastAt)
	c.delayed += s.int(&c.delay, int64(n.Arrived)-int64(n.At)-c.delayed)
	c.before += s.int(&c.after, int64(n.After)-c.before)
	return weigh.DoorNote{
		Kind: weigh.DoorKind(kind), At: larder.Millis(c.lastAt), Arrived: larder.Millis(c.lastAt + c.delayed), After: int(c.before), //nolint:gosec // 2 bits
	}
}
