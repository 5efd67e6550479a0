package payment

import (
	"context"

	"larder"
)

// Store keeps payments and providers' callbacks, inside the caller's transaction.
type Store interface {
	AddPayment(ctx context.Context, tx larder.Tx, p Payment) error

	// Payment reads one row; an error of code not_found if none.
	Payment(ctx context.Context, tx larder.Tx, id larder.PaymentID) (Payment, error)

	// SavePayment writes what changes where the row still has the version and is in state from;
	// false if it has moved on.
	SavePayment(ctx context.Context, tx larder.Tx, p Payment, from State, version int64) (bool, error)

	// AddNotice stores a callback; false if one with the provider's id is there already.
	AddNotice(ctx context.Context, tx larder.Tx, n StoredNotice) (bool, error)
}

// NoticeEffect is what came of a callback.
type NoticeEffect string

// What comes of a verified callback.
const (
	NoticeApplied  NoticeEffect = "applied"
	NoticeNoEffect NoticeEffect = "no_effect" // known already, older than what is known, or about no payment
)

// StoredNotice is a callback as it came and what came of it.
type StoredNotice struct {
	Provider string
	Org      larder.OrgID
	Notice   Notice
	Effect   NoticeEffect
	Body     []byte
	Arrived  larder.Millis
}
