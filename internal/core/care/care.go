package care

import (
	"context"
	"time"

	"larder"
	"larder/internal/core/session"
	"larder/internal/core/visit"
)

// State is where a case stands.
type State string

// The states of a case.
const (
	Open    State = "open"
	Decided State = "decided"
)

// Verdict is how a case was decided.
type Verdict string

// The decisions.
const (
	Charged  Verdict = "charged"   // the session is charged for what the decision names
	Released Verdict = "released"  // the session is charged nothing
	Noted    Verdict = "noted"     // the case decides no session; somebody has seen to it
	ByPolicy Verdict = "by_policy" // nobody decided in time: the shopper is charged nothing
)

// Case is what a person must judge.
type Case struct {
	ID       larder.CaseID     `json:"id"`
	Org      larder.OrgID      `json:"-"`
	Cause    session.CaseCause `json:"cause"`
	Subject  int64             `json:"-"`
	Session  larder.SessionID  `json:"session_id"` // "0" if none
	Cabinet  larder.CabinetID  `json:"cabinet_id"` // "0" if none
	Door     int               `json:"door"`       // its number from 1; 0 if the case is not about one door
	State    State             `json:"state"`
	Owner    string            `json:"owner"`       // the queue that has it
	Deadline larder.Millis     `json:"deadline_ms"` // then the policy decides
	Events   int64             `json:"events"`      // how often it has happened; 1 where it can happen once
	Evidence Evidence          `json:"evidence"`
	Decision Verdict           `json:"decision"` // "" while open
	Note     string            `json:"note"`
	By       larder.StaffID    `json:"decided_by"` // "0": nobody, or the policy
	Created  larder.Millis     `json:"created_ms"`
	Decided  larder.Millis     `json:"decided_ms"`
}

// Evidence is what the case was opened with; the session's trace, events and payment are rows of
// their own and are read with it.
type Evidence struct {
	Suggestion []session.Taken `json:"suggestion"` // what the recognizer would charge
	Detail     map[string]any  `json:"detail"`
	Latest     map[string]any  `json:"latest,omitempty"` // of the newest event, where the case counts several
}

// Support is the queue that new cases go to.
const Support = "support"

// EffectDeadline is the timer of a case's deadline; its key is the case's id.
const EffectDeadline = "case.deadline"

// DefaultDeadline is how long a case waits for a person.
const DefaultDeadline = 24 * time.Hour

// Decision is what a person decides about a case.
type Decision struct {
	Charge bool            // false: charge nothing
	Lines  []session.Taken // what to charge; at least one where Charge is true
	Note   string          // why, for those who look later; at most 1,000 characters
	Key    string          // idempotency key
}

// Store keeps cases, inside the caller's transaction.
type Store interface {
	// AddCase writes a case; false if one of this organization, cause and subject is there. A door has one
	// open case of a cause: another one is an error of code conflict, see JoinCase.
	AddCase(ctx context.Context, tx larder.Tx, c Case) (bool, error)
	// JoinCase has the open case of c's organization, cause, cabinet and door count one event more, whose
	// detail becomes its latest; false if there is none.
	JoinCase(ctx context.Context, tx larder.Tx, c Case) (bool, error)
	// Case reads a case of an organization; an error of code not_found if there is none.
	Case(ctx context.Context, tx larder.Tx, org larder.OrgID, id larder.CaseID) (Case, error)
	// Cases returns the cases of an organization in a state, the nearest deadline first.
	Cases(ctx context.Context, tx larder.Tx, org larder.OrgID, state State, limit int) ([]Case, error)
	// DecideCase writes the decision where the case is still open; false if it is not.
	DecideCase(ctx context.Context, tx larder.Tx, c Case) (bool, error)
}

// Auditor writes who did what, in the same transaction.
type Auditor interface {
	RecordTx(ctx context.Context, tx larder.Tx, actor larder.Actor, r larder.AuditRecord) error
}

// Requests remembers what idempotency keys stand for.
type Requests interface {
	Request(ctx context.Context, tx larder.Tx, actor larder.Actor, key string) (visit.Request, bool, error)
	AddRequest(ctx context.Context, tx larder.Tx, actor larder.Actor, key string, r visit.Request) error
}

// Settler ends the sessions that wait for a case.
type Settler interface {
	// DecideTx charges a session for lines, or writes it off without any; [visit.ErrNotWaiting] if it
	// does not wait for a person.
	DecideTx(ctx context.Context, tx larder.Tx, id larder.SessionID, lines []session.Taken) error
}

// Timers is where deadlines are kept.
type Timers interface {
	TimerTx(ctx context.Context, tx larder.Tx, org larder.OrgID, kind string, key int64, due larder.Millis) error
}
