package run

import (
	"container/heap"
	"sync"
	"time"
)

// maxAlarms bounds the memory of alarms; what has none is found by RunDue within its period.
const maxAlarms = 100_000

// alarms wakes somebody up when effects fall due. It is safe for concurrent use.
type alarms struct {
	mu    sync.Mutex // guards queue and timer
	queue alarmQueue
	wake  chan struct{} // holds one token when the nearest alarm has changed
}

// alarm is one effect's due time. Alarms are not taken back: one that was overtaken finds its
// attempt gone.
type alarm struct {
	at     time.Time
	effect Effect
}

func newAlarms() *alarms { return &alarms{wake: make(chan struct{}, 1)} }

// set adds an alarm.
func (a *alarms) set(e Effect) {
	a.mu.Lock()
	full := len(a.queue) >= maxAlarms
	if !full {
		heap.Push(&a.queue, alarm{at: e.Due.Time(), effect: e})
	}
	nearest := !full && a.queue[0].effect.ID == e.ID
	a.mu.Unlock()
	if nearest {
		select {
		case a.wake <- struct{}{}:
		default: // somebody is about to look anyway
		}
	}
}

// due removes and returns the effects whose time has come, and how long to sleep until the next.
func (a *alarms) due(now time.Time) ([]Effect, time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []Effect
	for len(a.queue) > 0 && !a.queue[0].at.After(now) {
		out = append(out, a.queue[0].effect)
		heap.Pop(&a.queue)
	}
	if len(a.queue) == 0 {
		return out, time.Hour
	}
	return out, a.queue[0].at.Sub(now)
}

type alarmQueue []alarm

func (q alarmQueue) Len() int           { return len(q) }
func (q alarmQueue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q alarmQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push implements heap.Interface.
func (q *alarmQueue) Push(x any) {
	if a, ok := x.(alarm); ok { // it is: set alone pushes
		*q = append(*q, a)
	}
}

// Pop implements heap.Interface.
func (q *alarmQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
