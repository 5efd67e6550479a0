package app

import (
	"errors"
	"fmt"
	"strings"

	"larder"
	"larder/internal/app/installation"
)

// Refusal is what a room refuses of something that is to be set up, in words for whoever wrote it: what
// the database's driver says stays below.
type Refusal struct {
	Field  string // as the room calls it; "" for none in particular
	Reason string // reads on after the field
	Err    error  // the room's, with its code
}

// Error names the field and the reason.
func (r *Refusal) Error() string { return strings.TrimSpace(r.Field + " " + r.Reason) }

// Unwrap returns the room's error.
func (r *Refusal) Unwrap() error { return r.Err }

// reasons are the rooms' words, as people read them.
var reasons = map[string]string{
	"characters":   "has characters that it may not have",
	"illegible":    installation.Illegible,
	"length":       "is too short or too long",
	"out of range": "is outside of its limits",
	"taken":        "is taken",
	"unknown":      "is unknown",
}

// refusalOf returns what a room has refused; nil for any other error.
func refusalOf(err error) *Refusal {
	e, ok := errors.AsType[*larder.Error](err)
	if !ok || e.Code != larder.CodeInvalid && e.Code != larder.CodeConflict {
		return nil
	}
	r := &Refusal{Err: err}
	r.Field, _ = e.Params["field"].(string)
	reason, _ := e.Params["reason"].(string)
	words, known := reasons[reason]
	switch {
	case known:
		r.Reason = words
	case e.Code == larder.CodeConflict:
		r.Reason = "is in conflict with what somebody else has changed meanwhile: try again"
	default:
		r.Reason = fmt.Sprintf("is refused: %v", err)
	}
	return r
}

// refused is a room's refusal in words, or err as it is.
func refused(err error) error {
	if r := refusalOf(err); r != nil {
		return r
	}
	return err
}
