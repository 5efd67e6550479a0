package trial

import (
	"context"
	"fmt"
	"time"

	"larder"
	"larder/internal/core/session"
	"larder/internal/core/visit"
	"larder/internal/sim/cabinet"
	"larder/internal/sim/fault"
	"larder/internal/sim/physics"
)

// shopper is a customer with a phone.
type shopper struct {
	w     *world
	actor larder.Actor
	trips int
	away  bool // on an errand
}

// errand is one visit of one shopper to one machine, as it really goes.
type errand struct {
	*shopper
	m    *machine
	id   larder.SessionID
	view visit.View

	ignores, races, leavesOpen bool
	twin                       bool // somebody else scans at the same moment
}

// run is the whole visit; it ends when the shopper has gone. It is a task of the town.
func (e *errand) run() {
	w := e.w
	defer func() { e.away = false; w.busy-- }()
	if !e.start() {
		return
	}
	e.play()
	before := e.m.State().Tally.Misbehaved
	if e.agree() && e.open() {
		e.shop()
		e.leave()
	}
	e.count(before)
}

// start scans the door and begins a visit; false if somebody else has the door, or nobody answers.
func (e *errand) start() bool {
	w := e.w
	e.trips++
	key := fmt.Sprintf("trip-%d", e.trips)
	for range 4 {
		err := w.ask(func(ctx context.Context, p *platform) (err error) {
			if _, err := p.floor.Prove(ctx, e.m.id); err != nil {
				return err
			}
			e.view, err = p.visits.Start(ctx, e.actor, visit.StartRequest{DoorToken: e.m.token, Provider: bankName, Key: key})
			return err
		})
		w.say(about(e.m), "%s scans: session %s, %v", e.m.serial, e.view.ID, err)
		switch {
		case err == nil:
			e.id = e.view.ID
			w.books.begun(e)
			return true
		case larder.CodeOf(err) == larder.CodeDoorTaken || larder.CodeOf(err) == larder.CodeOpenElsewhere:
			if e.twin && larder.CodeOf(err) == larder.CodeDoorTaken {
				w.faults.Fired(fault.TwoScan)
			}
			return false
		}
		w.sleep(w.between(time.Second, 3*time.Second)) // the same key: if it did begin, it is the same visit
	}
	return false
}

// play decides what goes wrong at this visit.
func (e *errand) play() {
	w, f := e.w, e.w.faults
	var wrong cabinet.Misbehavior
	if !f.Resting() {
		wrong.StaleAnswer = f.Draw(fault.StaleAnswer)
		wrong.IgnoreOpen = f.Draw(fault.NoAnswer)
		wrong.CloseFirst = f.Draw(fault.CloseFirst)
		if f.Draw(fault.CloseRepeated) {
			wrong.DuplicateClose = 1 + w.chance.IntN(49)
		}
		wrong.MuteAnswer = f.Draw(fault.AnswerLost)
		wrong.JammedLock = f.Draw(fault.JammedLock)
		wrong.WildAfterClose = f.Draw(fault.WildAfterClose)
		wrong.WildAfterOpen = f.Draw(fault.WildAfterOpen)
	}
	e.m.misbehave(wrong)
	e.m.weather.deaf = 0
	if wrong.MuteAnswer {
		e.m.weather.deaf = 1 + w.chance.IntN(3)
	}
	e.m.weather.gap = 0
	if f.Draw(fault.Gap) {
		e.m.weather.gap = 1 + w.chance.IntN(3)
	}
	e.m.weather.burst = f.Draw(fault.Burst)
	e.m.weather.hold = f.Draw(fault.Mixed)
	e.ignores, e.races, e.leavesOpen = f.Draw(fault.Ignored), f.Draw(fault.Race), f.Draw(fault.LeftOpen)
	e.m.weather.shuffled = !e.leavesOpen && f.Draw(fault.Shuffled) // thousands of readings in disorder take seconds to sort out
}

// count notes what the machine has done wrong.
func (e *errand) count(before cabinet.Misbehaved) {
	after := e.m.State().Tally.Misbehaved
	for _, c := range []struct {
		id  fault.ID
		was int
		is  int
	}{
		{fault.StaleAnswer, before.StaleAnswer, after.StaleAnswer},
		{fault.NoAnswer, before.IgnoreOpen, after.IgnoreOpen},
		{fault.CloseFirst, before.CloseFirst, after.CloseFirst},
		{fault.CloseRepeated, before.DuplicateClose, after.DuplicateClose},
		{fault.JammedLock, before.JammedLock, after.JammedLock},
		{fault.WildAfterClose, before.WildAfterClose, after.WildAfterClose},
		{fault.WildAfterOpen, before.WildAfterOpen, after.WildAfterOpen},
	} {
		if c.is > c.was {
			e.w.faults.Fired(c.id)
		}
	}
}

// look reads the visit as the shopper's page does.
func (e *errand) look() (visit.View, bool) {
	err := e.w.ask(func(ctx context.Context, p *platform) (err error) {
		e.view, err = p.visits.View(ctx, e.actor, e.id)
		return err
	})
	return e.view, err == nil
}

