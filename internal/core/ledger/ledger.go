package ledger

import (
	"context"
	"fmt"

	"larder"
)

// The kinds of account. Owner is the customer's id, or 0 for the organization's own.
const (
	Receivable = "receivable" // what a customer owes: debited by a sale, credited by a collection
	Sales      = "sales"      // what was sold
	Clearing   = "clearing"   // collected by a provider, not yet paid out: "clearing:" + provider
)

// ClearingOf is the account of what a provider has collected.
func ClearingOf(provider string) string { return Clearing + ":" + provider }

// The kinds of journal; Ref is the order's or the payment's id.
const (
	JournalSale    = "sale"
	JournalCapture = "capture"
)

// Journal is one movement of money. Debits are above zero, credits below, and the sum is zero.
type Journal struct {
	Org   larder.OrgID
	Kind  string
	Ref   int64
	Lines []Line
}

// Line is one side of a journal.
type Line struct {
	Account string
	Owner   int64
	Amount  larder.Fen // never 0
}

// Store keeps accounts and postings, inside the caller's transaction.
type Store interface {
	// OpenAccount returns the account of (org, kind, owner), writing it with id if there is none.
	OpenAccount(ctx context.Context, tx larder.Tx, id larder.AccountID, org larder.OrgID, kind string, owner int64) (larder.AccountID, error)
	// AddJournal writes the head of a journal; an error of code conflict if (org, kind, ref) is there.
	AddJournal(ctx context.Context, tx larder.Tx, id larder.JournalID, j Journal, at larder.Millis) error
	// Move adds amount to the balance of the account of (org, kind, owner), writing it with id if there
	// is none, and returns the account's id.
	Move(ctx context.Context, tx larder.Tx, id larder.AccountID, org larder.OrgID, kind string, owner int64, amount larder.Fen) (larder.AccountID, error)
	// AddPostings writes the postings of a journal.
	AddPostings(ctx context.Context, tx larder.Tx, journal larder.JournalID, org larder.OrgID, postings []Posting) error
}

// Posting is one side of a journal as booked.
type Posting struct {
	Account larder.AccountID
	Amount  larder.Fen
}

// Service posts journals.
type Service struct {
	store Store
	ids   larder.IDSource
}

// New returns the room over its store.
func New(store Store, ids larder.IDSource) *Service { return &Service{store: store, ids: ids} }

// OpenTx returns the account of (org, kind, owner) and opens it if there is none.
func (s *Service) OpenTx(ctx context.Context, tx larder.Tx, org larder.OrgID, kind string, owner int64) (larder.AccountID, error) {
	return s.store.OpenAccount(ctx, tx, larder.NewID[larder.AccountID](s.ids), org, kind, owner)
}

// PostTx writes a journal with its postings. The error is of code conflict if a journal of this kind
// was written for this reference before; a journal that is not balanced is a mistake of the program.
func (s *Service) PostTx(ctx context.Context, tx larder.Tx, j Journal) error {
	var sum larder.Fen
	for _, l := range j.Lines {
		if l.Amount == 0 {
			return fmt.Errorf("journal %s %d: empty line on %s", j.Kind, j.Ref, l.Account)
		}
		sum += l.Amount
	}
	if sum != 0 || len(j.Lines) < 2 {
		return fmt.Errorf("journal %s %d: %d lines sum to %s", j.Kind, j.Ref, len(j.Lines), sum)
	}
	id := larder.NewID[larder.JournalID](s.ids)
	if err := s.store.AddJournal(ctx, tx, id, j, larder.MillisOf(tx.Now())); err != nil {
		return fmt.Errorf("journal %s %d: %w", j.Kind, j.Ref, err)
	}
	postings := make([]Posting, 0, len(j.Lines))
	for _, l := range j.Lines {
		account, err := s.store.Move(ctx, tx, larder.NewID[larder.AccountID](s.ids), j.Org, l.Account, l.Owner, l.Amount)
		if err != nil {
			return err
		}
		postings = append(postings, Posting{Account: account, Amount: l.Amount})
	}
	return s.store.AddPostings(ctx, tx, id, j.Org, postings)
}
