package customer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"larder"
)

// AccountKind is the kind of the money account that every customer has.
const AccountKind = "customer_balance"

// Login is a sign-in that has just succeeded. Nobody can ask for its token again.
type Login struct {
	Token    string
	Expires  larder.Millis // when it ends by itself
	Customer larder.CustomerID
}

// LogValue leaves the token out.
func (l Login) LogValue() slog.Value {
	return slog.GroupValue(slog.String("customer_id", l.Customer.String()), slog.Int64("expires_ms", int64(l.Expires)))
}

// Deps is what the room works with.
type Deps struct {
	DB         larder.Transactor
	Store      Store
	IDs        larder.IDSource
	Identities map[string]IdentityProvider // by the provider's name
	Accounts   Accounts
	Logins     Logins
}

// Service answers for the room. It is safe for concurrent use.
type Service struct {
	db         larder.Transactor
	store      Store
	ids        larder.IDSource
	identities map[string]IdentityProvider
	accounts   Accounts
	logins     Logins
}

// New returns the room's service.
func New(d Deps) *Service {
	return &Service{
		db: d.DB, store: d.Store, ids: d.IDs, identities: d.Identities, accounts: d.Accounts, logins: d.Logins,
	}
}

// SignIn signs in whoever a provider says is behind a login code. Who comes for the first time
// becomes a customer with an identity and an account in the same transaction (CU1). Errors: invalid
// for an unknown provider, and what [IdentityProvider] says.
func (s *Service) SignIn(ctx context.Context, provider, code string) (Login, error) {
	identity, ok := s.identities[provider]
	if !ok {
		return Login{}, larder.E(larder.CodeInvalid, "field", "provider", "reason", "unknown")
	}
	payer, err := identity.Identify(ctx, code)
	if err == nil && payer == "" {
		err = larder.Wrap(larder.CodeProvider, errors.New("the provider named nobody"))
	}
	if err != nil {
		return Login{}, fmt.Errorf("customer: ask %s who signs in: %w", provider, err)
	}
	login, err := s.admit(ctx, provider, payer)
	if larder.CodeOf(err) == larder.CodeConflict {
		// Another phone with the same identity was first: now there is a customer to sign in.
		login, err = s.admit(ctx, provider, payer)
	}
	if err != nil {
		return Login{}, fmt.Errorf("customer: sign in through %s: %w", provider, err)
	}
	return login, nil
}

// admit signs in the customer whom a provider knows as payer, making them if there is none.
func (s *Service) admit(ctx context.Context, provider, payer string) (Login, error) {
	var login Login
	err := s.db.Update(ctx, func(tx larder.Tx) error {
		id, err := s.store.ByIdentity(ctx, tx, provider, payer)
		if larder.CodeOf(err) == larder.CodeNotFound {
			id, err = s.createTx(ctx, tx, provider, payer)
		}
		if err != nil {
			return err
		}
		actor := larder.Actor{Kind: larder.ActorCustomer, Org: larder.Platform, Customer: id}
		token, expires, err := s.logins.IssueTx(ctx, tx, actor)
		login = Login{Token: token, Expires: expires, Customer: id}
		return err
	})
	return login, err
}

// createTx makes a customer, the identity and the account.
func (s *Service) createTx(ctx context.Context, tx larder.Tx, provider, payer string) (larder.CustomerID, error) {
	id := larder.NewID[larder.CustomerID](s.ids)
	if err := s.store.AddCustomer(ctx, tx, id, larder.MillisOf(tx.Now())); err != nil {
		return 0, err
	}
	if err := s.store.AddIdentity(ctx, tx, provider, payer, id); err != nil {
		return 0, err
	}
	if _, err := s.accounts.OpenTx(ctx, tx, larder.Platform, AccountKind, int64(id)); err != nil {
		return 0, fmt.Errorf("open the account: %w", err)
	}
	return id, nil
}

// PayerTx returns whom a provider knows a customer as; an error of code not_found if it does not
// know them.
func (s *Service) PayerTx(ctx context.Context, tx larder.Tx, id larder.CustomerID, provider string) (string, error) {
	payer, err := s.store.Payer(ctx, tx, id, provider)
	if err != nil {
		return "", fmt.Errorf("customer: identity of %s at %s: %w", id, provider, err)
	}
	return payer, nil
}
