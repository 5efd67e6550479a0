package kernel

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"
)

// Kernel is one simulated time. It belongs to the goroutine that calls [Kernel.Run]; everything that
// is called during Run may use it too, because it runs alone.
type Kernel struct {
	now    time.Time
	chance *rand.Rand
	queue  agenda
	filed  uint64 // events so far
	stop   bool

	running *task         // who has the baton; nil: the kernel
	back    chan struct{} // the baton comes back here
	dying   []*Life       // killed by one of their own tasks; buried before anything else happens

	panicked error
	steps    int64
}

// New returns a kernel whose time begins at start; chance decides what comes first within a moment.
func New(start time.Time, chance *rand.Rand) *Kernel {
	return &Kernel{now: start, chance: chance, back: make(chan struct{})}
}

// Now is the present moment.
func (k *Kernel) Now() time.Time { return k.now }

// Steps is how many events have happened.
func (k *Kernel) Steps() int64 { return k.steps }

// Timer is something that will happen.
type Timer struct{ e *event }

// Stop keeps it from happening; a timer that has fired, and the zero Timer, are left alone.
func (t Timer) Stop() {
	if t.e != nil {
		t.e.do = nil
	}
}

// At has fn called at a moment, or now if that has passed. fn must not wait; what waits is a task.
func (k *Kernel) At(at time.Time, fn func()) Timer {
	if at.Before(k.now) {
		at = k.now
	}
	k.filed++
	e := &event{at: at.UnixNano(), tie: k.chance.Uint32(), filed: k.filed, do: fn}
	heap.Push(&k.queue, e)
	return Timer{e}
}

// After has fn called when d has passed.
func (k *Kernel) After(d time.Duration, fn func()) Timer { return k.At(k.now.Add(d), fn) }

// Halt makes Run return after the present event.
func (k *Kernel) Halt() { k.stop = true }

// Run lets things happen until a moment, until nothing is left to happen, or until [Kernel.Halt]. The
// time is then that of the last event, or the moment. The error tells of a task that panicked.
func (k *Kernel) Run(until time.Time) error {
	k.stop = false
	for !k.stop && k.panicked == nil {
		if len(k.queue) == 0 || k.queue[0].at > until.UnixNano() {
			if k.now.Before(until) {
				k.now = until
			}
			break
		}
		e, _ := heap.Pop(&k.queue).(*event) // it is: At alone pushes
		if e.do == nil {
			continue
		}
		do := e.do
		e.do = nil
		if at := time.Unix(0, e.at).UTC(); at.After(k.now) {
			k.now = at
		}
		k.steps++
		do()
		k.bury()
	}
	return k.panicked
}

// bury ends the tasks of lives that were killed by one of their own.
func (k *Kernel) bury() {
	for len(k.dying) > 0 {
		l := k.dying[0]
		k.dying = k.dying[1:]
		l.bury()
	}
}

// survive notes a panic; the simulation cannot go on.
func (k *Kernel) survive(p any) {
	if k.panicked == nil {
		k.panicked = fmt.Errorf("panic: %v\n%s", p, debug.Stack()) //nolint:err113 // ends in a report
	}
}
