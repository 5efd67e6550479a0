package rules

import (
	"time"

	"larder"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/core/weigh"
	"larder/internal/sim/fault"
)

// What the world does, by chance.

// ask registers the visit at the bank and hears its answer, or does not (P9).
func (v *visit) ask() bool {
	if v.p.State != payment.Asking {
		return true
	}
	if v.bank.state == payment.ProviderNotFound {
		v.bank.state = payment.ProviderWaiting
		if v.w.faults.Draw(fault.EarlyCallback) {
			v.w.faults.Fired(fault.EarlyCallback)
			v.consent()
			v.said(v.status())
		} else {
			v.w.kernel.After(v.w.between(time.Second, 8*time.Second), v.page)
		}
	}
	return v.hear()
}

// page is the customer on the bank's page.
func (v *visit) page() {
	switch {
	case v.w.faults.Draw(fault.Ignored):
		v.w.faults.Fired(fault.Ignored)
		if v.w.chance.IntN(2) == 0 {
			v.w.kernel.After(v.w.between(31*time.Second, 5*time.Minute), v.agree)
		}
	case v.w.faults.Draw(fault.Race):
		v.w.faults.Fired(fault.Race)
		if v.w.faults.Enabled(fault.Restart) && v.w.chance.IntN(4) == 0 {
			v.w.kernel.At(v.s.Deadline.Time().Add(-v.w.between(0, 500*time.Millisecond)), v.restart)
		}
		v.w.kernel.After(v.s.Deadline.Time().Sub(v.w.kernel.Now())+v.w.between(-100*time.Millisecond, 100*time.Millisecond), v.agree)
	case v.w.chance.IntN(40) == 0:
		if v.s.State == session.Awaiting {
			v.step(session.Withdrawn{})
		}
	default:
		v.agree()
	}
}

func (v *visit) agree() {
	if v.consent() {
		v.callBack(fault.ConsentTwice)
	}
}

func (v *visit) consent() bool {
	if v.bank.state != payment.ProviderWaiting {
		return false
	}
	v.bank.state = payment.ProviderAuthorized
	return true
}

// callBack tells what the bank has now: never, once, or again and again.
func (v *visit) callBack(twice fault.ID) {
	if v.bank.silent {
		v.w.faults.Fired(fault.NoCallback)
		v.query(5 * time.Second)
		return
	}
	st := v.status()
	tell := func() { v.said(st) }
	v.w.kernel.After(v.w.between(10*time.Millisecond, 300*time.Millisecond), tell)
	if v.w.faults.Draw(twice) {
		v.w.faults.Fired(twice)
		for range 1 + v.w.chance.IntN(4) {
			v.w.kernel.After(v.w.between(0, 40*time.Second), tell)
		}
	}
}

func (v *visit) status() payment.Status {
	return payment.Status{State: v.bank.state, Amount: v.bank.amount, Ref: "R", Trade: "T"}
}

// hear is an answer of the bank, unless it is lost.
func (v *visit) hear() bool {
	if v.w.faults.Draw(fault.Unknown) {
		v.w.faults.Fired(fault.Unknown)
		return false
	}
	v.said(v.status())
	return true
}

// query asks the bank what has become of a payment, until something has.
func (v *visit) query(after time.Duration) {
	v.add("query", func() bool {
		switch v.p.State {
		case payment.Asking, payment.Waiting, payment.Capturing:
			if v.w.kernel.Now().Sub(v.began) > after {
				v.said(v.status())
			}
			return v.p.State != payment.Asking && v.p.State != payment.Waiting && v.p.State != payment.Capturing
		case payment.Authorized, payment.Captured, payment.Releasing, payment.Released:
		}
		return true
	})
}

// giveBack cancels at the bank.
func (v *visit) giveBack() bool {
	if v.bank.taken > 0 {
		return true
	}
	v.bank.state = payment.ProviderCanceled
	return v.hear()
}

// capture asks the bank to collect.
func (v *visit) capture() bool {
	if v.p.State != payment.Capturing {
		return true
	}
	if v.bank.state == payment.ProviderAuthorized {
		v.bank.state, v.bank.amount = payment.ProviderCollecting, v.p.Amount
		v.w.kernel.After(v.w.between(300*time.Millisecond, 5*time.Second), func() {
			v.bank.state = payment.ProviderCaptured
			v.bank.taken++
			v.callBack(fault.PaidTwice)
		})
	}
	return v.hear()
}

