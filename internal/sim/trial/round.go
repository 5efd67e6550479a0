package trial

import (
	"context"
	"time"

	"larder/internal/core/care"
	"larder/internal/sim/cabinet"
	"larder/internal/sim/fault"
	"larder/internal/sim/history"
)

const (
	roundSessions = 1000 // then everything heals, and every row is audited
	roundMachines = 16
	healTime      = 15 * time.Minute // T2: everything has ended so long after the last fault
	glance        = 2 * time.Second  // how often it is looked whether a phase is over
)

// round lets so many sessions go through a phase of faults and a phase of healing, and audits them.
func (w *world) round(ctx context.Context, number, sessions int) error {
	began := w.kernel.Now()
	w.target = w.started + sessions
	w.faults.Rest(false)
	if err := w.place(ctx, number); err != nil {
		return err
	}
	w.say(history.About{}, "round %d", number)
	if w.platform == nil {
		w.boot()
	}
	for _, m := range w.machines {
		m.poke()
		w.town.Go(func() { w.queue(m) })
	}
	w.town.Go(w.clerk)
	if err := w.until(24*time.Hour, func() bool { return w.started >= w.target && w.busy == 0 }); err != nil {
		return err
	}
	w.heal()
	err := w.until(healTime, w.books.quiet)
	if err != nil {
		return err
	}
	w.deviceTime += w.kernel.Now().Sub(began) * time.Duration(len(w.machines))
	return w.books.close(ctx)
}

// place puts fresh cabinets where people pass, and takes the former ones away.
func (w *world) place(ctx context.Context, number int) error {
	for _, m := range w.machines {
		m.remove()
	}
	w.machines = w.machines[:0]
	office, err := w.newPlatform(w.db)
	if err != nil {
		return err
	}
	for i := range roundMachines {
		m, err := w.addMachine(ctx, office, number*roundMachines+i+1)
		if err != nil {
			return err
		}
		w.machines = append(w.machines, m)
	}
	return nil
}

// until runs the world until done, at most so long.
func (w *world) until(most time.Duration, done func() bool) error {
	end := w.kernel.Now().Add(most)
	for w.kernel.Now().Before(end) && !done() {
		if err := w.kernel.Run(w.kernel.Now().Add(glance)); err != nil {
			w.books.violate(history.About{}, "no panic", err.Error())
			return err
		}
		if w.failed != nil {
			return w.failed
		}
	}
	return nil
}

// heal ends all faults: from now on everything must come to its end.
func (w *world) heal() {
	w.faults.Rest(true)
	w.say(history.About{}, "everything heals")
	for _, m := range w.machines {
		m.misbehave(cabinet.Misbehavior{})
		m.reconnect()
		held := m.weather.held
		m.weather = weather{}
		for _, h := range held {
			w.kernel.After(w.between(0, time.Second), h.arrive)
		}
		m.poke()
	}
}

// queue is the people before one machine, one after the other, while sessions are wanted.
func (w *world) queue(m *machine) {
	for w.started < w.target && !m.gone {
		w.sleep(w.between(200*time.Millisecond, 12*time.Second))
		if w.started >= w.target {
			return
		}
		w.mischief(m)
		first := w.idle()
		if first == nil {
			continue
		}
		two := w.faults.Draw(fault.TwoScan) && w.rival(m, w.between(0, 5*time.Millisecond))
		if w.chance.IntN(10) == 0 { // somebody who does not see that the door is taken
			w.rival(m, w.between(time.Second, 40*time.Second))
		}
		(&errand{shopper: first, m: m, twin: two}).run()
	}
}

// rival scans the same door after a while: at the same moment (X5), or in the middle of a visit.
func (w *world) rival(m *machine, after time.Duration) bool {
	other := w.idle()
	if other == nil {
		return false
	}
	w.town.Go(func() {
		w.sleep(after)
		(&errand{shopper: other, m: m, twin: after <= 5*time.Millisecond}).run()
	})
	return true
}

// idle picks somebody who is not on an errand.
func (w *world) idle() *shopper {
	from := w.chance.IntN(len(w.crowd))
	for i := range w.crowd {
		s := w.crowd[(from+i)%len(w.crowd)]
		if !s.away {
			s.away = true
			w.busy++
			return s
		}
	}
	return nil
}

// mischief is what happens at a machine while nobody shops.
func (w *world) mischief(m *machine) {
	if w.faults.Draw(fault.NoSession) && m.released == 0 {
		if m.ForceDoor() == nil {
			m.poke()
			w.sleep(w.between(2*time.Second, 5*time.Second))
			_ = m.CloseDoor() // it was just forced open
			m.poke()
			w.sleep(2 * time.Second)
			w.faults.Fired(fault.NoSession)
		}
	}
	if w.faults.Draw(fault.WrongClock) {
		m.setClock(w.between(0, 24*time.Hour), 0.02*w.chance.Float64())
		w.faults.Fired(fault.WrongClock)
		w.sleep(w.between(5*time.Second, 8*time.Second))
	}
}

// clerk decides cases, most of them soon, by what a camera would have shown.
func (w *world) clerk() {
	for w.started < w.target || !w.books.settled {
		w.sleep(w.between(5*time.Second, 40*time.Second))
		var cases []care.Case
		err := w.ask(func(ctx context.Context, p *platform) (err error) {
			cases, err = p.cases.List(ctx, w.support, care.Open, 50)
			return err
		})
		for _, c := range cases {
			if err != nil || (!w.faults.Resting() && w.chance.IntN(3) == 0) {
				continue
			}
			w.decide(c)
		}
	}
}

func (w *world) decide(c care.Case) {
	d := care.Decision{Note: "seen", Key: "case-" + c.ID.String()}
	if c.Cause.Decides() {
		lines, known := w.books.truth(c.Session)
		if !known && !w.faults.Resting() {
			return // the shopper is still there
		}
		d.Lines, d.Charge = lines, len(lines) > 0
	}
	err := w.ask(func(ctx context.Context, p *platform) error {
		_, err := p.cases.Decide(ctx, w.support, c.ID, d)
		return err
	})
	w.say(of(c.Session, c.Cabinet), "the clerk decides case %s (%s): %d lines, %v", c.ID, c.Cause, len(d.Lines), err)
}
