package rules

import (
	"slices"
	"time"

	"larder"
	"larder/internal/core/catalog"
	"larder/internal/core/order"
	"larder/internal/core/payment"
	"larder/internal/core/session"
	"larder/internal/sim/fault"
	"larder/internal/sim/history"
	"larder/internal/sim/kernel"
)

// ceiling is the most that one visit may cost; some take more.
const ceiling larder.Fen = 4000

// slots are what stands behind the door.
var slots = func() []catalog.Slot {
	prices := []larder.Fen{1290, 350, 1380, 720}
	all := make([]catalog.Slot, 0, len(prices))
	for i, price := range prices {
		n := larder.LaneID(i + 1)
		all = append(all, catalog.Slot{Lane: n, Price: price, Product: catalog.Product{ID: larder.ProductID(n), Name: "goods"}})
	}
	return all
}()

// visit is one visit: what the platform has of it, and what is true.
type visit struct {
	w     *world
	began time.Time

	// the rows
	s     session.Session
	p     payment.Payment
	bill  order.State
	lines []order.Line
	cases int                     // that wait for a person
	todo  map[string]*effect      // by kind
	kinds []string                // of todo, in the order in which they came
	rows  map[string]kernel.Timer // what only memory knows: alarms
	alive int                     // incarnation of the platform; what an earlier one had under way is lost

	// the world
	bank  bill
	lock  lock
	taken []session.Taken
	gone  bool // the shopper
}

// effect is something to be done in the world until it is.
type effect struct {
	try     func() bool // false: to be tried again
	attempt int
}

// lock is the cabinet's side of a door.
type lock struct {
	used     larder.CommandID // moved the lock
	released bool
	open     bool
	shut     bool
	since    time.Time
	stale    bool // its sensor says closed for some seconds (O1)
}

// bill is the bank's side of a payment.
type bill struct {
	state  payment.ProviderState
	amount larder.Fen
	taken  int
	silent bool
}

func newVisit(w *world) *visit {
	now := larder.MillisOf(w.kernel.Now())
	v := &visit{
		w: w, began: w.kernel.Now(), bill: order.Open, todo: make(map[string]*effect), rows: make(map[string]kernel.Timer),
		bank: bill{state: payment.ProviderNotFound, silent: w.faults.Draw(fault.NoCallback)},
	}
	v.s = session.Session{
		ID: larder.NewID[larder.SessionID](w.ids), Purpose: session.Purchase, State: session.Awaiting, DoorState: larder.DoorClosed,
		Created: now, Deadline: now.Add(w.windows.Ask), Version: 1, Number: 1,
	}
	v.p = payment.Payment{Session: v.s.ID, State: payment.Asking, Ceiling: ceiling, Created: now, Version: 1}
	return v
}

func (v *visit) now() larder.Millis { return larder.MillisOf(v.w.kernel.Now()) }

func (v *visit) say(text string) {
	v.w.history.Add(v.w.kernel.Now(), history.About{Session: int64(v.s.ID)}, text)
}

// after has fn called later by this incarnation of the platform; a restart forgets it.
func (v *visit) after(d time.Duration, fn func()) kernel.Timer {
	alive := v.alive
	return v.w.kernel.After(d, func() {
		if v.alive == alive {
			fn()
		}
	})
}

// begin is the accepted start.
func (v *visit) begin() {
	v.say("begins")
	v.arm()
	v.add("ask", v.ask)
	if v.w.faults.Enabled(fault.Restart) && v.w.chance.IntN(30) == 0 { // the catalog's rate is one for transactions
		v.w.kernel.After(v.w.between(0, time.Minute), v.restart)
	}
}

// restart ends everything that only memory knows, and goes on from the rows (B9).
func (v *visit) restart() {
	if v.over() {
		return
	}
	v.alive++
	v.w.faults.Fired(fault.Restart)
	v.say("the platform restarts")
	v.w.kernel.After(v.w.between(200*time.Millisecond, 4*time.Second), func() {
		v.arm()
		for _, kind := range slices.Clone(v.kinds) {
			if v.todo[kind] != nil {
				v.attempt(kind)
			}
		}
	})
}

// arm sets the alarm of the session's deadline.
func (v *visit) arm() {
	v.rows["deadline"].Stop()
	if v.s.Deadline == 0 {
		return
	}
	v.rows["deadline"] = v.after(max(v.s.Deadline.Time().Sub(v.w.kernel.Now()), 0), v.expire)
}

// expire lets the session know that its time is over, and what the door shows.
func (v *visit) expire() {
	if v.s.Deadline == 0 || v.now() < v.s.Deadline {
		v.arm()
		return
	}
	seen := session.Expired{Door: larder.DoorUnknown}
	if v.s.State == session.Opening {
		seen.Door, seen.Lanes = v.lock.door(), session.LanesUnchanged
		if v.lock.stale && v.w.kernel.Now().Sub(v.lock.since) < staleFor {
			seen.Door = larder.DoorClosed
		}
	}
	v.step(seen)
}

// staleFor is how long a stale sensor says that a door is closed, relocks how long a lock waits for a hand.
const (
	staleFor = 6 * time.Second
	relocks  = 15 * time.Second
)

func (l lock) door() larder.DoorState {
	switch {
	case l.open:
		return larder.DoorOpen
	case l.released:
		return larder.DoorOpening
	}
	return larder.DoorClosed
}

// add writes an effect and tries it.
func (v *visit) add(kind string, try func() bool) {
	if v.todo[kind] == nil {
		v.todo[kind] = &effect{try: try}
		v.kinds = append(v.kinds, kind)
		v.attempt(kind)
	}
}

// attempt tries an effect, and again later where that does not work.
func (v *visit) attempt(kind string) {
	v.after(v.w.between(30*time.Millisecond, 200*time.Millisecond), func() {
		e := v.todo[kind]
		if e == nil {
			return
		}
		e.attempt++
		if e.try() {
			delete(v.todo, kind)
			v.kinds = slices.DeleteFunc(v.kinds, func(k string) bool { return k == kind })
			return
		}
		v.after(time.Second<<min(e.attempt, 6), func() { v.attempt(kind) })
	})
}

// over reports whether nothing is left to do for the platform, and the shopper has gone.
func (v *visit) over() bool {
	settled := v.p.State == payment.Captured || v.p.State == payment.Released
	return v.s.State == session.Ended && settled && len(v.todo) == 0 && v.cases == 0 && (v.gone || !v.lock.released && !v.lock.open)
}

// stop forgets what may still come of this visit.
func (v *visit) stop() { v.alive++ }
