package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"larder"
	"larder/internal/core/visit"
)

// Figures of the engine.
const (
	sweepEvery  = time.Second // how late an effect without an alarm may be noticed
	armAtStart  = 10_000      // timers that get an alarm at start
	recordTries = 3           // tries to record a result before the effect is left to a later attempt
)

// Engine is the one to-do list of a process. Each kind has tries of its own and a line of its own before
// them: one whose other side hangs holds up no other.
//
// Goroutines: Run owns one for alarms and one for sweeps; each try has one. Locks: mu guards
// what follows it and the desks, and is never held while anything is called.
type Engine struct {
	db       larder.Transactor
	store    Store
	ids      larder.IDSource
	observer Observer
	time     Scheduler
	alarms   *alarms
	cases    visit.CaseOpener // nil: nobody is told what cannot be done
	fence    int64            // what rows call this process
	alone    bool             // no other process does effects of this database

	kinds map[string]*desk // set before Run
	mu    sync.Mutex
	busy  map[larder.EffectID]bool // tries under way in this process
	early []Effect                 // added while nobody ran the engine
	stage stage
	base  context.Context // of tries
	tries *crew
}

// stage is how far the life of an engine has come.
type stage int

const (
	idle    stage = iota // effects are kept for Run or RunDue
	running              // tries begin at once
	stopped              // what is added is for the next process
)

// maxEarly bounds the memory of effects that nobody runs; what has no place waits for its lease.
const maxEarly = 10_000

// NewEngine returns an engine without kinds; see [Engine.Handle].
func NewEngine(db larder.Transactor, store Store, ids larder.IDSource, s Scheduler, o Observer) *Engine {
	return &Engine{
		db: db, store: store, ids: ids, observer: o, time: s, alarms: newAlarms(s.NewSignal()), tries: newCrew(s),
		kinds: make(map[string]*desk), busy: make(map[larder.EffectID]bool), fence: ids.Next(),
	}
}

// Alone says that no other process does effects of this database, as long as this one runs: an embedded
// file is locked by whoever uses it. What a former process was trying when it ended is then due at
// the start of Run, and not only when its lease is over. It is called before Run.
func (e *Engine) Alone() { e.alone = true }

// Handle says how a kind of effect is done. It is called before Run and before any effect is added.
func (e *Engine) Handle(kind string, k Kind) {
	e.kinds[kind] = &desk{Kind: k, wait: make(map[larder.EffectID]waiting)}
}

// Handles reports whether this process does effects of a kind; others are a newer process's.
func (e *Engine) Handles(kind string) bool { return e.kinds[kind] != nil }

// Tell names who opens a case for an effect that is given up or fails beyond its kind's patience. It
// is called before Run.
func (e *Engine) Tell(cases visit.CaseOpener) { e.cases = cases }

// AddTx writes an effect that this process tries at once after the commit. It is born due only
// after its kind's lease, so that nobody else tries it meanwhile; if this process dies, it is
// overdue then.
func (e *Engine) AddTx(ctx context.Context, tx larder.Tx, org larder.OrgID, kind string, key int64) error {
	k, ok := e.kinds[kind]
	if !ok {
		return fmt.Errorf("run: nobody does effects of kind %q", kind)
	}
	now := larder.MillisOf(tx.Now())
	ef := Effect{
		ID: larder.NewID[larder.EffectID](e.ids), Org: org, Kind: kind, Key: key, Attempt: 1,
		Due: now.Add(k.Lease), Created: now, Fence: e.fence,
	}
	added, err := e.store.AddEffect(ctx, tx, ef)
	if err != nil || !added {
		return err
	}
	tx.AfterCommit(func() { e.first(ef) })
	return nil
}

// first tries an effect for the first time, or keeps it until somebody runs the engine.
func (e *Engine) first(ef Effect) {
	e.mu.Lock()
	wait := e.stage == idle
	if wait && len(e.early) < maxEarly {
		e.early = append(e.early, ef)
	}
	e.mu.Unlock()
	if !wait {
		e.begin(ef, 0)
	}
}

// takeEarly returns what was added while nobody ran the engine.
func (e *Engine) takeEarly() []Effect {
	e.mu.Lock()
	defer e.mu.Unlock()
	early := e.early
	e.early = nil
	return early
}

