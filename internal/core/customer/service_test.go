package customer_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/customer"
	"larder/internal/core/staff"
	"larder/internal/edge/store"
	"larder/internal/edge/store/storetest"
)

// rig is the room on a real database.
type rig struct {
	*customer.Service
	deps   customer.Deps
	db     storetest.DB
	people *staff.Service
}

func newRig(t *testing.T) *rig {
	t.Helper()
	db := storetest.Open(t, nil)
	ids, err := larder.NewIDs(1, time.Now)
	must(t, err)
	people := staff.New(staff.Deps{DB: db, Store: store.Staff{}, IDs: ids, Random: rand.Reader})
	must(t, people.EnsurePlatform(t.Context()))
	r := &rig{db: db, people: people}
	r.deps = customer.Deps{
		DB: db, Store: store.Customers{}, IDs: ids, Accounts: accounts{ids: ids}, Logins: people,
		Identities: map[string]customer.IdentityProvider{"wechatpay": codes{}, "alipay": codes{}},
	}
	r.Service = customer.New(r.deps)
	return r
}

// The first sign-in makes customer, identity and account; later ones find them.
func TestService_SignIn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first, err := r.SignIn(t.Context(), "wechatpay", "code of anna")
	must(t, err)
	who, err := r.people.Who(t.Context(), first.Token)
	must(t, err)
	want := larder.Actor{Kind: larder.ActorCustomer, Org: larder.Platform, Customer: first.Customer}
	if diff := cmp.Diff(want, who); diff != "" {
		t.Errorf("who (-want +got):\n%s", diff)
	}
	const account = "SELECT count(*) FROM account WHERE org_id = 1 AND kind = 'customer_balance' AND owner_id = $1 AND balance_fen = 0"
	if n := r.count(t, account, first.Customer); n != 1 {
		t.Errorf("%d accounts, want 1 (CU1)", n)
	}
	again, err := r.SignIn(t.Context(), "wechatpay", "code of anna")
	must(t, err)
	if again.Customer != first.Customer || again.Token == first.Token {
		t.Errorf("the second sign-in: customer %s after %s, token of its own: %v",
			again.Customer, first.Customer, again.Token != first.Token)
	}
	elsewhere, err := r.SignIn(t.Context(), "alipay", "code of anna")
	must(t, err)
	if elsewhere.Customer == first.Customer {
		t.Error("the same name at another provider is somebody else")
	}
	if text := fmt.Sprint(slog.AnyValue(first).Resolve()); strings.Contains(text, first.Token) {
		t.Errorf("a log shows the token: %s", text)
	}
}

// CU1★: a customer without an account, an identity or a sign-in is impossible; nothing remains.
func TestService_SignIn_whole_or_not(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	broken := errors.New("broken")
	noAccount, lostAnswer, noLogin := r.deps, r.deps, r.deps
	noAccount.Accounts = refusing{broken}
	lostAnswer.Accounts = losing{r.deps.Accounts, broken}
	noLogin.Logins = refusing{broken}
	for name, deps := range map[string]customer.Deps{
		"the account is not opened":               noAccount,
		"the account is opened, the answer lost":  lostAnswer,
		"the sign-in is not issued, after it all": noLogin,
	} {
		if _, err := customer.New(deps).SignIn(t.Context(), "wechatpay", "code of anna"); !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
		const rows = `SELECT (SELECT count(*) FROM customer) + (SELECT count(*) FROM identity)
			+ (SELECT count(*) FROM account) + (SELECT count(*) FROM login)`
		if n := r.count(t, rows); n != 0 {
			t.Errorf("%s: %d rows remain", name, n)
		}
	}
	_, err := r.SignIn(t.Context(), "wechatpay", "code of anna")
	must(t, err)
}

// However many phones come at once, one identity is one customer.
func TestService_SignIn_at_once(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := r.SignIn(t.Context(), "wechatpay", "code of anna"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := r.count(t, "SELECT count(*) FROM customer"); n != 1 {
		t.Errorf("%d customers, want 1", n)
	}
}

// On a database with several writers the other phone may be first after we have looked: the second
// try finds its customer.
func TestService_SignIn_overtaken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first, err := r.SignIn(t.Context(), "wechatpay", "code of anna")
	must(t, err)
	deps := r.deps
	deps.Store = &late{Customers: store.Customers{}}
	second, err := customer.New(deps).SignIn(t.Context(), "wechatpay", "code of anna")
	must(t, err)
	if second.Customer != first.Customer {
		t.Errorf("customer %s, want %s", second.Customer, first.Customer)
	}
	if n := r.count(t, "SELECT (SELECT count(*) FROM customer) + (SELECT count(*) FROM account)"); n != 2 {
		t.Errorf("%d customers and accounts, want 2", n)
	}
}

