package ledger_test

import (
	"sync"
	"testing"
	"time"

	"larder"
	"larder/internal/core/ledger"
	"larder/internal/core/staff"
	"larder/internal/edge/store"
	"larder/internal/edge/store/storetest"
)

// rig is the room on a real database.
type rig struct {
	*ledger.Service
	db storetest.DB
}

func newRig(t *testing.T) *rig {
	t.Helper()
	db := storetest.Open(t, nil)
	ids, err := larder.NewIDs(1, time.Now)
	must(t, err)
	must(t, staff.New(staff.Deps{DB: db, Store: store.Staff{}, IDs: ids}).EnsurePlatform(t.Context()))
	return &rig{Service: ledger.New(store.Ledgers{}, ids), db: db}
}

// post writes a sale of so much to a customer.
func (r *rig) post(t *testing.T, ref, customer int64, amount larder.Fen) error {
	t.Helper()
	return r.write(t, ledger.Journal{Org: larder.Platform, Kind: ledger.JournalSale, Ref: ref, Lines: []ledger.Line{
		{Account: ledger.Receivable, Owner: customer, Amount: amount}, {Account: ledger.Sales, Amount: -amount},
	}})
}

func (r *rig) write(t *testing.T, j ledger.Journal) error {
	t.Helper()
	return r.db.Update(t.Context(), func(tx larder.Tx) error { return r.PostTx(t.Context(), tx, j) })
}

func (r *rig) number(t *testing.T, query string, args ...any) (n int64) {
	t.Helper()
	must(t, r.db.View(t.Context(), func(tx larder.Tx) error {
		return store.From(tx).QueryRowContext(t.Context(), query, args...).Scan(&n)
	}))
	return n
}

// TestService_PostTx guards I3: a journal moves both balances by its postings, once per reference.
func TestService_PostTx(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	must(t, r.post(t, 1, 5, 700))
	must(t, r.post(t, 2, 5, 50))
	if err := r.post(t, 1, 5, 700); larder.CodeOf(err) != larder.CodeConflict {
		t.Errorf("the same sale again: %v", err)
	}
	if got := r.number(t, `SELECT balance_fen FROM account WHERE kind = $1 AND owner_id = 5`, ledger.Receivable); got != 750 {
		t.Errorf("customer 5 owes %d", got)
	}
	if got := r.number(t, `SELECT balance_fen FROM account WHERE kind = $1`, ledger.Sales); got != -750 {
		t.Errorf("sales are %d", got)
	}
	if n := r.number(t, `SELECT COUNT(*) FROM posting`); n != 4 {
		t.Errorf("%d postings", n)
	}
}

// TestService_PostTx_Sides guards I3 for journals of two sides and of more: every side is booked, on
// the account it names, and moves that account by as much.
func TestService_PostTx_Sides(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i, sides := range [][]larder.Fen{{500, -500}, {700, -300, -400}, {900, -200, -300, -400}} {
		j := ledger.Journal{Org: larder.Platform, Kind: ledger.JournalSale, Ref: int64(i + 1)}
		for owner, amount := range sides {
			j.Lines = append(j.Lines, ledger.Line{Account: ledger.Receivable, Owner: int64(owner + 1), Amount: amount})
		}
		must(t, r.write(t, j))
	}
	const moved = `SELECT SUM(p.amount_fen) FROM posting p JOIN account a ON a.id = p.account_id WHERE a.owner_id = $1`
	for owner, want := range map[int64]int64{1: 2100, 2: -1000, 3: -700, 4: -400} {
		posted, balance := r.number(t, moved, owner), r.number(t, `SELECT balance_fen FROM account WHERE owner_id = $1`, owner)
		if posted != want || balance != want {
			t.Errorf("account %d: %d posted, balance %d, want %d", owner, posted, balance, want)
		}
	}
	if n := r.number(t, `SELECT COUNT(*) FROM posting`); n != 9 {
		t.Errorf("%d postings, want 9", n)
	}
}

// TestService_PostTx_Unbalanced guards I3: what does not sum to zero is not written, nor any of it.
func TestService_PostTx_Unbalanced(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, lines := range map[string][]ledger.Line{
		"one side": {{Account: ledger.Sales, Amount: 5}}, "nothing": nil,
		"a fen short":    {{Account: ledger.Sales, Amount: -5}, {Account: ledger.Receivable, Owner: 1, Amount: 4}},
		"an empty line":  {{Account: ledger.Sales, Amount: 0}, {Account: ledger.Receivable, Owner: 1, Amount: 0}},
		"one line of 0s": {{Account: ledger.Sales, Amount: 0}},
	} {
		if err := r.write(t, ledger.Journal{Org: larder.Platform, Kind: ledger.JournalSale, Ref: 9, Lines: lines}); err == nil {
			t.Errorf("%s was posted", name)
		}
	}
	if n := r.number(t, `SELECT (SELECT COUNT(*) FROM journal) + (SELECT COUNT(*) FROM posting) + (SELECT COUNT(*) FROM account)`); n != 0 {
		t.Errorf("%d rows of journals that were refused", n)
	}
}

// TestService_PostTx_Crowd guards L2 and I3: a hundred postings at once on one account lose none.
func TestService_PostTx_Crowd(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			if err := r.post(t, int64(i+1), 5, larder.Fen(i+1)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := r.number(t, `SELECT balance_fen FROM account WHERE kind = $1`, ledger.Sales); got != -5050 {
		t.Errorf("sales are %d, want -5050", got)
	}
	if n := r.number(t, `SELECT COUNT(*) FROM account`); n != 2 {
		t.Errorf("%d accounts", n)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
