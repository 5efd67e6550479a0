package larder

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Code names what went wrong in a word that programs may rely on. People read a text that is made
// from the code and the parameters, in their language; the HTTP status is decided in one place
// (internal/edge/api).
type Code string

// The codes. What an outsider may learn is here; what went wrong inside is in the wrapped error.
const (
	CodeInvalid       Code = "invalid"           // the input is malformed or out of range; params: field, reason
	CodeUnauthorized  Code = "unauthorized"      // nobody is signed in, or the sign-in ended
	CodeForbidden     Code = "forbidden"         // signed in, but not for this
	CodeNotFound      Code = "not_found"         // no such thing, or not yours
	CodeConflict      Code = "conflict"          // the thing has moved on, read it again; or there is another one already, params: field, reason
	CodeReused        Code = "key_reused"        // an idempotency key came back with another input
	CodeLimited       Code = "limited"           // too many attempts; params: retry_after_s
	CodeDoorTaken     Code = "door_taken"        // somebody else uses the door now
	CodeOffline       Code = "cabinet_offline"   // the cabinet did not answer a ping within 2 s
	CodeNotSellable   Code = "cabinet_not_ready" // answered, but may not sell now; params: reason
	CodeDebt          Code = "debt"              // an earlier purchase is not paid yet
	CodeOpenElsewhere Code = "visit_under_way"   // this customer has another visit under way
	CodeProvider      Code = "provider_trouble"  // the payment provider refused or could not be reached
	CodeOverload      Code = "overload"          // the platform sheds load; try again
	CodeInternal      Code = "internal"          // a mistake of ours
	CodeNotCancelable Code = "not_cancelable"    // the door was already told to open
	CodeCaseDecided   Code = "case_decided"      // somebody decided this case before
	CodeCredentials   Code = "wrong_credentials" // login and password do not match, whichever of the two
	CodeTooLarge      Code = "too_large"         // the input is larger than allowed; params: limit
	CodeUnsupported   Code = "unsupported"       // this cabinet model cannot do that
)

// Error is a failure with two audiences: Code and Params for outsiders, Err for the log.
type Error struct {
	Code   Code
	Params map[string]any // small, JSON-able values; never a secret or a full phone number
	Err    error          // may be nil
}

// E returns an error of code with parameters given as key, value, key, value, …; it panics on an
// odd number of them, which is a mistake of the program.
func E(code Code, pairs ...any) *Error {
	e := &Error{Code: code}
	if len(pairs) == 0 {
		return e
	}
	e.Params = make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		e.Params[pairs[i].(string)] = pairs[i+1]
	}
	return e
}

// Wrap gives err a code; it returns nil for a nil err.
func Wrap(code Code, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Code: code, Err: err}
}

// Taken names the field of which there is another one already, where err is a conflict that the store
// has found; any other error is returned as it is.
func Taken(field string, err error) error {
	if CodeOf(err) != CodeConflict {
		return err
	}
	return &Error{Code: CodeConflict, Params: map[string]any{"field": field, "reason": "taken"}, Err: err}
}

// Error names the code, the parameters in order of their names, and what lies under it.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	for _, k := range slices.Sorted(maps.Keys(e.Params)) {
		fmt.Fprintf(&b, " %s=%v", k, e.Params[k])
	}
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap returns what lies under the error.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the outermost [*Error] in err's chain, [CodeInternal] for an error
// without one, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}
