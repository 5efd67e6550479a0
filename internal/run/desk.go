package run

import (
	"context"
	"time"

	"larder"
)

// Bounds of each kind of effect.
const (
	maxTries = 256   // tries under way at once
	maxLine  = 4_096 // effects that wait for one of them to end; more wait for their lease and a sweep
)

// desk is where one kind of effect is done: so many tries at once, and a line of those that wait for
// one to end, the first who came first. Engine.mu guards it.
type desk struct {
	Kind
	trying int
	line   []larder.EffectID // in order of arrival; what they are is in waiting
	wait   map[larder.EffectID]waiting
}

// waiting is an effect in line.
type waiting struct {
	Effect
	late  time.Duration // when it came
	since time.Time
}

// turn is an effect whose try begins now.
type turn struct {
	Effect
	late time.Duration
}

// begin tries an effect in a goroutine of its own, or gives it a place in line. One that finds none,
// or a process that is stopping or not yet running, stays pending until a sweep.
func (e *Engine) begin(ef Effect, late time.Duration) {
	b, ok := e.kinds[ef.Kind]
	if !ok {
		return // of a newer process: left for it
	}
	if !e.place(b, waiting{ef, late, e.time.Now()}) {
		e.observer.Dropped("try")
	}
}

// place begins a try or queues it; false if there is no room.
func (e *Engine) place(b *desk, w waiting) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.stage != running || e.busy[w.ID]:
		return true // left for the next process, or for the sweep after the try that is under way
	case b.trying == maxTries:
		return b.queue(w)
	}
	b.trying++
	e.busy[w.ID] = true
	base := e.base
	e.tries.run(func() { e.work(base, b, turn{w.Effect, w.late}) })
	return true
}

// work tries an effect and then, one after the other, what stands in line.
func (e *Engine) work(ctx context.Context, b *desk, t turn) {
	for more := true; more; t, more = e.next(b, t.ID) {
		e.attempt(ctx, t.Effect, t.late)
	}
}

// next ends the turn of an effect and begins that of the first in line; false if there is none. Whoever
// has waited claims the effect anew, as if it were due: its lease has begun with its place in line, and
// is to last for the whole try.
func (e *Engine) next(b *desk, ended larder.EffectID) (turn, bool) {
	now := e.time.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.busy, ended)
	if len(b.line) == 0 || e.stage != running {
		b.trying--
		return turn{}, false
	}
	w := b.take()
	e.busy[w.ID] = true
	w.Due = min(w.Due, larder.MillisOf(now))
	return turn{w.Effect, w.late + now.Sub(w.since)}, true
}

// queue gives an effect a place in line; false if there is none. One that stands there already keeps its
// place, as what it was last set to.
func (b *desk) queue(w waiting) bool {
	known, again := b.wait[w.ID]
	switch {
	case again:
		if w.Attempt > known.Attempt {
			b.wait[w.ID] = w
		}
	case len(b.line) == maxLine:
		return false
	default:
		b.line = append(b.line, w.ID)
		b.wait[w.ID] = w
	}
	return true
}

// take removes the first in line.
func (b *desk) take() waiting {
	w := b.wait[b.line[0]]
	delete(b.wait, w.ID)
	if b.line = b.line[1:]; len(b.line) == 0 {
		b.line = nil // what was in it is let go
	}
	return w
}
