package session

import (
	"time"

	"larder"
)

// Purpose is why a door is opened.
type Purpose string

// The purposes. They exclude each other: one purpose at a time per door (OP6).
const (
	Purchase  Purpose = "purchase"
	Restock   Purpose = "restock"
	Swap      Purpose = "swap"
	Calibrate Purpose = "calibrate"
	Relabel   Purpose = "relabel"
)

// State is where a session stands.
type State string

// The states, in the order in which an ordinary purchase passes them.
const (
	Awaiting State = "awaiting" // for the customer's authorization; the door is leased for a while
	Opening  State = "opening"  // authorized; the lock was told to open, or is about to be
	Open     State = "open"     // the door was seen open
	Weighing State = "weighing" // the door is closed; what was taken is being worked out
	Review   State = "review"   // a person decides; there is a case
	Ended    State = "ended"    // nothing more happens; Outcome says how it ended
)

// Outcome is how a session ended.
type Outcome string

// The outcomes. Each but None belongs to an ended session.
const (
	None         Outcome = ""
	Charged      Outcome = "charged"       // goods were taken and are charged
	NothingTaken Outcome = "nothing_taken" // the door was open, nothing was taken
	Canceled     Outcome = "canceled"      // never authorized: withdrawn or not confirmed in time
	NotOpened    Outcome = "not_opened"    // authorized, but the door did not open
	WrittenOff   Outcome = "written_off"   // a person or a policy decided to charge nothing
)

// Session is one opening of one door.
type Session struct {
	ID        larder.SessionID
	Org       larder.OrgID
	Cabinet   larder.CabinetID
	Door      larder.DoorID
	Number    int // of the door in its cabinet, from 1
	Purpose   Purpose
	Customer  larder.CustomerID // 0 for staff's purposes
	Planogram int64             // the version that prices and judges this session (I13)

	State     State
	Outcome   Outcome
	DoorState larder.DoorState
	Unlocked  bool             // the cabinet said that it released the lock
	Fence     int64            // of the lease; only grows per door
	Command   larder.CommandID // the open command; 0 before Opening
	Expires   larder.Millis    // after this the open command can no longer take effect
	Queries   int              // how often the door was asked for since the command
	Deadline  larder.Millis    // when [Expired] is due; 0 if a person or nobody is waited for

	Created, Opened, Closed, EndedAt larder.Millis // the platform's clock; 0 for not yet
	Version                          int64         // grows by one with every change
}

// Windows are how long a session waits for what.
type Windows struct {
	Ask     time.Duration // for the provider to take the authorization, then the session ends
	Confirm time.Duration // for the customer on the provider's page: 30 s (CU5)
	Command time.Duration // the open command's time to live, at most 10 s (S7)
	First   time.Duration // from the command to the first look at the door
	Query   time.Duration // between looks at the door
	Queries int           // looks before "did not open": 5 (DV6)
	Lost    time.Duration // for a cabinet that fell silent after the command, then a case
	Limit   time.Duration // an open door becomes a case (X1)
	Weigh   time.Duration // for a verdict after the close, then a case; above the recognizer's 98 s
}

// DefaultWindows are the figures of the requirements.
func DefaultWindows() Windows {
	return Windows{
		Ask:     20 * time.Second,
		Confirm: 30 * time.Second,
		Command: 10 * time.Second,
		First:   4 * time.Second,
		Query:   2 * time.Second,
		Queries: 5,
		Lost:    10 * time.Minute,
		Limit:   10 * time.Minute,
		Weigh:   2 * time.Minute,
	}
}
