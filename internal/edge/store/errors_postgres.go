package store

import (
	"github.com/jackc/pgx/v5/pgconn"

	"larder"
)

// SQLSTATEs that the engine on PostgreSQL acts on
// (https://www.postgresql.org/docs/15/errcodes-appendix.html).
const (
	StateSerialization     = "40001" // serialization_failure
	StateDeadlock          = "40P01" // deadlock_detected
	StateCompletionUnknown = "40003" // statement_completion_unknown
)

// postgresTroubles are the SQLSTATEs with a meaning of their own.
var postgresTroubles = map[string]Trouble{
	StateSerialization:     TroubleBusy,
	StateDeadlock:          TroubleBusy,
	StateCompletionUnknown: TroubleUnknown,
	"55P03":                TroubleBusy,     // lock_not_available: lock_timeout
	"57014":                TroubleLost,     // query_canceled: statement_timeout, or an administrator
	"25P02":                TroubleLost,     // in_failed_sql_transaction
	"25P03":                TroubleLost,     // idle_in_transaction_session_timeout
	"25006":                TroubleReadOnly, // read_only_sql_transaction
	"53100":                TroubleFull,     // disk_full
	"53200":                TroubleLost,     // out_of_memory
	"53300":                TroubleUnreachable,
	"57P01":                TroubleLost, // admin_shutdown
	"57P02":                TroubleLost, // crash_shutdown
	"57P03":                TroubleUnreachable,
	"57P05":                TroubleLost,    // idle_session_timeout
	"XX001":                TroubleCorrupt, // data_corrupted
	"XX002":                TroubleCorrupt, // index_corrupted
}

// postgresClasses are the first two letters of the rest.
var postgresClasses = map[string]Trouble{
	"08": TroubleLost, // connection exception
	"40": TroubleBusy, // transaction rollback
	"53": TroubleBusy, // insufficient resources
	"58": TroubleIO,   // system error
}

// translatePostgres knows PostgreSQL's SQLSTATEs.
func translatePostgres(e *pgconn.PgError, err error) error {
	if trouble, ok := postgresTroubles[e.Code]; ok {
		return Fail(trouble, err)
	}
	if kind := postgresConstraint(e.Code); kind != "" {
		refused := &ConstraintError{Kind: kind, Constraint: e.ConstraintName, Err: err}
		if kind == ConstraintUnique {
			return larder.Wrap(larder.CodeConflict, refused)
		}
		return larder.Wrap(larder.CodeInternal, refused)
	}
	if len(e.Code) == 5 {
		if trouble, ok := postgresClasses[e.Code[:2]]; ok {
			return Fail(trouble, err)
		}
	}
	return err
}

// postgresConstraint reads the kind of a broken rule; "" if it is none.
func postgresConstraint(state string) ConstraintKind {
	switch state {
	case "23505":
		return ConstraintUnique
	case "23503":
		return ConstraintForeignKey
	case "23502":
		return ConstraintNotNull
	case "23514":
		return ConstraintCheck
	case "P0001": // raise_exception: a trigger's word
		return ConstraintTrigger
	case "23000", "23001", "23P01", "40002":
		return ConstraintOther
	}
	return ""
}
