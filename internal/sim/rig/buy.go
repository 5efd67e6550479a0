package rig

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"larder/internal/sim/cabinet"
	"larder/internal/sim/phone"
)

// Take is a hand that takes pieces out of a lane.
type Take struct {
	Lane  int // number, from 1
	Count int
}

// Errand is one purchase to be made.
type Errand struct {
	Shopper *Shopper
	Machine *Machine
	Takes   []Take        // none: the shopper opens, looks and closes
	Open    time.Duration // from the pulled door to the hand that shuts it; hands take their time, too
	Started func()        // called when the platform has answered the start, before anything else; optional
	Left    func()        // called when nothing more happens at the door, and the next may come; optional
}

// DrawTakes returns what somebody takes out of a machine: one or two lanes, one or two pieces of
// each; nothing if it is sold out.
func (m *Machine) DrawTakes(rng *rand.Rand) []Take {
	contents := m.State().Contents
	var takes []Take
	wanted := 1 + rng.IntN(2)
	for _, k := range rng.Perm(len(contents)) {
		if n := len(contents[k]); n > 0 && len(takes) < wanted {
			takes = append(takes, Take{Lane: k + 1, Count: min(1+rng.IntN(2), n)})
		}
	}
	return takes
}

// errand under way; one goroutine owns it.
type buy struct {
	Errand
	rig    *Rig
	key    string
	watch  *cabinet.Watch
	live   *phone.Follower
	result Result
}

// Buy runs an errand from the scan to the money, and through whatever becomes of the platform
// meanwhile: what cannot be reached is asked again until ctx ends. It returns what has come out of
// it, right or wrong; the error says that it did not come to an end.
func (r *Rig) Buy(ctx context.Context, e Errand) (Result, error) {
	b := &buy{Errand: e, rig: r, key: newKey(), watch: e.Machine.Watch()}
	defer b.watch.Close()
	if err := b.start(ctx); err != nil {
		return b.result, err
	}
	live, stop := b.Shopper.App.Follow(ctx, b.result.Visit)
	b.live = live
	defer stop()
	for _, part := range []func(context.Context) error{b.confirm, b.shop, b.finish} {
		if err := part(ctx); err != nil {
			return b.result, err
		}
	}
	return b.result, nil
}

// start scans the door and begins a visit.
func (b *buy) start(ctx context.Context) error {
	token := b.Machine.Registered.Token
	err := phone.Patiently(ctx, func() error {
		found, err := b.Shopper.App.Scan(ctx, token)
		if err == nil && !found.Door.Sellable {
			return fmt.Errorf("cabinet %s does not sell: %s", b.Machine.Plan.Serial, found.Door.Reason)
		}
		return err
	})
	if err != nil {
		return err
	}
	err = phone.Patiently(ctx, func() (err error) {
		b.result.Visit, err = b.Shopper.App.Start(ctx, token, ProviderName, b.key)
		return err
	})
	if err == nil && b.Started != nil {
		b.Started()
	}
	return err
}

// confirm gives the consent on the provider's page, unless the visit is over before there is one.
func (b *buy) confirm(ctx context.Context) error {
	v, err := b.live.Until(ctx, func(v phone.Visit) bool { return len(v.Phone) > 0 || v.State != phone.StateAwaiting })
	if err != nil {
		return fmt.Errorf("wait for the provider's page: %w", err)
	}
	if len(v.Phone) == 0 {
		return nil
	}
	page, err := b.rig.cfg.Provider.OpenPage(v.Phone)
	if err != nil {
		return fmt.Errorf("raise the provider's page: %w", err)
	}
	b.result.Number = page.Number
	if _, err := b.rig.cfg.Provider.Confirm(page.Number, ""); err != nil {
		return fmt.Errorf("confirm: %w", err)
	}
	return nil
}

// shop pulls the door as soon as the lock lets it go, takes things and shuts it.
func (b *buy) shop(ctx context.Context) error {
	if free, err := b.unlocked(ctx); err != nil || !free {
		return err
	}
	if err := b.Machine.OpenDoor(); err != nil {
		if errors.Is(err, cabinet.ErrLocked) {
			return nil // too late: it has locked again
		}
		return fmt.Errorf("pull the door: %w", err)
	}
	long := time.NewTimer(b.Open)
	defer long.Stop()
	for _, t := range b.Takes {
		if _, err := b.Machine.Take(t.Lane, t.Count); err != nil {
			return fmt.Errorf("take %d from lane %d: %w", t.Count, t.Lane, err)
		}
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-long.C:
	}
	// A door that is shut before its sensor has noticed never was open (O14): a visit without an end.
	if _, err := b.watch.Until(ctx, cabinet.Is(cabinet.DoorOpened)); err != nil {
		return fmt.Errorf("wait for the door to be seen open: %w", err)
	}
	if err := b.Machine.CloseDoor(); err != nil {
		return fmt.Errorf("close the door: %w", err)
	}
	if _, err := b.watch.Until(ctx, cabinet.Is(cabinet.DoorShut)); err != nil {
		return fmt.Errorf("wait for the door to shut: %w", err)
	}
	return nil
}

// unlocked waits until the lock lets this visit's door go; false if the visit is over before.
func (b *buy) unlocked(ctx context.Context) (bool, error) {
	within, cancel := context.WithCancel(ctx)
	var follower sync.WaitGroup
	defer follower.Wait()
	defer cancel()
	follower.Go(func() {
		defer cancel()
		_, _ = b.live.Until(within, phone.Visit.Over) // its end is all there is to know
	})
	_, err := b.watch.Until(within, func(c cabinet.Change) bool {
		return c.Kind == cabinet.LockReleased && c.Session == b.result.Visit.ID
	})
	switch {
	case err == nil:
		return true, nil
	case ctx.Err() != nil:
		return false, fmt.Errorf("wait for the lock: %w", ctx.Err())
	}
	return false, nil
}

// finish waits for the end of the visit and of its money, and reads the receipt.
func (b *buy) finish(ctx context.Context) error {
	if _, err := b.live.Until(ctx, phone.Visit.Over); err != nil {
		return err
	}
	if b.Left != nil {
		b.Left()
	}
	v, err := b.live.Until(ctx, func(v phone.Visit) bool { return v.Settled() || v.State == phone.StateReview })
	b.result.Visit = v
	if err != nil {
		return err
	}
	b.result.Truth, _ = b.Machine.Truth(v.ID) // none: the door was never released for it
	b.result.Lanes, b.result.Prices = b.Machine.lanes()
	if b.result.Receipt, err = b.Shopper.App.Receipt(ctx, v.ID); err != nil {
		return err
	}
	return b.ask()
}

// ask reads the provider's own book.
func (b *buy) ask() error {
	if b.result.Number == "" {
		return nil
	}
	book, err := b.rig.cfg.Provider.Order(b.result.Number)
	if err != nil {
		return fmt.Errorf("ask the provider: %w", err)
	}
	b.result.Book = book
	return nil
}
