package store

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"larder"
)

// Trouble says what went wrong below SQL, in a word that programs may rely on.
type Trouble string

// The troubles. Only after [TroubleUnknown] may something of the transaction have happened.
const (
	TroubleBusy     Trouble = "busy"      // somebody else held a lock for too long; try again
	TroubleFull     Trouble = "full"      // no space left; try again when there is
	TroubleReadOnly Trouble = "read_only" // a view wrote, or the file system is mounted read-only
	TroubleIO       Trouble = "io"        // the disk did not obey
	TroubleCorrupt  Trouble = "corrupt"   // the file is damaged, or is no database
	TroubleLost     Trouble = "lost"      // the engine rolled the transaction back by itself
	TroubleUnknown  Trouble = "unknown"   // the commit may or may not have happened
	TroubleFailed   Trouble = "failed"    // the store has stopped for good after an error of the disk
	TroubleClosed   Trouble = "closed"    // the store was closed
	TroubleQueue    Trouble = "queue"     // more operations wait than allowed; try again

	TroubleUnreachable Trouble = "unreachable" // no connection to the server, or none left there; try again
)

// EngineError is a failure of the engine rather than of the statement.
type EngineError struct {
	Trouble Trouble
	Err     error // may be nil
}

// Error names the trouble and what lies under it.
func (e *EngineError) Error() string {
	if e.Err == nil {
		return "store: " + string(e.Trouble)
	}
	return "store: " + string(e.Trouble) + ": " + e.Err.Error()
}

// Unwrap returns the driver's error.
func (e *EngineError) Unwrap() error { return e.Err }

// Fail returns an engine error with the code that outsiders see: trouble that passes is
// [larder.CodeOverload], everything else [larder.CodeInternal].
func Fail(trouble Trouble, err error) error {
	code := larder.CodeInternal
	if passes(trouble) {
		code = larder.CodeOverload
	}
	return larder.Wrap(code, &EngineError{Trouble: trouble, Err: err})
}

// TroubleOf returns the engine's trouble in err's chain, or "".
func TroubleOf(err error) Trouble {
	if e, ok := errors.AsType[*EngineError](err); ok {
		return e.Trouble
	}
	return ""
}

// Retryable reports whether nothing of the transaction happened and trying again may work.
func Retryable(err error) bool { return passes(TroubleOf(err)) }

// passes reports whether a trouble goes away with time and has changed nothing.
func passes(t Trouble) bool {
	return slices.Contains([]Trouble{TroubleBusy, TroubleFull, TroubleLost, TroubleQueue, TroubleUnreachable}, t)
}

// ConstraintKind says which sort of rule a statement broke.
type ConstraintKind string

// The kinds of constraint.
const (
	ConstraintUnique     ConstraintKind = "unique" // a unique or primary key
	ConstraintForeignKey ConstraintKind = "foreign_key"
	ConstraintNotNull    ConstraintKind = "not_null"
	ConstraintCheck      ConstraintKind = "check"
	ConstraintTrigger    ConstraintKind = "trigger" // a trigger raised, for instance over an append-only table
	ConstraintOther      ConstraintKind = "other"
)

// ConstraintError is a statement that the schema refused. A broken unique key has the code
// [larder.CodeConflict]; any other is a mistake of ours and has [larder.CodeInternal].
type ConstraintError struct {
	Kind ConstraintKind
	// Constraint is what the engine calls the rule: "table.column, table.column" or the name of a
	// check on SQLite, the constraint's name on PostgreSQL. It is for people: engines differ.
	Constraint string
	Err        error // the driver's error
}

// Error names the kind and the rule.
func (e *ConstraintError) Error() string {
	return fmt.Sprintf("store: %s constraint %q: %v", e.Kind, e.Constraint, e.Err)
}

// Unwrap returns the driver's error.
func (e *ConstraintError) Unwrap() error { return e.Err }

// ConstraintOf returns the kind of the constraint that err tells of, or "".
func ConstraintOf(err error) ConstraintKind {
	if e, ok := errors.AsType[*ConstraintError](err); ok {
		return e.Kind
	}
	return ""
}

// Translate turns a driver's error into the dictionary's, by the driver's code and never by its
// text: no row is [larder.CodeNotFound], a broken unique key [larder.CodeConflict] over a
// [*ConstraintError], trouble with locks, space and disks an [*EngineError]. An error that already
// carries a code, and one that no driver made, is returned as it is; nil is nil.
func Translate(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*larder.Error](err); ok {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) {
		return larder.Wrap(larder.CodeNotFound, err)
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return translateSQLite(e.Code(), err)
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return translatePostgres(e, err)
	}
	return err
}