// TimerTx sets the timer of kind and key to due, or stops it where due is 0.
func (e *Engine) TimerTx(ctx context.Context, tx larder.Tx, org larder.OrgID, kind string, key int64, due larder.Millis) error {
	if due == 0 {
		tx.AfterCommit(func() { e.alarms.drop(alarmKey{org, kind, key}) })
		return e.store.StopTimer(ctx, tx, org, kind, key)
	}
	if _, ok := e.kinds[kind]; !ok {
		return fmt.Errorf("run: nobody does timers of kind %q", kind)
	}
	ef := Effect{
		ID: larder.NewID[larder.EffectID](e.ids), Org: org, Kind: kind, Key: key,
		Due: due, Created: larder.MillisOf(tx.Now()),
	}
	ef, err := e.store.SetTimer(ctx, tx, ef)
	if err != nil {
		return err
	}
	tx.AfterCommit(func() { e.alarms.set(ef) })
	return nil
}

// Run does what falls due until ctx ends, then waits for the tries under way; their context ends
// with grace, which the caller cancels when it will wait no longer.
func (e *Engine) Run(ctx, grace context.Context) error {
	if e.alone {
		if err := e.Recover(ctx); err != nil {
			return fmt.Errorf("run: effects of a former process: %w", err)
		}
	}
	e.mu.Lock()
	e.base, e.stage = grace, running
	e.mu.Unlock()
	// Before any try: one that is under way would get an alarm for the end of its lease.
	if err := e.arm(ctx); err != nil {
		return fmt.Errorf("run: timers could not be read: %w", err)
	}
	for _, ef := range e.takeEarly() {
		e.begin(ef, e.late(ef))
	}
	e.sweep(ctx)
	for swept := e.time.Now(); ctx.Err() == nil; {
		due, sleep := e.alarms.due(e.time.Now())
		for _, ef := range due {
			e.begin(ef, e.late(ef))
		}
		e.alarms.wake.Wait(ctx, min(sleep, swept.Add(sweepEvery).Sub(e.time.Now())))
		if now := e.time.Now(); ctx.Err() == nil && now.Sub(swept) >= sweepEvery {
			swept = now
			e.sweep(ctx)
		}
	}
	e.mu.Lock()
	e.stage = stopped
	e.mu.Unlock()
	e.tries.wait()
	return nil
}

// Recover makes due now what former processes were trying when they ended. Whoever calls it knows that
// they have: see [Engine.Alone].
func (e *Engine) Recover(ctx context.Context) error {
	return e.db.Update(ctx, func(tx larder.Tx) error { return e.store.FreeEffects(ctx, tx, e.fence) })
}

// arm sets alarms for the timers that a former process left behind.
func (e *Engine) arm(ctx context.Context) error {
	return e.db.View(ctx, func(tx larder.Tx) error {
		next, err := e.store.NextEffects(ctx, tx, larder.MillisOf(e.time.Now()), armAtStart)
		for _, ef := range next {
			e.alarms.set(ef)
		}
		return err
	})
}

func (e *Engine) sweep(ctx context.Context) {
	due, err := e.overdue(ctx, larder.MillisOf(e.time.Now()), maxTries)
	if err != nil && ctx.Err() == nil {
		e.observer.EffectFailed(Effect{Kind: "sweep"}, err)
	}
	for _, ef := range due {
		e.begin(ef, e.late(ef))
	}
}

// overdue returns effects of the kinds that this process does, at most n of each, the most overdue
// first. Those of a newer process are left for it.
func (e *Engine) overdue(ctx context.Context, now larder.Millis, n int) (due []Effect, err error) {
	err = e.db.View(ctx, func(tx larder.Tx) (err error) {
		due, err = e.store.DueEffects(ctx, tx, now, n)
		return err
	})
	return slices.DeleteFunc(due, func(ef Effect) bool { return e.kinds[ef.Kind] == nil }), err
}

func (e *Engine) late(ef Effect) time.Duration { return max(e.time.Now().Sub(ef.Due.Time()), 0) }

// RunDue tries, one after the other, what this process has added since and then at most n effects that
// are due at now, and returns how many it tried. It is the whole engine for whoever has no goroutines:
// a simulator, a test.
func (e *Engine) RunDue(ctx context.Context, now larder.Millis, n int) (int, error) {
	early := e.takeEarly()
	for _, ef := range early {
		e.attempt(ctx, ef, e.late(ef))
	}
	due, err := e.overdue(ctx, now, n)
	if err != nil {
		return len(early), err
	}
	due = due[:min(len(due), max(n, 0))]
	for _, ef := range due {
		e.attempt(ctx, ef, e.late(ef))
	}
	return len(early) + len(due), nil
}

