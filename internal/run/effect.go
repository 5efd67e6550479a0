package run

import (
	"context"
	"fmt"
	"time"

	"larder"
)

// Effect is one row of the to-do list: something to do in the world, or a moment to wait for.
type Effect struct {
	ID      larder.EffectID
	Org     larder.OrgID
	Kind    string
	Key     int64 // of what it is about; unique per organization and kind
	Attempt int64 // grows with every claim and every new setting; whoever ends the effect names it
	Fence   int64 // in a row that is written: the process that tries it now, 0 for nobody
	Due     larder.Millis
	Created larder.Millis
}

// EndState is how an effect ended.
type EndState string

// The ends of an effect.
const (
	Done EndState = "done"
	Dead EndState = "dead" // given up, waiting for a person
)

// Store keeps effects, inside the caller's transaction.
type Store interface {
	// AddEffect writes a pending effect in its first attempt; false if its kind and key are there.
	AddEffect(ctx context.Context, tx larder.Tx, e Effect) (bool, error)
	// SetTimer writes or moves the timer of e's kind and key and returns the row's id and attempt.
	SetTimer(ctx context.Context, tx larder.Tx, e Effect) (Effect, error)
	// StopTimer voids the pending timer of kind and key, if there is one.
	StopTimer(ctx context.Context, tx larder.Tx, org larder.OrgID, kind string, key int64) error
	// DueEffects returns pending effects with due times up to now, at most perKind of each kind, the
	// most overdue first.
	DueEffects(ctx context.Context, tx larder.Tx, now larder.Millis, perKind int) ([]Effect, error)
	// NextEffects returns pending effects with due times after now, the nearest first.
	NextEffects(ctx context.Context, tx larder.Tx, now larder.Millis, limit int) ([]Effect, error)
	// ClaimEffect takes e for one more attempt of process e.Fence until due; false if e's attempt is no
	// longer the row's.
	ClaimEffect(ctx context.Context, tx larder.Tx, e Effect, due larder.Millis) (bool, error)
	// PostponeEffect leaves e pending until due, tried by nobody; false as for ClaimEffect.
	PostponeEffect(ctx context.Context, tx larder.Tx, e Effect, due larder.Millis, why string) (bool, error)
	// EndEffect ends e; false as for ClaimEffect.
	EndEffect(ctx context.Context, tx larder.Tx, e Effect, state EndState, why string) (bool, error)
	// FreeEffects makes due now what processes other than mine are said to be trying.
	FreeEffects(ctx context.Context, tx larder.Tx, mine int64) error
}

// Apply records what a try has brought, in the transaction that ends the effect.
type Apply func(ctx context.Context, tx larder.Tx) error

// Handler does one kind of effect.
//
// Try does the work in the world, outside of any transaction, and may be repeated: the process may
// die after the work and before its result is recorded, so what it asks for carries a key that makes
// a repetition harmless. A nil Apply records nothing. An [Again] error asks for another try later
// and is no failure; any other error is, and is tried again with growing pauses until Max.
type Handler interface {
	Try(ctx context.Context, e Effect) (Apply, error)
}

// HandlerFunc makes a Handler of a function.
type HandlerFunc func(ctx context.Context, e Effect) (Apply, error)

// Try implements [Handler].
func (f HandlerFunc) Try(ctx context.Context, e Effect) (Apply, error) { return f(ctx, e) }

// Kind is how one kind of effect is done.
type Kind struct {
	Handler Handler
	Lease   time.Duration // longer than any try: then others may take an effect over
	Max     int64         // attempts before an effect is given up and waits for a person; 0: never

	// Patience is from which attempt on a failure is told to a person, while it is tried on; 0: never.
	// What is given up is always told. Every setting of a timer counts as an attempt.
	Patience int64
	Pause    time.Duration // the longest pause after a failure; 0: an hour
}

// Again asks for another try after a while; nothing failed.
type Again struct{ After time.Duration }

// Error says when.
func (a Again) Error() string { return fmt.Sprintf("again after %s", a.After) }

// backoff is the pause before the next attempt: 1 s, 2 s, 4 s … up to the kind's longest.
func (k Kind) backoff(attempt int64) time.Duration {
	longest := k.Pause
	if longest == 0 {
		longest = time.Hour
	}
	return min(time.Second<<min(max(attempt-1, 0), 12), longest)
}

// tells reports whether a failure of this attempt is told to a person.
func (k Kind) tells(attempt int64) bool { return k.Patience > 0 && attempt >= k.Patience }
