package invariant

import (
	"context"
	"fmt"
	"strings"

	"larder"
	"larder/internal/edge/store"
)

// Finding is one violation with the check that found it.
type Finding struct {
	Check     string
	Invariant string // "I1" to "I27"
	Says      string
	Table     string
	Violation
}

// String is a finding on one line, for whoever reads a failed run.
func (f Finding) String() string {
	return fmt.Sprintf("%s %s: %s %d: %s (%s)", f.Invariant, f.Check, f.Table, f.ID, f.Detail, f.Says)
}

// Keys name what a transaction has touched.
type Keys struct {
	Sessions []larder.SessionID
	Cabinets []larder.CabinetID // whose doors moved without a session
}

// Touched looks at the rows around keys: of a session its order, payment, journals, stock, lease,
// commands, events, effects and cases; of a cabinet the events that name no session. It costs some
// tenths of a millisecond a key, however much has happened before, and leaves to [Run] what does
// not: the organization's own accounts, the audit log, texts. The error says that rows could not be
// read.
func Touched(ctx context.Context, tx larder.Tx, keys Keys) ([]Finding, error) {
	db := store.From(tx)
	var found []Finding
	for _, id := range keys.Sessions {
		more, err := findings(ctx, db, aroundSession, int64(id))
		if err != nil {
			return found, fmt.Errorf("invariant: session %s: %w", id, err)
		}
		found = append(found, more...)
	}
	for _, id := range keys.Cabinets {
		more, err := findings(ctx, db, aroundCabinet, int64(id))
		if err != nil {
			return found, fmt.Errorf("invariant: cabinet %s: %w", id, err)
		}
		found = append(found, more...)
	}
	return found, nil
}

// A statement for all checks costs a fifth of a statement for each.
var (
	checks        = Checks()
	aroundSession = union(Check.touched)
	aroundCabinet = union(func(c Check) string {
		switch c.Name {
		case "door_event_has_owner", "door_events_in_sequence":
			return rowsForm.ReplaceAllLiteralString(c.SQL, "e.session_id = 0 AND e.cabinet_id = $1")
		}
		return ""
	})
)

// union makes one statement of the texts that are not empty; each of its rows begins with the place
// of the check in the list.
func union(text func(Check) string) string {
	var parts []string
	for i, c := range checks {
		if sql := text(c); sql != "" {
			parts = append(parts, fmt.Sprintf("SELECT %d, f.* FROM (%s) AS f", i, sql))
		}
	}
	return strings.Join(parts, "\nUNION ALL\n")
}

func findings(ctx context.Context, db store.DBTX, text string, key int64) ([]Finding, error) {
	rows, err := db.QueryContext(ctx, text, key)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []Finding
	for rows.Next() {
		var i int
		var v Violation
		if err := rows.Scan(&i, &v.ID, &v.Detail); err != nil {
			return nil, store.Translate(err)
		}
		c := checks[i]
		found = append(found, Finding{Check: c.Name, Invariant: c.Invariant, Says: c.Says, Table: c.Table, Violation: v})
	}
	return found, store.Translate(rows.Err())
}