func TestService_SignIn_refuses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, tc := range map[string]struct {
		provider, code string
		want           larder.Code
	}{
		"an unknown provider":        {"cowrie", "code of anna", larder.CodeInvalid},
		"a code that is none":        {"wechatpay", "anna", larder.CodeCredentials},
		"a provider that is silent":  {"wechatpay", "outage", larder.CodeProvider},
		"a provider that names none": {"wechatpay", "code of ", larder.CodeProvider},
	} {
		if _, err := r.SignIn(t.Context(), tc.provider, tc.code); larder.CodeOf(err) != tc.want {
			t.Errorf("%s: %v, want code %s", name, err, tc.want)
		}
	}
	if n := r.count(t, "SELECT count(*) FROM customer"); n != 0 {
		t.Errorf("%d customers, want none", n)
	}
}

func TestService_PayerTx(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	login, err := r.SignIn(t.Context(), "wechatpay", "code of anna")
	must(t, err)
	payer := func(id larder.CustomerID, provider string) (payer string, err error) {
		err = r.db.View(t.Context(), func(tx larder.Tx) error {
			var err error
			payer, err = r.PayerTx(t.Context(), tx, id, provider)
			return err
		})
		return payer, err
	}
	if got, err := payer(login.Customer, "wechatpay"); err != nil || got != "anna" {
		t.Errorf("payer %q, %v, want anna", got, err)
	}
	for _, tc := range []struct {
		id       larder.CustomerID
		provider string
	}{{login.Customer, "alipay"}, {login.Customer + 1, "wechatpay"}} {
		if _, err := payer(tc.id, tc.provider); larder.CodeOf(err) != larder.CodeNotFound {
			t.Errorf("%v: %v, want not_found", tc, err)
		}
	}
}

// codes knows everybody whose code is "code of " and the name.
type codes struct{}

func (codes) Identify(_ context.Context, code string) (string, error) {
	if code == "outage" {
		return "", larder.E(larder.CodeProvider)
	}
	name, ok := strings.CutPrefix(code, "code of ")
	if !ok {
		return "", larder.E(larder.CodeCredentials)
	}
	return name, nil
}

// accounts opens accounts as the ledger does, in the same transaction.
type accounts struct{ ids larder.IDSource }

func (a accounts) OpenTx(ctx context.Context, tx larder.Tx, org larder.OrgID, kind string, owner int64) (larder.AccountID, error) {
	id := larder.NewID[larder.AccountID](a.ids)
	_, err := store.From(tx).ExecContext(ctx,
		"INSERT INTO account (id, org_id, kind, owner_id, balance_fen) VALUES ($1, $2, $3, $4, 0)", id, org, kind, owner)
	return id, err
}

// refusing does nothing of what it is asked.
type refusing struct{ err error }

func (r refusing) OpenTx(context.Context, larder.Tx, larder.OrgID, string, int64) (larder.AccountID, error) {
	return 0, r.err
}

func (r refusing) IssueTx(context.Context, larder.Tx, larder.Actor) (string, larder.Millis, error) {
	return "", 0, r.err
}

// losing does what it is asked, and then fails.
type losing struct {
	customer.Accounts
	err error
}

func (l losing) OpenTx(ctx context.Context, tx larder.Tx, org larder.OrgID, kind string, owner int64) (larder.AccountID, error) {
	if _, err := l.Accounts.OpenTx(ctx, tx, org, kind, owner); err != nil {
		return 0, err
	}
	return 0, l.err
}

// late does not see an identity the first time it looks.
type late struct {
	store.Customers
	looked bool
}

func (l *late) ByIdentity(ctx context.Context, tx larder.Tx, provider, payer string) (larder.CustomerID, error) {
	if !l.looked {
		l.looked = true
		return 0, larder.E(larder.CodeNotFound)
	}
	return l.Customers.ByIdentity(ctx, tx, provider, payer)
}

func (r *rig) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	must(t, r.db.View(t.Context(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(t.Context(), query, args...).Scan(&n)
	}))
	return n
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
