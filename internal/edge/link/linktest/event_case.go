package linktest

import (
	"github.com/google/go-cmp/cmp"

	"larder/internal/edge/link/wire/pb"
)

func durableOnlyAfterTheCommit(r rig) {
	c := r.connect()
	c.Send(r, opened(1, 1), opened(1, 2)) // 1 fails; 2 must not pass before it
	c.Send(r, &pb.Heartbeat{})
	Expect[*pb.HeartbeatAck](r, c) // the connection goes on, and nothing was acknowledged
	if got := r.committed(); len(got) != 0 {
		r.Fatalf("committed %v", got)
	}
	for { // as the cabinet's timer does, until the failure has been dealt with
		c.Send(r, opened(1, 1), &pb.Heartbeat{})
		m, err := c.Receive()
		if err != nil {
			r.Fatal(err)
		}
		if d, ok := m.(*pb.Durable); ok {
			if d.Seq != 1 || len(r.committed()) != 1 {
				r.Errorf("%v is acknowledged, committed is %v", d, r.committed())
			}
			break
		}
	}
	c.Send(r, opened(1, 2))
	for r.acknowledged(c).Seq != 2 { // 1 was sent more than once
	}
	if diff := cmp.Diff([][2]uint64{{1, 1}, {1, 2}}, r.committed()); diff != "" {
		r.Errorf("committed (-want +got):\n%s", diff)
	}
}

func eventsPassInOrder(r rig) {
	c := r.connect()
	c.Send(r, opened(1, 1))
	r.durable(c, 1, 1)
	c.Send(r, opened(1, 3)) // O8: a gap
	if got := Expect[*pb.Resend](r, c); got.Boot != 1 || got.Seq != 2 {
		r.Errorf("asked for %v", got)
	}
	c.Send(r, opened(1, 4), opened(1, 2), opened(1, 3), opened(1, 4))
	for seq := uint64(2); seq <= 4; seq++ {
		r.durable(c, 1, seq)
	}
	c.Send(r, opened(1, 2)) // O4: a duplicate is acknowledged and changes nothing
	r.durable(c, 1, 2)
	if diff := cmp.Diff([][2]uint64{{1, 1}, {1, 2}, {1, 3}, {1, 4}}, r.committed()); diff != "" {
		r.Errorf("committed (-want +got):\n%s", diff)
	}
}

func eventsOfAnOlderBoot(r rig) {
	r.id.Boot = 5
	c := r.connect()
	c.Send(r, opened(4, 7), opened(4, 8), opened(5, 1))
	r.durable(c, 4, 7)
	r.durable(c, 4, 8)
	r.durable(c, 5, 1)
	c.Send(r, opened(6, 1)) // a boot that has not begun
	if reason := c.Ended(); reason != 0 {
		r.Errorf("ended with %v", reason)
	}
	if diff := cmp.Diff([][2]uint64{{4, 7}, {4, 8}, {5, 1}}, r.committed()); diff != "" {
		r.Errorf("committed (-want +got):\n%s", diff)
	}
}

func replayGoesOn(r rig) {
	c := r.connect()
	c.Send(r, opened(1, 1), opened(1, 2))
	r.durable(c, 1, 1)
	r.durable(c, 1, 2)
	_ = c.Conn.Close()
	r.await("disconnected")
	c = r.connect()
	if c.Welcome.DurableSeq != 2 {
		r.Errorf("welcomed with position %d", c.Welcome.DurableSeq)
	}
	c.Send(r, opened(1, 2), opened(1, 3))
	r.durable(c, 1, 2)
	r.durable(c, 1, 3)
	if diff := cmp.Diff([][2]uint64{{1, 1}, {1, 2}, {1, 3}}, r.committed()); diff != "" {
		r.Errorf("committed (-want +got):\n%s", diff)
	}
}

func commitDoesNotHoldUpReadings(r rig) {
	c := r.connect()
	c.Send(r, opened(1, 1), &pb.Readings{Session: 8001, Seq: 1, MassDg: []int32{1}})
	r.await("readings")
	close(r.release)
	r.durable(c, 1, 1)
}
