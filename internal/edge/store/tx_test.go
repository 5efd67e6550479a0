package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"larder"
	"larder/internal/edge/store"
)

// foreign is a transaction that no engine of the store made.
type foreign struct{ larder.TxMark }

func (foreign) Now() time.Time     { return time.Time{} }
func (foreign) AfterCommit(func()) {}

func panicOf(fn func()) (p any) {
	defer func() { p = recover() }()
	fn()
	return nil
}

// A statement runs in the transaction that the caller holds, or not at all.
func TestFrom_refusesWhatIsNoOpenTransaction(t *testing.T) {
	t.Parallel()
	ended := store.NewTx(time.Now(), nil)
	ended.End()
	var missing *store.Tx
	for want, tx := range map[string]larder.Tx{
		"store_test.foreign": foreign{},
		"<nil>":              nil,
		"*store.Tx":          missing,
		"after its end":      ended,
	} {
		if p := fmt.Sprint(panicOf(func() { store.From(tx) })); !strings.Contains(p, want) {
			t.Errorf("From(%T) panicked with %q, want %q", tx, p, want)
		}
	}
}

func TestTx_Now(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 7, 1, 8, 0, 0, 1_999_999, time.FixedZone("CST", 8*3600))
	got := store.NewTx(at, nil).Now()
	if want := time.Date(2026, 7, 1, 0, 0, 0, 1_000_000, time.UTC); got != want {
		t.Errorf("now is %v, want %v", got, want)
	}
}

// Codes are given once, at the lowest floor; what has one, and what no driver made, is left alone.
func TestTranslate(t *testing.T) {
	t.Parallel()
	plain := errors.New("plain")
	coded := fmt.Errorf("visit: %w", larder.Wrap(larder.CodeDoorTaken, sql.ErrNoRows))
	for name, c := range map[string]struct {
		in   error
		code larder.Code
		same bool
	}{
		"nil":            {nil, "", true},
		"plain":          {plain, larder.CodeInternal, true},
		"coded_already":  {coded, larder.CodeDoorTaken, true},
		"no_row":         {sql.ErrNoRows, larder.CodeNotFound, false},
		"no_row_wrapped": {fmt.Errorf("read door: %w", sql.ErrNoRows), larder.CodeNotFound, false},
	} {
		got := store.Translate(c.in)
		if larder.CodeOf(got) != c.code || (got == c.in) != c.same || !errors.Is(got, c.in) { //nolint:errorlint // the very value
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// Only trouble that changed nothing and passes may be tried again.
func TestRetryable(t *testing.T) {
	t.Parallel()
	for trouble, want := range map[store.Trouble]bool{
		store.TroubleBusy: true, store.TroubleFull: true, store.TroubleLost: true, store.TroubleQueue: true,
		store.TroubleUnreachable: true,
		store.TroubleReadOnly:    false, store.TroubleIO: false, store.TroubleCorrupt: false,
		store.TroubleUnknown: false, store.TroubleFailed: false, store.TroubleClosed: false,
	} {
		err := fmt.Errorf("visit: %w", store.Fail(trouble, nil))
		if store.Retryable(err) != want || (larder.CodeOf(err) == larder.CodeOverload) != want {
			t.Errorf("%s: retryable %v, code %s", trouble, store.Retryable(err), larder.CodeOf(err))
		}
	}
	if store.Retryable(nil) || store.Retryable(errors.New("plain")) {
		t.Error("what is no trouble of the engine is not retryable")
	}
}