// attempt claims an effect unless it is in its first attempt still, tries it and records the result.
func (e *Engine) attempt(ctx context.Context, ef Effect, late time.Duration) {
	b, ok := e.kinds[ef.Kind]
	if !ok {
		return
	}
	k := b.Kind
	if ef.Due <= larder.MillisOf(e.time.Now()) {
		claimed, err := e.claim(ctx, &ef, k)
		if err != nil || !claimed {
			e.report(ef, "stale", late, err)
			return
		}
	}
	apply, err := e.try(ctx, k, ef)
	outcome := "done"
	if err != nil {
		outcome, err = e.postpone(ctx, ef, k, err)
	} else {
		var stale bool
		stale, err = e.record(ctx, ef, apply)
		if stale {
			outcome = "stale"
		}
		if err != nil && k.tells(ef.Attempt) {
			told := e.db.Update(ctx, func(tx larder.Tx) error { return e.tellTx(ctx, tx, ef, err.Error()) })
			err = errors.Join(err, told)
		}
	}
	e.report(ef, outcome, late, err)
}

// try keeps a panic of a handler from ending the process: it is a failure of this effect alone.
func (e *Engine) try(ctx context.Context, k Kind, ef Effect) (apply Apply, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("run: panic in %s: %v", ef.Kind, p)
		}
	}()
	ctx, cancel := e.time.WithTimeout(ctx, k.Lease)
	defer cancel()
	return k.Handler.Try(ctx, ef)
}

func (e *Engine) report(ef Effect, outcome string, late time.Duration, err error) {
	if err != nil {
		if outcome == "done" || outcome == "stale" {
			outcome = "error"
		}
		e.observer.EffectFailed(ef, err)
	}
	e.observer.EffectRan(ef.Kind, outcome, late)
}

func (e *Engine) claim(ctx context.Context, ef *Effect, k Kind) (claimed bool, err error) {
	until := larder.MillisOf(e.time.Now()).Add(k.Lease)
	ef.Fence = e.fence
	err = e.db.Update(ctx, func(tx larder.Tx) (err error) {
		claimed, err = e.store.ClaimEffect(ctx, tx, *ef, until)
		return err
	})
	if claimed {
		ef.Attempt++
	}
	return claimed, err
}

// record ends the effect and applies its result, in one transaction. A result that cannot be applied
// leaves the effect pending: it is tried again after its lease.
func (e *Engine) record(ctx context.Context, ef Effect, apply Apply) (stale bool, err error) {
	for range recordTries {
		err = e.db.Update(ctx, func(tx larder.Tx) error {
			ended, err := e.store.EndEffect(ctx, tx, ef, Done, "")
			stale = !ended
			if err != nil || stale || apply == nil {
				return err
			}
			return apply(ctx, tx)
		})
		if larder.CodeOf(err) != larder.CodeConflict {
			return stale, err
		}
	}
	return stale, err
}

// postpone keeps a failed effect for later, or gives it up and asks for a person.
func (e *Engine) postpone(ctx context.Context, ef Effect, k Kind, why error) (outcome string, err error) {
	pause, outcome, tells := k.backoff(ef.Attempt), "failed", k.tells(ef.Attempt)
	if again, ok := errors.AsType[Again](why); ok {
		pause, outcome, why, tells = max(again.After, 10*time.Millisecond), "again", nil, false
	} else if k.Max > 0 && ef.Attempt >= k.Max {
		outcome, tells = "dead", true
	}
	ef.Due = larder.MillisOf(e.time.Now()).Add(pause)
	text := ""
	if why != nil {
		text = why.Error()
	}
	err = e.db.Update(ctx, func(tx larder.Tx) error {
		var ours bool
		var err error
		if outcome == "dead" {
			ours, err = e.store.EndEffect(ctx, tx, ef, Dead, text)
		} else if ours, err = e.store.PostponeEffect(ctx, tx, ef, ef.Due, text); ours {
			tx.AfterCommit(func() { e.alarms.set(ef) })
		}
		if err != nil || !ours || !tells {
			return err
		}
		return e.tellTx(ctx, tx, ef, text)
	})
	return outcome, errors.Join(why, err)
}

// tellTx asks for a person because of an effect that does not get done.
func (e *Engine) tellTx(ctx context.Context, tx larder.Tx, ef Effect, why string) error {
	if e.cases == nil {
		return nil
	}
	return e.cases.OpenTx(ctx, tx, visit.NewCase{
		Org: ef.Org, Cause: visit.CauseStuck, Subject: int64(ef.ID),
		Detail: map[string]any{
			"kind": ef.Kind, "key": strconv.FormatInt(ef.Key, 10), "effect_id": ef.ID.String(),
			"attempts": ef.Attempt, "created_ms": int64(ef.Created), "why": clip(why),
		},
	})
}

// maxWhy is how many bytes of an error's text a case keeps.
const maxWhy = 500

func clip(text string) string {
	if len(text) <= maxWhy {
		return text
	}
	return strings.ToValidUTF8(text[:maxWhy], "")
}
