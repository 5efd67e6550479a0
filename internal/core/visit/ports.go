package visit

import (
	"context"

	"larder"
	"larder/internal/core/catalog"
	"larder/internal/core/order"
	"larder/internal/core/payment"
	"larder/internal/core/session"
)

// The kinds of effect that a visit leaves behind. Their key is the id of the session or payment.
const (
	EffectAsk      = "payment.ask"      // ask the provider for the customer's consent
	EffectRelease  = "payment.release"  // give the authorization back
	EffectCapture  = "payment.capture"  // ask the provider to collect
	EffectQuery    = "payment.query"    // a timer: ask the provider what has become of it
	EffectOpen     = "session.open"     // send the open command
	EffectDeadline = "session.deadline" // a timer: the session's deadline has passed
)

// EffectSink takes what must be done in the world, in the transaction that caused it.
type EffectSink interface {
	// AddTx writes an effect that is tried at once after the commit, by this process, and again until
	// it succeeds or a person takes over. A second one of the same kind and key changes nothing.
	AddTx(ctx context.Context, tx larder.Tx, org larder.OrgID, kind string, key int64) error
	// TimerTx sets the timer of kind and key to due, or stops it where due is 0.
	TimerTx(ctx context.Context, tx larder.Tx, org larder.OrgID, kind string, key int64, due larder.Millis) error
}

// CaseOpener asks for a person, in the transaction that found the reason.
type CaseOpener interface {
	// OpenTx opens a case, or finds the one of the same cause and subject. One about a door adds to the
	// open one of the same cause, cabinet and door.
	OpenTx(ctx context.Context, tx larder.Tx, c NewCase) error
}

// The causes of cases that no session's step asks for.
const (
	CauseOverCeiling     session.CaseCause = "over_ceiling"     // goods for more than was authorized; the rest is a debt
	CausePaymentSurprise session.CaseCause = "payment_surprise" // the provider contradicts our row
	CauseUnexplainedDoor session.CaseCause = "unexplained_door" // a door moved without a session
	CauseStuck           session.CaseCause = "effect_stuck"     // something to do in the world fails again and again
)

// NewCase is what a person must judge.
type NewCase struct {
	Org     larder.OrgID
	Cause   session.CaseCause
	Subject int64 // one case per cause and subject; 0 makes a case of its own
	Session larder.SessionID
	Cabinet larder.CabinetID
	Door    int             // the number, from 1, of the cabinet's door that the case is about; 0 for none
	Detail  map[string]any  // evidence that stands in no other row; JSON-able, small, no secrets
	Lines   []session.Taken // the suggestion, where there is one
}

// Doors finds a door by what its sticker says.
type Doors interface {
	// PlaceTx returns an active cabinet's door; an error of code not_found otherwise.
	PlaceTx(ctx context.Context, tx larder.Tx, token string) (Place, error)
}

// Place is a door and what a visit needs to know of its cabinet.
type Place struct {
	Org       larder.OrgID
	Cabinet   larder.CabinetID
	Door      larder.DoorID
	Number    int
	Serial    string
	Name      string
	Planogram int64
}

// DoorLog keeps the durable events of cabinets.
type DoorLog interface {
	// AddEventTx stores an event; false if it was stored before.
	AddEventTx(ctx context.Context, tx larder.Tx, org larder.OrgID, ev larder.DoorEvent) (bool, error)
}

// Planograms tells what is in the lanes of a door.
type Planograms interface {
	SlotsTx(ctx context.Context, tx larder.Tx, door larder.DoorID, version int64) ([]catalog.Slot, error)
}

// Payers tells who a customer is at a provider.
type Payers interface {
	// PayerTx returns the provider's name for the customer; an error of code not_found if none.
	PayerTx(ctx context.Context, tx larder.Tx, customer larder.CustomerID, provider string) (string, error)
}

// Providers are the payment providers by name.
type Providers map[string]payment.Provider

// Store keeps what belongs to no other room.
type Store interface {
	// Request returns what an idempotency key of the actor stands for; false if it is new.
	Request(ctx context.Context, tx larder.Tx, actor larder.Actor, key string) (Request, bool, error)
	AddRequest(ctx context.Context, tx larder.Tx, actor larder.Actor, key string, r Request) error

	AddCommand(ctx context.Context, tx larder.Tx, s session.Session) error
	// EndCommand writes how a pending command ended; nothing if it had ended before (LK5).
	EndCommand(ctx context.Context, tx larder.Tx, id larder.CommandID, state CommandState, reason string) error

	// AddTrace stores the evidence of a session once; false if it was stored before.
	AddTrace(ctx context.Context, tx larder.Tx, org larder.OrgID, t Trace) (bool, error)
	// Verdict reads what a trace concluded, "" for nothing; an error of code not_found if there is no trace.
	Verdict(ctx context.Context, tx larder.Tx, id larder.SessionID) (string, error)

	// Purchase, PurchaseOfPayment and PurchaseByNumber read the rows of a purchase in one statement; an
	// error of code not_found if there is none, as for a session that staff opened.
	Purchase(ctx context.Context, tx larder.Tx, id larder.SessionID) (Purchase, error)
	PurchaseOfPayment(ctx context.Context, tx larder.Tx, id larder.PaymentID) (Purchase, error)
	PurchaseByNumber(ctx context.Context, tx larder.Tx, provider, number string) (Purchase, error)

	// DoorEvents returns the durable events in which a cabinet names a session, in the order of (boot, seq).
	DoorEvents(ctx context.Context, tx larder.Tx, cabinet larder.CabinetID, id larder.SessionID) ([]larder.DoorEvent, error)

	// NextOpening returns the first opening of after's door for another session that its cabinet had after
	// it, in the order of (boot, seq); nil if there was none yet.
	NextOpening(ctx context.Context, tx larder.Tx, after larder.DoorEvent) (*larder.DoorEvent, error)

	// SessionsOf returns a customer's sessions, newest first.
	SessionsOf(ctx context.Context, tx larder.Tx, customer larder.CustomerID, limit int) ([]larder.SessionID, error)
}

// Purchase is a session with its bill and its payment, as the rows of one moment.
type Purchase struct {
	Session session.Session
	Order   order.Order
	Payment payment.Payment
}

// Request is an earlier request under an idempotency key.
type Request struct {
	Hash [32]byte // of the input
	Ref  int64    // the id of what it made
}

// CommandState is how a command ended (LK5).
type CommandState string

// The ends of a command.
const (
	CommandDone    CommandState = "done"
	CommandRefused CommandState = "refused"
	CommandFailed  CommandState = "failed"
	CommandExpired CommandState = "expired" // no answer in its time; it can no longer take effect
)

// Trace is the evidence of one session: all readings and what was concluded from them.
type Trace struct {
	Session  larder.SessionID
	Rules    string // the version of the recognizer
	Readings []byte // all that the recognizer was told, packed as package weigh/trace does
	Verdict  string // weigh.Verdict as JSON; "" if none was reached
	At       larder.Millis
}

// Bell is rung after a commit that changed a session or its payment. It does not block.
type Bell interface {
	Ring(s session.Session)
}
