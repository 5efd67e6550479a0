package tcp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"larder"
	"larder/internal/edge/link/driver"
)

// Prove pings a cabinet and returns its fresh challenge and the states of its doors. The error is
// of code cabinet_offline if the cabinet has no connection or does not answer within 2 s,
// unsupported if its model knows no challenge, and overload if too many ask at once.
func (g *Gateway) Prove(ctx context.Context, cabinet larder.CabinetID) (larder.Proof, error) {
	c, err := g.fleet.of(cabinet)
	if err != nil {
		return larder.Proof{}, fmt.Errorf("prove cabinet %d: %w", cabinet, err)
	}
	proof, err := c.prove(ctx)
	if err != nil {
		return larder.Proof{}, fmt.Errorf("prove cabinet %d: %w", cabinet, err)
	}
	return proof, nil
}

// Open writes the command to the connection of cmd.Epoch and returns nil once it is written; what
// becomes of it comes through the handler's Answer. The error is of code conflict if the epoch is
// not its cabinet's latest, cabinet_offline if that connection has ended or does not take the
// command within its TTL, unsupported if the model opens no doors, invalid if the command breaks
// the protocol's limits, and overload if too many commands wait. After an error the command may
// have left only if the socket failed while it was written.
func (g *Gateway) Open(ctx context.Context, cmd larder.OpenCommand) error {
	began := g.cfg.Now()
	c, err := g.fleet.at(cmd.Epoch)
	if err != nil {
		return fmt.Errorf("open door %d, command %d: %w", cmd.Door, cmd.Command, err)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(cmd.TTLMillis)*time.Millisecond)
	defer cancel()
	err = command(ctx, c, func(d driver.Opener) (driver.Packet, error) { return d.EncodeOpen(c.cabinet, cmd) })
	if err != nil {
		return fmt.Errorf("open door %d, command %d, of cabinet %d: %w", cmd.Door, cmd.Command, c.cabinet.ID, err)
	}
	g.metrics.openWritten.Observe(g.cfg.Now().Sub(began).Seconds())
	return nil
}

// ReadDoor asks a cabinet for the state of a door, from 1; the handler's Answer brings it. Errors
// are those of Open, without conflict.
func (g *Gateway) ReadDoor(ctx context.Context, cabinet larder.CabinetID, id larder.CommandID, door int) error {
	c, err := g.fleet.of(cabinet)
	if err == nil {
		err = command(ctx, c, func(d driver.DoorReader) (driver.Packet, error) { return d.EncodeReadDoor(c.cabinet, id, door) })
	}
	if err != nil {
		return fmt.Errorf("read door %d of cabinet %d: %w", door, cabinet, err)
	}
	return nil
}

// ReadLanes asks a cabinet to weigh now; the handler's Readings and Answer bring the result. Errors
// are those of Open, without conflict.
func (g *Gateway) ReadLanes(ctx context.Context, cabinet larder.CabinetID, id larder.CommandID) error {
	c, err := g.fleet.of(cabinet)
	if err == nil {
		err = command(ctx, c, func(d driver.LaneReader) (driver.Packet, error) { return d.EncodeReadLanes(c.cabinet, id) })
	}
	if err != nil {
		return fmt.Errorf("read the lanes of cabinet %d: %w", cabinet, err)
	}
	return nil
}

// SessionDurable tells a cabinet that it may forget the readings of a session. Lost, it costs a
// replay at the next connection; it is then to be said again. Errors are those of Open, without
// conflict; a model that keeps no readings is no error.
func (g *Gateway) SessionDurable(ctx context.Context, cabinet larder.CabinetID, session larder.SessionID) error {
	c, err := g.fleet.of(cabinet)
	if err == nil {
		err = command(ctx, c, func(d driver.TraceKeeper) (driver.Packet, error) { return d.EncodeSessionDurable(c.cabinet, session) })
	}
	if err != nil && larder.CodeOf(err) != larder.CodeUnsupported {
		return fmt.Errorf("session %d is durable, cabinet %d: %w", session, cabinet, err)
	}
	return nil
}

// command encodes with the capability D of c's driver and returns when it is written.
func command[D any](ctx context.Context, c *connection, encode func(D) (driver.Packet, error)) error {
	able, ok := c.speaker.(D)
	if !ok {
		return larder.E(larder.CodeUnsupported)
	}
	packet, err := encode(able)
	if err != nil {
		return err
	}
	if c.ended() {
		return errGone
	}
	return c.out.send(ctx, packet)
}

// prove is Prove on one connection.
func (c *connection) prove(ctx context.Context) (larder.Proof, error) {
	ctx, cancel := context.WithTimeout(ctx, proveTimeout)
	defer cancel()
	nonce, answer, err := c.pings.begin()
	if err != nil {
		return larder.Proof{}, err
	}
	defer c.pings.end(nonce)
	began := c.g.cfg.Now()
	err = command(ctx, c, func(d driver.Prover) (driver.Packet, error) { return d.EncodePing(c.cabinet, nonce) })
	if err != nil {
		return larder.Proof{}, err
	}
	select {
	case pong := <-answer:
		took := c.g.cfg.Now().Sub(began)
		c.g.metrics.proven.Observe(took.Seconds())
		return larder.Proof{
			Cabinet:   c.cabinet.ID,
			Epoch:     c.cabinet.Epoch,
			Challenge: pong.Challenge,
			Doors:     pong.Doors,
			Took:      took.Milliseconds(),
		}, nil
	case <-c.done:
		return larder.Proof{}, errGone
	case <-ctx.Done():
		return larder.Proof{}, larder.Wrap(larder.CodeOffline, errors.Join(errNoPong, ctx.Err()))
	}
}

// errNoPong is a cabinet that has a connection and does not answer.
var errNoPong = errors.New("no answer to a ping")
