package linktest

import (
	"errors"

	"larder/internal/edge/link"
	"larder/internal/edge/link/wire"
	"larder/internal/edge/link/wire/pb"
)

func handshakeProvesBothSides(r rig) {
	c := r.connect() // verifies the platform's proof
	w := c.Welcome
	if w.Epoch != 1 || w.HeartbeatMs != 30_000 || w.IdleReadingsMs != 90_000 || w.FastReadingsMs != 300 || w.TailMs != 8_000 || w.ServerTimeMs <= 0 {
		r.Errorf("welcome: %v", w)
	}
	hello := r.handler.All("connected")[0].What.(link.Hello)
	if hello.Cabinet != cabinetID || hello.Boot != 1 || hello.Firmware != "1.0.0" || hello.Remote == "" {
		r.Errorf("the handler was told %+v", hello)
	}
	c.Send(r, &pb.Heartbeat{})
	if ack := Expect[*pb.HeartbeatAck](r, c); ack.ServerTimeMs <= 0 {
		r.Errorf("a beat was answered with %v", ack)
	}
	_ = c.Conn.Close()
	if seen := r.await("disconnected"); seen.Epoch != 1 {
		r.Errorf("epoch %d was disconnected", seen.Epoch)
	}
}

func strangersAreToldTheSame(r rig) {
	for name, id := range map[string]Identity{
		"unknown serial": {Serial: "LD-9999", Key: r.id.Key, Boot: 1},
		"wrong key":      {Serial: r.id.Serial, Key: Key(99), Boot: 1},
	} {
		c, err := Greet(r.dial(), id)
		goodbye, ok := errors.AsType[*GoodbyeError](err)
		if !ok || goodbye.Reason != pb.GoodbyeReason_GOODBYE_REASON_UNAUTHENTICATED {
			r.Errorf("%s: %v", name, err)
		}
		if !c.Silent() {
			r.Errorf("%s: the connection goes on", name)
		}
		_ = c.Conn.Close()
	}
	if calls := r.handler.All(); len(calls) != 0 {
		r.Errorf("strangers reached the handler: %v", calls)
	}
}

func wrongKeyLeavesTheRealOne(r rig) {
	c := r.connect()
	conn := r.dial()
	if _, err := Greet(conn, Identity{Serial: r.id.Serial, Key: Key(99), Boot: 9}); err == nil {
		r.Error("a wrong key was welcomed")
	}
	_ = conn.Close()
	c.Send(r, opened(1, 1))
	r.durable(c, 1, 1)
}

func newerConnectionWins(r rig) {
	older := r.connect() // hangs half-open from here on: it never closes
	newer := r.connect()
	if newer.Welcome.Epoch <= older.Welcome.Epoch {
		r.Errorf("epoch %d follows %d", newer.Welcome.Epoch, older.Welcome.Epoch)
	}
	_ = older.TrySend(opened(1, 1)) // the platform may have closed it already
	if reason := older.Ended(); reason != pb.GoodbyeReason_GOODBYE_REASON_REPLACED {
		r.Errorf("the older connection ended with %v", reason)
	}
	if seen := r.await("disconnected"); seen.Epoch != older.Welcome.Epoch {
		r.Errorf("epoch %d was disconnected", seen.Epoch)
	}
	newer.Send(r, opened(1, 1))
	r.durable(newer, 1, 1)
	for _, seen := range r.handler.All("event") {
		if seen.Epoch != newer.Welcome.Epoch {
			r.Errorf("an event of the older connection passed after it was replaced: %+v", seen)
		}
	}
}

func manyConnectionsLeaveOne(r rig) {
	const connections = 16
	cabinets := make(chan *Cabinet, connections)
	for range connections {
		conn := r.dial()
		go func() {
			c, err := Greet(conn, r.id)
			if _, replaced := errors.AsType[*GoodbyeError](err); err != nil && !replaced {
				r.Logf("greet: %v", err) // replaced before its welcome left
			}
			cabinets <- c
		}()
	}
	ended := make(chan int64, connections)
	for range connections {
		c := <-cabinets
		go func() {
			for {
				m, err := c.Receive()
				if err != nil {
					ended <- 0
					return
				}
				if ping, ok := m.(*pb.Ping); ok {
					_ = c.TrySend(&pb.Pong{Nonce: ping.Nonce, Challenge: Key(1)[:wire.ChallengeSize], Doors: make([]pb.DoorState, 1)})
					ended <- c.Welcome.Epoch
				}
			}
		}()
	}
	for range connections - 1 {
		if epoch := <-ended; epoch != 0 {
			r.Errorf("epoch %d was pinged by nobody", epoch)
		}
		r.await("disconnected")
	}
	if proof, err := r.commands.Prove(r.ctx, cabinetID); err != nil || proof.Epoch != connections || <-ended != connections {
		r.Errorf("the last of %d connections is not the current one: %+v, %v", connections, proof, err)
	}
}
