package payment

import (
	"context"
	"errors"

	"larder"
)

// Provider is one payment provider, seen as the purchase sees it: permission before the door
// opens, collection or release after it closed. Adapters speak the provider's wire; nothing here
// knows it.
//
// Every call repeats safely: the same request has the same effect once. Every error leaves the
// outcome unknown unless it is [ErrRefused]; whoever called asks again with Query, never with a
// new number. An error's text never holds a secret or a customer's data.
type Provider interface {
	// Name is the provider's name in rows and metrics, for instance "wechatpay".
	Name() string

	// Authorize registers the visit at the provider and asks for the customer's consent. The answer's
	// State is Waiting (Phone then tells the phone how to raise the provider's page) or, for a
	// customer with a standing consent, Authorized.
	Authorize(ctx context.Context, req AuthorizeRequest) (Status, error)

	// Query asks what has become of a number. A number that the provider has never seen is State
	// NotFound and no error.
	Query(ctx context.Context, number string) (Status, error)

	// Cancel gives back what Authorize asked for or got; nothing is collected. The answer's State is
	// Canceled when the provider says so; any other state means that it was not canceled.
	Cancel(ctx context.Context, number, reason string) (Status, error)

	// Capture asks to collect req.Amount, which is above zero and at most what was authorized. The
	// answer's State is Collecting or Captured.
	Capture(ctx context.Context, req CaptureRequest) (Status, error)

	// ParseNotice verifies a callback over its raw bytes and reads it. ErrBadNotice means: change
	// nothing, count it, answer with a failure.
	ParseNotice(ctx context.Context, cb Callback) (Notice, error)
}

// AuthorizeRequest asks for permission to charge for one visit. It is stored before the first try
// and sent again byte for byte: providers refuse a repetition that differs.
type AuthorizeRequest struct {
	Number  string        `json:"number"`  // ours, unique for ever, at most 32 of [0-9A-Za-z_-]
	Payer   string        `json:"payer"`   // the provider's identity of the customer (openid)
	Ceiling larder.Fen    `json:"ceiling"` // the most that can be collected
	Started larder.Millis `json:"started"` // when the visit began, the platform's clock
	Cabinet string        `json:"cabinet"` // what the customer's bill calls the place, at most 20 characters
	Device  string        `json:"device"`  // the cabinet's serial number
}

// CaptureRequest asks to collect for one visit; stored and repeated like [AuthorizeRequest].
type CaptureRequest struct {
	Number  string        `json:"number"`
	Amount  larder.Fen    `json:"amount"`
	Lines   []CaptureLine `json:"lines"` // any number; sum of Count*Price is Amount plus discounts; may be shown, condensed or dropped
	Started larder.Millis `json:"started"`
	Ended   larder.Millis `json:"ended"`
}

// CaptureLine is one line for the customer's eyes.
type CaptureLine struct {
	Name  string     `json:"name"`
	Count int        `json:"count"` // 1..1000
	Price larder.Fen `json:"price"` // of one piece
}

// ProviderState is what the provider says, in our words.
type ProviderState string

// The states of a number at the provider.
const (
	ProviderNotFound   ProviderState = "not_found"  // never seen
	ProviderWaiting    ProviderState = "waiting"    // for the customer's consent
	ProviderAuthorized ProviderState = "authorized" // consent given, nothing collected
	ProviderCollecting ProviderState = "collecting" // collection under way, may take days
	ProviderCaptured   ProviderState = "captured"   // the money is collected
	ProviderCanceled   ProviderState = "canceled"   // given back, expired or never confirmed
)

// Status is a verified answer about one number.
type Status struct {
	Number string
	State  ProviderState
	Amount larder.Fen        // collected, when State is Captured; asked for, when Collecting
	Ref    string            // the provider's own number of the order
	Trade  string            // the provider's number of the collecting trade, when Captured; refunds need it
	Phone  map[string]string // what the phone needs to raise the provider's page, when Waiting
}

// Callback is a provider's HTTP request to us, untouched.
type Callback struct {
	Header  map[string][]string // canonical keys, as net/http has them
	Body    []byte              // raw bytes, at most 1 MiB
	Arrived larder.Millis
}

// Notice is a verified callback.
type Notice struct {
	ID     string // the provider's id of the notice; equal for every repetition of it
	Kind   string // the provider's word, for people
	Status Status // what it says about one of our numbers
}

// Refusal reasons that callers tell apart.
const (
	RefusedCustomer = "customer" // this customer may not (risk, limits, overdue): offer another way
	RefusedRequest  = "request"  // the request is wrong: a mistake of ours, alarm
	RefusedState    = "state"    // not possible in the state that the number is in: query
	RefusedLater    = "later"    // busy or limited: try again later
)

// ErrRefused is an answer in which the provider says no. It is a hint and not proof (refusals are
// not always signed): never decide about money from it without a Query.
type ErrRefused struct {
	Reason string // one of the Refused constants
	Code   string // the provider's code
}

// Error names reason and code.
func (e *ErrRefused) Error() string { return "the provider refused: " + e.Reason + " (" + e.Code + ")" }

// ErrBadNotice is a callback that is not what it claims to be; Cause is a bounded word for a metric.
type ErrBadNotice struct {
	Cause string // "signature", "probe", "stale", "malformed", "foreign"
	Err   error
}

// Error names the cause only: what arrived is a stranger's text.
func (e *ErrBadNotice) Error() string { return "bad notice: " + e.Cause }

// Unwrap returns what lies under it.
func (e *ErrBadNotice) Unwrap() error { return e.Err }

// IsRefused reports whether err is an [ErrRefused] with the given reason.
func IsRefused(err error, reason string) bool {
	e, ok := errors.AsType[*ErrRefused](err)
	return ok && e.Reason == reason
}
