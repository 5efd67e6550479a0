package run

import (
	"container/heap"
	"sync"
	"time"

	"larder"
)

// maxAlarms bounds the memory of alarms; what has none is found by RunDue within its period.
const maxAlarms = 100_000

// alarms wakes somebody up when effects fall due: one alarm an effect, the one that was set last.
// It is safe for concurrent use.
type alarms struct {
	mu    sync.Mutex // guards queue and of
	queue alarmQueue
	of    map[alarmKey]*alarm
	wake  Signal // set when the nearest alarm has changed
}

// alarmKey is what there is one effect of.
type alarmKey struct {
	org  larder.OrgID
	kind string
	key  int64
}

func keyOf(e Effect) alarmKey { return alarmKey{e.Org, e.Kind, e.Key} }

// alarm is one effect's due time, and where it stands in the queue.
type alarm struct {
	at     time.Time
	effect Effect
	place  int
}

func newAlarms(wake Signal) *alarms {
	return &alarms{of: make(map[alarmKey]*alarm), wake: wake}
}

// set puts the effect's alarm to its due time. Transactions ring in the order of their commits, but
// their bells may overtake each other: an alarm of an earlier attempt changes nothing.
func (a *alarms) set(e Effect) {
	a.mu.Lock()
	known := a.of[keyOf(e)]
	switch {
	case known != nil && known.effect.Attempt > e.Attempt:
	case known != nil:
		known.at, known.effect = e.Due.Time(), e
		heap.Fix(&a.queue, known.place)
	case len(a.queue) < maxAlarms:
		added := &alarm{at: e.Due.Time(), effect: e}
		a.of[keyOf(e)] = added
		heap.Push(&a.queue, added)
	}
	nearest := len(a.queue) > 0 && a.queue[0].effect.ID == e.ID
	a.mu.Unlock()
	if nearest {
		a.wake.Set()
	}
}

// drop takes the effect's alarm away.
func (a *alarms) drop(id alarmKey) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if known := a.of[id]; known != nil {
		heap.Remove(&a.queue, known.place)
		delete(a.of, id)
	}
}

// due removes and returns the effects whose time has come, and how long to sleep until the next.
func (a *alarms) due(now time.Time) ([]Effect, time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []Effect
	for len(a.queue) > 0 && !a.queue[0].at.After(now) {
		e := a.queue[0].effect
		heap.Pop(&a.queue)
		delete(a.of, keyOf(e))
		out = append(out, e)
	}
	if len(a.queue) == 0 {
		return out, time.Hour
	}
	return out, a.queue[0].at.Sub(now)
}

type alarmQueue []*alarm

func (q alarmQueue) Len() int           { return len(q) }
func (q alarmQueue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q alarmQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

// Push implements heap.Interface.
func (q *alarmQueue) Push(x any) {
	if a, ok := x.(*alarm); ok { // it is: set alone pushes
		a.place = len(*q)
		*q = append(*q, a)
	}
}

// Pop implements heap.Interface.
func (q *alarmQueue) Pop() any {
	end := len(*q) - 1
	last := (*q)[end]
	(*q)[end] = nil
	*q = (*q)[:end]
	return last
}