// send is the open command on its way to the cabinet, and what the cabinet does with it.
func (v *visit) send() bool {
	if v.s.State != session.Opening || v.now() >= v.s.Expires {
		v.step(session.Answered{Door: v.lock.door()})
		return true
	}
	if v.w.faults.Draw(fault.NoAnswer) {
		v.w.faults.Fired(fault.NoAnswer)
		v.w.kernel.After(v.w.windows.Command, func() { v.step(session.Answered{}) })
		return true
	}
	if v.lock.used == 0 {
		if v.p.State != payment.Authorized {
			v.violate("I6 a lock moves under a live authorization", string(v.p.State))
		}
		v.lock.used, v.lock.released, v.lock.since = v.s.Command, true, v.w.kernel.Now()
		v.w.kernel.After(v.w.between(300*time.Millisecond, 16*time.Second), v.pull)
	}
	answer := session.Answered{Result: larder.AnswerDone, Door: v.lock.door()}
	switch {
	case v.w.faults.Draw(fault.StaleAnswer):
		v.w.faults.Fired(fault.StaleAnswer)
		answer.Door, v.lock.stale = larder.DoorClosed, true
	case v.w.faults.Draw(fault.AnswerLost):
		v.w.faults.Fired(fault.AnswerLost)
		return true
	case v.w.faults.Draw(fault.CloseFirst):
		v.w.faults.Fired(fault.CloseFirst)
		v.w.kernel.After(v.w.between(5*time.Second, time.Minute), func() { v.step(answer) })
		return true
	}
	v.w.kernel.After(v.w.between(20*time.Millisecond, 200*time.Millisecond), func() { v.step(answer) })
	return true
}

// pull is the shopper at the door; a lock that waited for 15 s has engaged again.
func (v *visit) pull() {
	if v.w.kernel.Now().Sub(v.lock.since) >= relocks || v.w.chance.IntN(30) == 0 {
		v.lock.released, v.gone = false, true
		return
	}
	v.lock.released, v.lock.open = false, true
	stays := v.w.between(2*time.Second, 25*time.Second)
	if v.w.chance.IntN(4) == 0 {
		stays = v.w.between(300*time.Millisecond, 2*time.Second)
	}
	if v.w.faults.Draw(fault.LeftOpen) {
		v.w.faults.Fired(fault.LeftOpen)
		stays = v.w.between(3*time.Minute, 13*time.Minute)
	}
	for i := range v.w.chance.IntN(4) {
		v.taken = append(v.taken, session.Taken{Lane: slots[i].Lane, Count: 1 + v.w.chance.IntN(3)})
	}
	opens, closes := v.w.between(30*time.Millisecond, 300*time.Millisecond), stays
	v.event(opens, session.DoorOpened{})
	v.w.kernel.After(stays, func() { v.lock.open, v.lock.shut, v.gone = false, true, true })
	v.event(closes+v.w.between(30*time.Millisecond, 300*time.Millisecond), session.DoorClosed{})
	v.w.kernel.After(closes+3*time.Second, v.judge)
}

// event is a durable event on its way: once, in order; or repeated, or late (O4, O7).
func (v *visit) event(after time.Duration, ev session.Event) {
	if v.w.faults.Draw(fault.Shuffled) {
		v.w.faults.Fired(fault.Shuffled)
		after += v.w.between(0, 30*time.Second)
	}
	times := 1
	if ev.Kind() == session.KindDoorClosed && v.w.faults.Draw(fault.CloseRepeated) {
		v.w.faults.Fired(fault.CloseRepeated)
		times += 1 + v.w.chance.IntN(49)
	}
	for range times {
		v.w.kernel.After(after, func() { v.step(ev) })
		after += v.w.between(0, 200*time.Millisecond)
	}
}

// judge is the recognizer's verdict, scripted by the truth; it waits until the close is known.
func (v *visit) judge() {
	if v.s.State == session.Ended || v.s.State == session.Review {
		return
	}
	if v.s.State != session.Weighing {
		v.w.kernel.After(time.Second, v.judge)
		return
	}
	ev := session.Judged{Verdict: weigh.NoCharge}
	switch {
	case v.w.faults.Draw(fault.WildAfterClose):
		v.w.faults.Fired(fault.WildAfterClose)
		ev.Verdict = weigh.Review
	case len(v.taken) > 0:
		ev = session.Judged{Verdict: weigh.Charge, Lines: v.taken}
	}
	v.step(ev)
}

// decide is the person who looks at a case, once the shopper has gone: then the truth is known.
func (v *visit) decide() {
	if v.s.State == session.Review {
		if v.lock.open || v.lock.released {
			v.w.kernel.After(time.Minute, v.decide)
			return
		}
		v.step(session.Decided{Lines: v.taken})
	}
	v.cases--
}
