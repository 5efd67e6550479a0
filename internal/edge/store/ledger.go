package store

import (
	"context"

	"larder"
	"larder/internal/core/ledger"
	"larder/internal/edge/store/sqlc"
)

// Ledgers keeps the rows of room ledger.
type Ledgers struct{}

var _ ledger.Store = Ledgers{}

// OpenAccount implements [ledger.Store].
func (Ledgers) OpenAccount(ctx context.Context, tx larder.Tx, id larder.AccountID, org larder.OrgID, kind string, owner int64) (larder.AccountID, error) {
	account, err := sqlc.New(From(tx)).OpenAccount(ctx, sqlc.OpenAccountParams{ID: id, OrgID: org, Kind: kind, OwnerID: owner})
	return account, Translate(err)
}

// AddJournal implements [ledger.Store].
func (Ledgers) AddJournal(ctx context.Context, tx larder.Tx, id larder.JournalID, j ledger.Journal, at larder.Millis) error {
	return sqlc.New(From(tx)).AddJournal(ctx, sqlc.AddJournalParams{ID: id, OrgID: j.Org, Kind: j.Kind, RefID: j.Ref, At: at})
}

// Move implements [ledger.Store].
func (Ledgers) Move(
	ctx context.Context, tx larder.Tx, id larder.AccountID, org larder.OrgID, kind string, owner int64, amount larder.Fen,
) (larder.AccountID, error) {
	account, err := sqlc.New(From(tx)).MoveBalance(ctx, sqlc.MoveBalanceParams{
		ID: id, OrgID: org, Kind: kind, OwnerID: owner, Change: amount,
	})
	return account, Translate(err)
}

// AddPostings implements [ledger.Store].
func (Ledgers) AddPostings(ctx context.Context, tx larder.Tx, journal larder.JournalID, org larder.OrgID, postings []ledger.Posting) error {
	q := sqlc.New(From(tx))
	if len(postings) == 2 {
		one, other := postings[0], postings[1]
		return q.AddTwoPostings(ctx, sqlc.AddTwoPostingsParams{
			JournalID: journal, OrgID: org, AccountID: one.Account, AmountFen: one.Amount,
			OtherAccountID: other.Account, OtherAmountFen: other.Amount,
		})
	}
	for _, p := range postings {
		err := q.AddPosting(ctx, sqlc.AddPostingParams{JournalID: journal, AccountID: p.Account, OrgID: org, AmountFen: p.Amount})
		if err != nil {
			return err
		}
	}
	return nil
}
