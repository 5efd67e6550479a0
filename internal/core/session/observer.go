package session

import "larder"

// Observer is told what sessions do, for metrics and logs. Its methods are quick and safe for
// concurrent use; a step may be observed twice when its transaction is run again.
type Observer interface {
	// Stepped: an event was taken in state from and led to state to.
	Stepped(from State, by EventKind, to State)
	// LeaseLost: a session was authorized after its lease had passed to somebody else; or, where opened is
	// true, its door opened after that.
	LeaseLost(id larder.SessionID, opened bool)
}

type silent struct{}

func (silent) Stepped(State, EventKind, State)  {}
func (silent) LeaseLost(larder.SessionID, bool) {}
