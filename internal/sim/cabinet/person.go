package cabinet

import (
	"context"
	"errors"
	"time"

	"larder"
	"larder/internal/sim/physics"
)

// What a person cannot do at a door.
var (
	ErrLocked   = errors.New("the door is locked")
	ErrJammed   = errors.New("the bolt is stuck")
	ErrIsOpen   = errors.New("the door is open already")
	ErrIsShut   = errors.New("the door is shut already")
	ErrNotTaken = physics.ErrNotOut
)

// OpenDoor pulls the door: [ErrLocked] unless the lock is released, [ErrJammed] if the bolt is
// stuck. The sensor, and with it the platform, notices a little later.
func (c *Cabinet) OpenDoor() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.door.leaf:
		return ErrIsOpen
	case !c.door.released:
		return ErrLocked
	case c.door.jammed:
		return ErrJammed
	}
	c.swing(true, c.cfg.Now())
	return nil
}

// ForceDoor opens the door whatever the lock says: a key, a lever (O5, X10).
func (c *Cabinet) ForceDoor() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.door.leaf {
		return ErrIsOpen
	}
	c.swing(true, c.cfg.Now())
	return nil
}

// CloseDoor shuts the door, as soon as the last hand is out of it; it does not wait for that (watch
// for [DoorShut]). Run must be running for a door that waits.
func (c *Cabinet) CloseDoor() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.door.leaf {
		return ErrIsShut
	}
	now := c.cfg.Now()
	if free := c.free(); free.After(now) {
		c.set(alarmHand, free)
		return nil
	}
	c.shut(now)
	return nil
}

// shut lets the leaf fall shut, unless a hand came in meanwhile.
func (c *Cabinet) shut(now time.Time) {
	if !c.door.leaf {
		return
	}
	if free := c.free(); free.After(now) {
		c.set(alarmHand, free)
		return
	}
	c.alarms.clear(alarmHand)
	c.swing(false, now)
}

// free is when the last hand is out.
func (c *Cabinet) free() time.Time {
	return c.start.Add(time.Duration(c.body.Busy()) * time.Millisecond)
}

// Take reaches into a lane, numbered from 1, and takes the n foremost pieces. The scale follows
// when the hand leaves, within a few seconds. The error is one of package physics: no such lane,
// not so many pieces, shut.
func (c *Cabinet) Take(lane, n int) ([]physics.Item, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	items, _, err := c.body.Take(c.hand(), lane, n)
	return items, err
}

// PutBack sets something that was taken into a lane, its own or another; [ErrNotTaken] if it is not
// outside.
func (c *Cabinet) PutBack(lane int, item physics.Item) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := c.body.PutBack(c.hand(), lane, item)
	return err
}

// Place leaves a foreign object in a lane.
func (c *Cabinet) Place(lane int, mass larder.Gram) (physics.Item, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	item, _, err := c.body.Place(c.hand(), lane, mass)
	return item, err
}

// Pick takes one object by its identity from the lane where it lies.
func (c *Cabinet) Pick(lane, id int) (physics.Item, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	item, _, err := c.body.Pick(c.hand(), lane, id)
	return item, err
}

// Hesitate lifts the n foremost pieces of a lane and sets them back.
func (c *Cabinet) Hesitate(lane, n int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := c.body.Hesitate(c.hand(), lane, n)
	return err
}

// Touch presses on a lane without taking anything.
func (c *Cabinet) Touch(lane int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := c.body.Touch(c.hand(), lane)
	return err
}

// WaitHands returns when the last hand is out of the cabinet, or with the context's error. What was
// asked for before is done then; the door may have fallen shut.
func (c *Cabinet) WaitHands(ctx context.Context) error {
	for {
		c.mu.Lock()
		left := time.Until(c.free())
		c.mu.Unlock()
		if left <= 0 {
			return nil
		}
		out := time.NewTimer(left)
		select {
		case <-ctx.Done():
			out.Stop()
			return ctx.Err()
		case <-out.C:
		}
	}
}

// hand is when the next hand can reach in: now, or when the last one is out. People use one hand.
func (c *Cabinet) hand() physics.Moment { return max(c.moment(c.cfg.Now()), c.body.Busy()) }
