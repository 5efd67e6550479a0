package session

import (
	"larder"
	"larder/internal/core/weigh"
)

// EventKind names an event in the table and in metrics.
type EventKind string

// The kinds of event.
const (
	KindAsked      EventKind = "asked"
	KindAuthorized EventKind = "authorized"
	KindWithdrawn  EventKind = "withdrawn"
	KindAnswered   EventKind = "answered"
	KindDoorOpened EventKind = "door_opened"
	KindDoorClosed EventKind = "door_closed"
	KindExpired    EventKind = "expired"
	KindRested     EventKind = "rested"
	KindJudged     EventKind = "judged"
	KindDecided    EventKind = "decided"
)

// Event is something that happened to a session.
type Event interface{ Kind() EventKind }

type (
	// Asked says that the provider has taken the authorization and the customer sees its page.
	Asked struct{}

	// Authorized says that the payment was won for this session; Command is the id for the open command.
	Authorized struct{ Command larder.CommandID }

	// Withdrawn says that there will be no authorization: the customer canceled or the provider refused.
	Withdrawn struct{}

	// Answered says how the open command was answered. Result is "" when no answer came in its time.
	Answered struct {
		Result larder.AnswerResult
		Door   larder.DoorState
	}

	// DoorOpened says that the door of this session moved open, by a durable event.
	DoorOpened struct{}

	// DoorClosed says that the door of this session closed, by a durable event.
	DoorClosed struct{}

	// Expired says that the deadline has passed, and what a look at the cabinet showed just now.
	Expired struct {
		Door  larder.DoorState // unknown if the cabinet did not answer
		Lanes LaneChange
	}

	// Rested says that the first settled readings after the close are in: the door may be leased again.
	Rested struct{}

	// Judged carries the recognizer's verdict.
	Judged struct {
		Verdict Verdict
		Lines   []Taken
	}

	// Decided carries what a person, or the policy at a case's deadline, decided.
	Decided struct{ Lines []Taken }
)

// Verdict is the recognizer's: charge, no_charge or review; see [weigh.VerdictKind].
type Verdict = weigh.VerdictKind

// LaneChange is what is known about the lanes of a door that did not report an opening.
type LaneChange string

// A stuck door sensor may hide an open door: only lanes that are known to be unchanged prove that
// nothing was taken (DV6).
const (
	LanesUnknown   LaneChange = ""
	LanesUnchanged LaneChange = "unchanged"
	LanesChanged   LaneChange = "changed"
)

// Taken is a number of pieces that left a lane.
type Taken struct {
	Lane  larder.LaneID `json:"lane_id"`
	Count int           `json:"count"` // at least 1
}

// Kind implements [Event].
func (Asked) Kind() EventKind { return KindAsked }

// Kind implements [Event].
func (Authorized) Kind() EventKind { return KindAuthorized }

// Kind implements [Event].
func (Withdrawn) Kind() EventKind { return KindWithdrawn }

// Kind implements [Event].
func (Answered) Kind() EventKind { return KindAnswered }

// Kind implements [Event].
func (DoorOpened) Kind() EventKind { return KindDoorOpened }

// Kind implements [Event].
func (DoorClosed) Kind() EventKind { return KindDoorClosed }

// Kind implements [Event].
func (Expired) Kind() EventKind { return KindExpired }

// Kind implements [Event].
func (Rested) Kind() EventKind { return KindRested }

// Kind implements [Event].
func (Judged) Kind() EventKind { return KindJudged }

// Kind implements [Event].
func (Decided) Kind() EventKind { return KindDecided }

// Effect is something that a step asks for, in the same transaction.
type Effect interface{ effect() }

type (
	// SendOpen asks for the open command to be sent.
	SendOpen struct{}

	// RenewLease makes sure that the door is still this session's before the lock is told to move.
	RenewLease struct{}

	// HoldLease makes the lease last until the door closes or a person ends it.
	HoldLease struct{}

	// EndLease lets the next one in.
	EndLease struct{}

	// Release gives the authorization back; the order is void.
	Release struct{}

	// Settle turns Lines into order, stock and money; none means that nothing was taken.
	Settle struct{ Lines []Taken }

	// OpenCase asks for a person.
	OpenCase struct {
		Cause CaseCause
		Lines []Taken // the suggestion, where there is one
	}
)

func (SendOpen) effect()   {}
func (RenewLease) effect() {}
func (HoldLease) effect()  {}
func (EndLease) effect()   {}
func (Release) effect()    {}
func (Settle) effect()     {}
func (OpenCase) effect()   {}

// CaseCause is why a person is asked.
type CaseCause string

// The causes that a step finds; visit has some of its own. All but the last three leave the session in Review: the case decides its end.
const (
	CauseReview       CaseCause = "review"        // the recognizer is in doubt
	CauseNoVerdict    CaseCause = "no_verdict"    // the readings never sufficed
	CauseLeftOpen     CaseCause = "left_open"     // the door stood open for too long
	CauseCabinetLost  CaseCause = "cabinet_lost"  // silent or undecided since the open command: nobody knows whether it opened
	CauseHiddenChange CaseCause = "hidden_change" // lanes changed although the door never opened
	CauseDoorAbnormal CaseCause = "door_abnormal" // told to open, did not; the customer was released
	CauseLateOpen     CaseCause = "late_open"     // a door opened for a session that had ended
	CauseLeaseLost    CaseCause = "lease_lost"    // a door opened for a session whose lease had passed on
)

// Decides reports whether a case of this cause ends a session that waits in Review.
func (c CaseCause) Decides() bool {
	switch c {
	case CauseReview, CauseNoVerdict, CauseLeftOpen, CauseCabinetLost, CauseHiddenChange:
		return true
	case CauseDoorAbnormal, CauseLateOpen, CauseLeaseLost:
	}
	return false
}
