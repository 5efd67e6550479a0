package store

import (
	"context"

	"larder"
	"larder/internal/core/customer"
	"larder/internal/edge/store/sqlc"
)

// Customers keeps the rows of room customer. Customers and identities are the platform's.
type Customers struct{}

var _ customer.Store = Customers{}

// AddCustomer implements [customer.Store].
func (Customers) AddCustomer(ctx context.Context, tx larder.Tx, id larder.CustomerID, at larder.Millis) error {
	return sqlc.New(From(tx)).AddCustomer(ctx, sqlc.AddCustomerParams{ID: id, OrgID: larder.Platform, CreatedAt: at})
}

// AddIdentity implements [customer.Store].
func (Customers) AddIdentity(ctx context.Context, tx larder.Tx, provider, payer string, id larder.CustomerID) error {
	return sqlc.New(From(tx)).AddIdentity(ctx, sqlc.AddIdentityParams{
		OrgID: larder.Platform, Provider: provider, Payer: payer, CustomerID: id,
	})
}

// ByIdentity implements [customer.Store].
func (Customers) ByIdentity(ctx context.Context, tx larder.Tx, provider, payer string) (larder.CustomerID, error) {
	id, err := sqlc.New(From(tx)).CustomerByIdentity(ctx, sqlc.CustomerByIdentityParams{
		OrgID: larder.Platform, Provider: provider, Payer: payer,
	})
	return id, Translate(err)
}

// Payer implements [customer.Store].
func (Customers) Payer(ctx context.Context, tx larder.Tx, id larder.CustomerID, provider string) (string, error) {
	payer, err := sqlc.New(From(tx)).PayerOfCustomer(ctx, sqlc.PayerOfCustomerParams{
		CustomerID: id, Provider: provider, OrgID: larder.Platform,
	})
	return payer, Translate(err)
}
