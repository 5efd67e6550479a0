package rules

import (
	"fmt"
	"slices"
	"time"

	"larder"
	"larder/internal/core/order"
	"larder/internal/core/payment"
	"larder/internal/core/session"
)

// follows says which state of a session may follow which (I9).
var follows = map[session.State][]session.State{
	session.Awaiting: {session.Opening, session.Ended},
	session.Opening:  {session.Open, session.Weighing, session.Review, session.Ended},
	session.Open:     {session.Weighing, session.Review},
	session.Weighing: {session.Review, session.Ended},
	session.Review:   {session.Ended},
}

// step takes an event and carries out what it asks for, as one transaction.
func (v *visit) step(ev session.Event) {
	before := v.s
	after, effects, err := session.Step(before, ev, v.now(), v.w.windows)
	if err != nil {
		v.violate("the table is whole", err.Error())
		return
	}
	if before.State != after.State && !slices.Contains(follows[before.State], after.State) {
		v.violate("I9 states are monotone", fmt.Sprintf("%s became %s by %s", before.State, after.State, ev.Kind()))
	}
	v.compare(before, after, ev)
	v.s = after
	v.say(string(ev.Kind()) + ": " + string(before.State) + " to " + string(after.State) + " " + string(after.Outcome))
	if after.Deadline != before.Deadline {
		v.arm()
	}
	for _, e := range effects {
		v.carryOut(e)
	}
	v.check()
}

// compare checks what one step may not do.
func (v *visit) compare(before, after session.Session, ev session.Event) {
	closing := ev.Kind() == session.KindDoorClosed && (before.State == session.Opening || before.State == session.Open || before.State == session.Review)
	switch {
	case before.Closed != 0 && after.Closed != before.Closed || before.Opened != 0 && after.Opened != before.Opened:
		v.violate("I10 what has happened does not happen again", string(ev.Kind())+" moved the moment of an event")
	case closing && after.Closed == 0:
		v.violate("O3 a close is never dropped", "in "+string(before.State))
	case before.State == session.Awaiting && after.State == session.Opening && v.now() >= before.Deadline:
		v.violate("P4 no door opens for a consent that comes too late", "")
	}
}

func (v *visit) carryOut(e session.Effect) {
	switch e := e.(type) {
	case session.SendOpen:
		v.add("open", v.send)
	case session.Release:
		v.bill = order.Void
		v.release()
	case session.Settle:
		v.settle(e.Lines)
	case session.OpenCase:
		v.cases++
		v.w.kernel.After(v.w.between(10*time.Second, 5*time.Minute), v.decide)
	default: // leases: one visit at a time is played here
	}
}

// settle turns what was taken into bill and money.
func (v *visit) settle(taken []session.Taken) {
	counts := make(map[larder.LaneID]int, len(taken))
	for _, t := range taken {
		counts[t.Lane] += t.Count
	}
	lines, err := order.Price(slots, counts)
	if err != nil || v.bill != order.Open {
		v.violate("I2 one settlement", fmt.Sprintf("bill is %s, %v", v.bill, err))
		return
	}
	v.bill, v.lines = order.Settled, lines
	total := order.Total(lines)
	if total == 0 {
		v.release()
		return
	}
	if v.p.State != payment.Authorized {
		v.violate("I6 what is charged was authorized", string(v.p.State))
		return
	}
	v.p.State, v.p.Amount = payment.Capturing, min(total, v.p.Ceiling)
	v.add("capture", v.capture)
	v.query(5 * time.Second)
}

func (v *visit) release() {
	switch v.p.State {
	case payment.Asking, payment.Waiting, payment.Authorized:
		v.p.State = payment.Releasing
		v.add("release", v.giveBack)
	case payment.Capturing, payment.Captured, payment.Releasing, payment.Released:
	}
}

// said takes a word of the bank about the payment.
func (v *visit) said(st payment.Status) {
	before := v.p
	after, change := v.w.cfg.Apply(before, st, v.now())
	if change != payment.Unchanged && change != payment.Surprise {
		v.p = after
	}
	v.say("the bank says " + string(st.State) + ": " + string(change))
	switch change {
	case payment.Asked:
		v.query(5 * time.Second)
		v.step(session.Asked{})
	case payment.Won:
		v.step(session.Authorized{Command: larder.NewID[larder.CommandID](v.w.ids)})
	case payment.Lost:
		v.step(session.Withdrawn{})
	case payment.Surprise:
		v.violate("I26 the bank and we agree", fmt.Sprintf("%s, and the bank says %s", before.State, st.State))
	case payment.Unchanged:
		if v.p.State == payment.Released && st.State == payment.ProviderAuthorized {
			v.add("release", v.giveBack) // a consent that came after everything was over (P4)
		}
	case payment.Collected, payment.GivenBack:
	}
	v.check()
}

// check is what must hold after every step.
func (v *visit) check() {
	total := order.Total(v.lines)
	switch {
	case v.bank.taken > 1:
		v.violate("I2 at most one collection", fmt.Sprintf("%d collections", v.bank.taken))
	case v.p.Captured > v.p.Amount || v.p.Amount > v.p.Ceiling || v.p.Amount > total:
		v.violate("I12 captured, amount, ceiling", fmt.Sprintf("%s of %s of %s", v.p.Captured, v.p.Amount, total))
	case v.s.State == session.Ended && v.bill == order.Open:
		v.violate("I1 one bill", "the session has ended and its bill is open")
	case v.bill == order.Void && v.p.Amount > 0:
		v.violate("I2 nothing is collected for a void bill", v.p.Amount.String())
	case v.s.State != session.Ended && v.s.Deadline == 0 && v.cases == 0:
		v.violate("I8 a session goes on", string(v.s.State)+" has neither timer nor case")
	}
}

// audit is what must hold when everything has healed and ended.
func (v *visit) audit() {
	switch {
	case !v.over():
		v.violate("I8 a visit ends", fmt.Sprintf("%s, %s, %d effects, %d cases", v.s.State, v.p.State, len(v.todo), v.cases))
	case v.p.State == payment.Captured && (v.bank.taken != 1 || v.bank.amount != v.p.Captured):
		v.violate("I26 what is in the rows was collected", v.p.Captured.String())
	case v.p.State == payment.Released && (v.bank.taken != 0 || v.bank.state == payment.ProviderAuthorized):
		v.violate("I2 what is not collected is given back", string(v.bank.state))
	}
	want := slices.Clone(v.taken)
	for _, l := range v.lines {
		i := slices.IndexFunc(want, func(t session.Taken) bool { return t.Lane == l.Lane })
		if i < 0 || want[i].Count != l.Quantity {
			v.violate("promise 1: nothing is charged that was not taken", fmt.Sprintf("lane %s: %d", l.Lane, l.Quantity))
			return
		}
		want = slices.Delete(want, i, i+1)
	}
	if len(want) > 0 && v.s.Outcome != session.WrittenOff {
		v.violate("promise 2: what was taken is charged", fmt.Sprintf("%v is not, %s", want, v.s.Outcome))
	}
}
