package larder

import (
	"context"
	"time"
)

// Tx is one open transaction. Rooms hand it on and never look inside; only the store does.
type Tx interface {
	// Now is the one moment of the transaction, in UTC, with milliseconds.
	Now() time.Time
	// AfterCommit has fn called once, after the transaction is durable and before Update returns to
	// its caller; never if it fails. fn rings bells: it is quick, opens no transaction and does not
	// block. In a View it is never called.
	AfterCommit(fn func())
	larderTx()
}

// TxMark makes a type of the store a [Tx]; nobody else embeds it.
type TxMark struct{}

func (TxMark) larderTx() {}

// Transactor opens transactions.
//
// Update runs fn in a transaction that writes. When it returns nil, everything fn did is durable;
// when it returns an error, nothing of it happened — except that a caller whose ctx ended gets the
// context's error and must treat the outcome as unknown. fn may run more than once, so it touches
// only the transaction and its own locals; it makes no network call; a nested Update panics.
//
// View runs fn in a transaction that only reads, and ends within a second.
type Transactor interface {
	Update(ctx context.Context, fn func(Tx) error) error
	View(ctx context.Context, fn func(Tx) error) error
}
