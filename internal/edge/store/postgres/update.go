package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"larder"
	"larder/internal/edge/store"
)

const (
	// tries bounds how often one operation is run. With the pauses it lasts some two seconds.
	tries = 25
	// firstPause and lastPause bound the mean pause before a try; each is drawn from its half to one and
	// a half, so that two that collided do not meet again.
	firstPause = time.Millisecond
	lastPause  = 100 * time.Millisecond
)

// Update implements [larder.Transactor]. Beside what fn returns, errors are an [*store.EngineError]:
// [store.Retryable] where nothing happened and trying again may work, of trouble
// [store.TroubleUnknown] where the outcome is not known. A panic of fn undoes the operation and goes on
// in this goroutine.
func (d *DB) Update(ctx context.Context, fn func(larder.Tx) error) error {
	store.MustBeOutside("Update")
	leave, err := d.gate.enter()
	if err != nil {
		return err
	}
	defer leave()
	end, err := d.attempt(ctx, fn)
	if end == endRepeat {
		end, err = d.again(ctx, fn, err)
	}
	d.metrics.operation(end)
	return err
}

// again repeats an operation that another one was in the way of, one operation at a time: what collides
// on a row would otherwise go on colliding.
func (d *DB) again(ctx context.Context, fn func(larder.Tx) error, err error) (ending, error) {
	select {
	case <-d.repeat:
		defer func() { d.repeat <- struct{}{} }()
	case <-ctx.Done():
		return endSkipped, canceled(ctx)
	}
	pause := firstPause
	for range tries - 1 {
		d.metrics.repeat(err)
		if !wait(ctx, pause/2+rand.N(pause)) { //nolint:gosec // spreads load, keeps no secret
			return endSkipped, canceled(ctx)
		}
		pause = min(2*pause, lastPause)
		var end ending
		if end, err = d.attempt(ctx, fn); end != endRepeat {
			return end, err
		}
	}
	return endFailed, err
}

// canceled is what a caller gets whose context ended before its transaction began.
func canceled(ctx context.Context) error {
	return fmt.Errorf("store: canceled before the transaction began: %w", ctx.Err())
}

// wait is false if ctx ended first.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// attempt runs fn once in one transaction.
func (d *DB) attempt(ctx context.Context, fn func(larder.Tx) error) (ending, error) {
	if ctx.Err() != nil {
		return endSkipped, canceled(ctx)
	}
	l, err := d.pool.take(ctx)
	if err != nil {
		return endFailed, err
	}
	// Not the caller's context: what has begun ends by itself, and soon.
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
	defer cancel()
	defer l.give()
	s := &session{lease: l, ctx: within, metrics: d.metrics}
	if err := l.control(within, l.pool.begin); err != nil {
		return s.broken(err)
	}
	o := &operation{session: s, tx: store.NewTx(d.clock(), s)}
	end, err := o.finish(o.run(fn))
	if end == endCommitted {
		d.ring(o.tx)
	}
	return end, err
}

// operation is one run of one closure.
type operation struct {
	*session
	tx *store.Tx
}

// run runs the closure. If it does not return, the transaction is undone and the caller goes on
// unwinding.
func (o *operation) run(fn func(larder.Tx) error) (err error) {
	returned := false
	defer func() {
		o.tx.End()
		o.closeRows()
		if !returned {
			o.lease.rollback(o.ctx)
			o.metrics.operation(endRefused)
		}
	}()
	store.Inside(func() { err = fn(o.tx) })
	returned = true
	return err
}

// finish ends the transaction after a closure that returned err.
func (o *operation) finish(err error) (ending, error) {
	status := o.lease.status()
	if err == nil && status == statusOpen {
		return o.commit()
	}
	defer o.lease.rollback(o.ctx)
	switch {
	case collided(o.cause):
		return endRepeat, store.Translate(o.cause)
	case collided(err): // while rows were being read
		return endRepeat, store.Translate(err)
	case status == statusGone:
		return o.broken(first(o.cause, err))
	case err == nil: // the closure swallowed a failure
		err = o.lost()
	}
	return endRefused, store.Translate(err)
}

// broken tells of a connection that broke before the commit. The server undoes what was begun.
func (s *session) broken(err error) (ending, error) {
	s.lease.suspect = true
	failure := unreachable(err)
	if store.TroubleOf(failure) == store.TroubleUnreachable {
		failure = store.Fail(store.TroubleLost, err)
	}
	if s.ctx.Err() != nil || !store.Retryable(failure) {
		return endFailed, failure
	}
	return endRepeat, failure
}

// commit is the one moment whose outcome can be unknown.
func (o *operation) commit() (ending, error) {
	start := time.Now()
	err := o.lease.control(o.ctx, "COMMIT")
	if err == nil {
		o.metrics.commit(time.Since(start))
		return endCommitted, nil
	}
	o.lease.suspect = true
	switch {
	case collided(err):
		return endRepeat, store.Translate(err)
	case refused(err):
		return endFailed, store.Translate(err)
	}
	// driver.ErrBadConn is no exception: the driver says it of a COMMIT whose answer it could not read, though
	// database/sql understands by it that nothing was sent.
	return endFailed, store.Fail(store.TroubleUnknown, err)
}

// ring calls what a durable transaction asked for, as if inside it: bells open no transactions. One that
// panics is a mistake of its room, and no reason to tell its caller that nothing happened.
func (d *DB) ring(tx *store.Tx) {
	for _, bell := range tx.Bells() {
		func() {
			defer func() {
				if p := recover(); p != nil {
					d.metrics.bellPanic()
					d.log.Error("a function given to AfterCommit panicked", "panic", p)
				}
			}()
			store.Inside(bell)
		}()
	}
}

// first returns the first error that is one.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
