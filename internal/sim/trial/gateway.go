package trial

import (
	"context"
	"errors"
	"time"

	"larder"
	"larder/internal/edge/link/driver"
	"larder/internal/edge/link/driver/native"
	"larder/internal/edge/link/sequence"
	"larder/internal/edge/link/wire/pb"
	"larder/internal/run"
	"larder/internal/sim/history"
)

// gateway is the platform's side of the connections: it moves what production's driver reads and
// writes, in the order that production's sequence says, and decides nothing by itself.
type gateway struct {
	p     *platform
	lines map[larder.CabinetID]*line // the newest of each cabinet
	all   []*line                    // those that have not ended, in the order of their beginning
}

func newGateway(p *platform) *gateway {
	return &gateway{p: p, lines: make(map[larder.CabinetID]*line)}
}

// proveTime is how long a ping may take.
const proveTime = 2 * time.Second

// welcome makes a connection of a cabinet its current one. It runs in a task of the platform.
func (g *gateway) welcome(ctx context.Context, m *machine, boot uint64) (*line, *pb.Welcome, error) {
	c, key, err := g.p.cabinets.Credential(ctx, m.serial)
	if err != nil {
		return nil, nil, err
	}
	epoch, durable, err := g.p.cabinets.Connect(ctx, c.ID, boot)
	if err != nil {
		return nil, nil, err
	}
	g.p.floor.Connected(c.ID, c.Org, epoch)
	l := &line{
		gateway: g, machine: m, order: sequence.New(boot, durable), pings: make(map[uint64]*ping),
		cabinet: driver.Cabinet{ID: c.ID, Serial: m.serial, Key: driver.Secret(key), Boot: boot, Epoch: epoch},
	}
	if old := g.lines[c.ID]; old != nil {
		old.end("replaced")
	}
	g.lines[c.ID] = l
	g.all = append(g.all, l)
	return l, &pb.Welcome{
		Epoch: epoch, DurableSeq: durable, HeartbeatMs: 30_000, IdleReadingsMs: 90_000,
		FastReadingsMs: uint32(g.p.world.cfg.reading().Milliseconds()), TailMs: 8_000, //nolint:gosec // small
	}, nil
}

// at returns the connection of an epoch; an error of code conflict if it is not a cabinet's latest.
func (g *gateway) at(cabinet larder.CabinetID, epoch int64) (*line, error) {
	l := g.lines[cabinet]
	switch {
	case l == nil || l.ended || !l.plugged:
		return nil, larder.E(larder.CodeOffline)
	case epoch != 0 && l.cabinet.Epoch != epoch:
		return nil, larder.E(larder.CodeConflict)
	}
	return l, nil
}

// Prove implements [run.Commander].
func (g *gateway) Prove(ctx context.Context, cabinet larder.CabinetID) (larder.Proof, error) {
	l, err := g.at(cabinet, 0)
	if err != nil {
		return larder.Proof{}, err
	}
	began := g.p.life.Now()
	l.nonce++
	asked := &ping{signal: g.p.life.NewSignal()}
	nonce := l.nonce
	l.pings[nonce] = asked
	defer delete(l.pings, nonce)
	if err := l.command(native.Driver{}.EncodePing(l.cabinet, nonce)); err != nil {
		return larder.Proof{}, err
	}
	ctx, cancel := g.p.life.WithTimeout(ctx, proveTime)
	defer cancel()
	for !asked.came && !l.ended && ctx.Err() == nil {
		asked.signal.Wait(ctx, proveTime)
	}
	if !asked.came {
		return larder.Proof{}, larder.Wrap(larder.CodeOffline, errNoPong)
	}
	return larder.Proof{
		Cabinet: cabinet, Epoch: l.cabinet.Epoch, Challenge: asked.pong.Challenge, Doors: asked.pong.Doors,
		Took: g.p.life.Now().Sub(began).Milliseconds(),
	}, nil
}

var errNoPong = errors.New("no answer to a ping")

// ping is somebody who waits for a pong.
type ping struct {
	signal run.Signal
	pong   driver.Pong
	came   bool
}

// Open implements [run.Commander].
func (g *gateway) Open(_ context.Context, cmd larder.OpenCommand) error {
	for _, l := range g.all {
		if l.cabinet.Epoch == cmd.Epoch && g.lines[l.cabinet.ID] == l && !l.ended {
			return l.command(native.Driver{}.EncodeOpen(l.cabinet, cmd))
		}
	}
	return larder.E(larder.CodeConflict)
}

// SessionDurable implements [run.Commander].
func (g *gateway) SessionDurable(_ context.Context, cabinet larder.CabinetID, id larder.SessionID) error {
	l, err := g.at(cabinet, 0)
	if err != nil {
		return err
	}
	return l.command(native.Driver{}.EncodeSessionDurable(l.cabinet, id))
}

// lost ends all connections: their platform has died.
func (g *gateway) lost() {
	for _, l := range append([]*line(nil), g.all...) {
		l.end("the platform died")
	}
}

// receive takes a message of a cabinet.
func (g *gateway) receive(l *line, msg driver.Message) {
	if l.ended || g.p.life.Dead() {
		return
	}
	now := larder.MillisOf(g.p.life.Now())
	switch msg := msg.(type) {
	case driver.Readings:
		msg.Arrived = now
		g.p.floor.Readings(l.cabinet.Epoch, msg.Readings)
	case driver.Answer:
		msg.Arrived = now
		g.p.world.say(history.About{Cabinet: int64(l.cabinet.ID)}, "answer to %s: %s, door %s", msg.Command, msg.Result, msg.Door)
		g.p.floor.Answer(msg.Answer)
	case driver.Event:
		msg.Arrived = now
		l.offer(msg.DoorEvent)
	case driver.Pong:
		if asked := l.pings[msg.Nonce]; asked != nil && !asked.came {
			asked.pong, asked.came = msg, true
			asked.signal.Set()
		}
	case driver.Heartbeat:
		l.post(native.Driver{}.EncodeHeartbeatAck(l.cabinet, now))
	}
}
