package store_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"larder"
	"larder/internal/edge/store"
)

// What PostgreSQL says is told apart by its five letters: what passes is overload and may be tried again,
// what only a lost answer leaves open is not, and a word that nobody knows stays as it is.
func TestTranslate_postgres(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]struct {
		trouble store.Trouble
		rule    store.ConstraintKind
		code    larder.Code
	}{
		"40001": {store.TroubleBusy, "", larder.CodeOverload},
		"40P01": {store.TroubleBusy, "", larder.CodeOverload},
		"40003": {store.TroubleUnknown, "", larder.CodeInternal},
		"55P03": {store.TroubleBusy, "", larder.CodeOverload},
		"57014": {store.TroubleLost, "", larder.CodeOverload},
		"25P02": {store.TroubleLost, "", larder.CodeOverload},
		"25006": {store.TroubleReadOnly, "", larder.CodeInternal},
		"53100": {store.TroubleFull, "", larder.CodeOverload},
		"53300": {store.TroubleUnreachable, "", larder.CodeOverload},
		"53400": {store.TroubleBusy, "", larder.CodeOverload},
		"57P01": {store.TroubleLost, "", larder.CodeOverload},
		"57P03": {store.TroubleUnreachable, "", larder.CodeOverload},
		"08006": {store.TroubleLost, "", larder.CodeOverload},
		"58030": {store.TroubleIO, "", larder.CodeInternal},
		"XX001": {store.TroubleCorrupt, "", larder.CodeInternal},
		"23505": {"", store.ConstraintUnique, larder.CodeConflict},
		"23503": {"", store.ConstraintForeignKey, larder.CodeInternal},
		"23502": {"", store.ConstraintNotNull, larder.CodeInternal},
		"23514": {"", store.ConstraintCheck, larder.CodeInternal},
		"23P01": {"", store.ConstraintOther, larder.CodeInternal},
		"P0001": {"", store.ConstraintTrigger, larder.CodeInternal},
		"42P01": {"", "", larder.CodeInternal}, // no such table: a mistake of ours
		"":      {"", "", larder.CodeInternal},
	} {
		err := store.Translate(fmt.Errorf("read door: %w", &pgconn.PgError{Code: state}))
		if store.TroubleOf(err) != want.trouble || store.ConstraintOf(err) != want.rule || larder.CodeOf(err) != want.code {
			t.Errorf("%q: trouble %q, rule %q, code %q", state, store.TroubleOf(err), store.ConstraintOf(err), larder.CodeOf(err))
		}
	}
}
