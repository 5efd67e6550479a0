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

// Post implements [ledger.Store].
func (Ledgers) Post(ctx context.Context, tx larder.Tx, journal larder.JournalID, org larder.OrgID, account larder.AccountID, amount larder.Fen) error {
	q := sqlc.New(From(tx))
	err := q.AddPosting(ctx, sqlc.AddPostingParams{JournalID: journal, AccountID: account, OrgID: org, AmountFen: amount})
	if err != nil {
		return err
	}
	_, err = q.MoveBalance(ctx, sqlc.MoveBalanceParams{Change: amount, ID: account})
	return err
}
