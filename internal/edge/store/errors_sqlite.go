package store

import (
	"strings"

	sqlite3 "modernc.org/sqlite/lib"

	"larder"
)

// translateSQLite knows SQLite's result codes: the low byte is the primary code, the rest refines
// it (https://www.sqlite.org/rescode.html).
func translateSQLite(code int, err error) error {
	switch code & 0xff {
	case sqlite3.SQLITE_CONSTRAINT:
		kind := sqliteConstraint(code)
		refused := &ConstraintError{Kind: kind, Constraint: sqliteRule(err), Err: err}
		if kind == ConstraintUnique {
			return larder.Wrap(larder.CodeConflict, refused)
		}
		return larder.Wrap(larder.CodeInternal, refused)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return Fail(TroubleBusy, err)
	case sqlite3.SQLITE_FULL:
		return Fail(TroubleFull, err)
	case sqlite3.SQLITE_READONLY:
		return Fail(TroubleReadOnly, err)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_PROTOCOL:
		return Fail(TroubleIO, err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return Fail(TroubleCorrupt, err)
	case sqlite3.SQLITE_ABORT, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_NOMEM:
		return Fail(TroubleLost, err)
	}
	return err
}

// sqliteConstraint reads the kind from the extended code.
func sqliteConstraint(code int) ConstraintKind {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return ConstraintUnique
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return ConstraintForeignKey
	case sqlite3.SQLITE_CONSTRAINT_NOTNULL:
		return ConstraintNotNull
	case sqlite3.SQLITE_CONSTRAINT_CHECK:
		return ConstraintCheck
	case sqlite3.SQLITE_CONSTRAINT_TRIGGER:
		return ConstraintTrigger
	}
	return ConstraintOther
}

// sqliteRule cuts the rule's name out of "…: UNIQUE constraint failed: t.a, t.b (2067)". Only people
// read it; what it cannot cut is "".
func sqliteRule(err error) string {
	_, rule, ok := strings.Cut(err.Error(), "constraint failed: ")
	if !ok {
		return ""
	}
	if _, inner, ok := strings.Cut(rule, "constraint failed: "); ok {
		rule = inner
	}
	if i := strings.LastIndex(rule, " ("); i >= 0 {
		rule = rule[:i]
	}
	return rule
}