// agree confirms on the provider's page; false if the visit has ended before.
func (e *errand) agree() bool {
	w := e.w
	number := "L" + e.view.Order.String()
	for range 60 {
		v, ok := e.look()
		switch {
		case ok && v.State == session.Ended:
			return false
		case ok && v.State != session.Awaiting: // a standing consent
			return true
		case ok && v.Phone != nil:
			return e.confirm(v, number)
		}
		w.sleep(w.between(400*time.Millisecond, 1500*time.Millisecond))
	}
	return false
}

// confirm is the shopper on the provider's page.
func (e *errand) confirm(v visit.View, number string) bool {
	w := e.w
	switch {
	case e.ignores:
		w.faults.Fired(fault.Ignored)
		w.sleep(w.between(31*time.Second, 50*time.Second))
		if w.chance.IntN(2) == 0 {
			w.bank.consent(number) // far too late
		}
		return w.chance.IntN(4) == 0 // mostly gone by now
	case e.races:
		w.faults.Fired(fault.Race)
		e.dieAt(v.Deadline.Time())
		w.sleep(v.Deadline.Time().Sub(w.kernel.Now()) + w.between(-300*time.Millisecond, 100*time.Millisecond))
	case w.chance.IntN(50) == 0: // thinks better of it
		_ = w.ask(func(ctx context.Context, p *platform) error {
			_, err := p.visits.Cancel(ctx, e.actor, e.id)
			return err
		})
		return false
	default:
		w.sleep(w.between(time.Second, 7*time.Second))
	}
	w.bank.consent(number)
	return true
}

// dieAt lets the platform die, now and then, just before a deadline passes: what comes while it is
// down is heard when it is too late (P4, P5, B9).
func (e *errand) dieAt(deadline time.Time) {
	w := e.w
	if !w.faults.Enabled(fault.Restart) || w.chance.IntN(4) != 0 {
		return
	}
	w.kernel.At(deadline.Add(-w.between(0, 500*time.Millisecond)), func() {
		if w.platform != nil && !w.faults.Resting() {
			w.platform.die("before a deadline")
		}
	})
}

// open waits for the lock and pulls the door; false if the lock does not move, or the shopper leaves.
func (e *errand) open() bool {
	w := e.w
	for until := w.kernel.Now().Add(40 * time.Second); e.m.released != e.id && w.kernel.Now().Before(until); {
		e.m.changed.Wait(w.ctx, time.Second)
	}
	if e.m.released != e.id || w.chance.IntN(40) == 0 {
		return false
	}
	w.sleep(w.between(300*time.Millisecond, 4*time.Second))
	err := e.m.OpenDoor()
	e.m.poke()
	return err == nil
}

// shop takes things, and sometimes puts one back.
func (e *errand) shop() {
	w := e.w
	w.sleep(w.between(900*time.Millisecond, 3*time.Second))
	if w.faults.Draw(fault.CutOff) {
		w.faults.Fired(fault.CutOff)
		e.m.cutOff()
	}
	var hands []physics.Item
	for range []int{0, 1, 1, 1, 1, 1, 2, 2, 3, 4}[w.chance.IntN(10)] {
		lane := 1 + w.chance.IntN(len(e.m.lanes))
		items, err := e.m.Take(lane, 1)
		e.m.poke()
		if err == nil {
			hands = append(hands, items...)
		}
		w.sleep(w.between(1200*time.Millisecond, 3500*time.Millisecond))
	}
	if len(hands) > 0 && w.chance.IntN(8) == 0 {
		item := hands[w.chance.IntN(len(hands))]
		_ = e.m.PutBack(item.Home, item) // it is outside: it was taken just now
		e.m.poke()
		w.sleep(w.between(1500*time.Millisecond, 3*time.Second))
	}
	if e.leavesOpen {
		e.linger()
	}
}

// linger leaves the door open, for as long as things may go wrong.
func (e *errand) linger() {
	w := e.w
	w.faults.Fired(fault.LeftOpen)
	stays := []time.Duration{3 * time.Minute, 3 * time.Minute, 3 * time.Minute, 11 * time.Minute}[w.chance.IntN(4)]
	for until := w.kernel.Now().Add(stays); w.kernel.Now().Before(until) && !w.faults.Resting(); {
		w.sleep(5 * time.Second)
	}
}

// leave shuts the door and waits until it is shut.
func (e *errand) leave() {
	w := e.w
	_ = e.m.CloseDoor() // it is open: this shopper has opened it
	e.m.poke()
	for until := w.kernel.Now().Add(20 * time.Second); e.m.shut != e.id && w.kernel.Now().Before(until); {
		e.m.changed.Wait(w.ctx, time.Second)
	}
	truth, _ := e.m.Truth(e.id)
	w.books.left(e, truth)
	if e.m.weather.hold || e.m.wild() {
		w.sleep(9 * time.Second) // the tail belongs to this visit
	}
}
