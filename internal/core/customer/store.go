package customer

import (
	"context"

	"larder"
)

// Store keeps what this room owns. Every method works inside tx; a missing row is an error of code
// not_found, a broken unique key one of code conflict.
type Store interface {
	// AddCustomer keeps a new customer of the platform.
	AddCustomer(ctx context.Context, tx larder.Tx, id larder.CustomerID, at larder.Millis) error
	// AddIdentity keeps whom a provider knows a customer as; conflict if that is somebody already.
	AddIdentity(ctx context.Context, tx larder.Tx, provider, payer string, id larder.CustomerID) error
	// ByIdentity finds the customer whom a provider knows as payer.
	ByIdentity(ctx context.Context, tx larder.Tx, provider, payer string) (larder.CustomerID, error)
	// Payer returns whom a provider knows a customer as.
	Payer(ctx context.Context, tx larder.Tx, id larder.CustomerID, provider string) (string, error)
}

// IdentityProvider tells who is behind a login code that a provider gave to a phone.
type IdentityProvider interface {
	// Identify exchanges a one-time code for the provider's lasting name of the payer. The error is of
	// code wrong_credentials for a code that is wrong, used or old, provider_trouble if it is not known.
	Identify(ctx context.Context, code string) (payer string, err error)
}

// Accounts opens money accounts.
type Accounts interface {
	// OpenTx opens the account of a kind for its owner inside the caller's transaction.
	OpenTx(ctx context.Context, tx larder.Tx, org larder.OrgID, kind string, owner int64) (larder.AccountID, error)
}

// Logins issues sign-ins.
type Logins interface {
	// IssueTx returns a fresh token that signs actor in, and when it expires.
	IssueTx(ctx context.Context, tx larder.Tx, actor larder.Actor) (token string, expires larder.Millis, err error)
}
