package fault

import (
	"fmt"
	"slices"
	"strings"
)

// ID names a row of the catalog.
type ID string

// The rows that the simulator plays.
const (
	StaleAnswer    ID = "O1"
	NoAnswer       ID = "O2"
	CloseFirst     ID = "O3"
	CloseRepeated  ID = "O4"
	NoSession      ID = "O5"
	AnswerLost     ID = "O6"
	Shuffled       ID = "O7"
	Gap            ID = "O8"
	JammedLock     ID = "O13"
	WildAfterClose ID = "W1"
	WildAfterOpen  ID = "W2"
	Burst          ID = "W7"
	Mixed          ID = "W8"
	ConsentTwice   ID = "P1"
	PaidTwice      ID = "P2"
	Ignored        ID = "P4"
	Race           ID = "P5"
	NoCallback     ID = "P6"
	EarlyCallback  ID = "P7"
	Unknown        ID = "P9"
	LeftOpen       ID = "X1"
	CutOff         ID = "X3"
	TwoScan        ID = "X5"
	WrongClock     ID = "G1"
	Restart        ID = "B9"
	TornPosting    ID = "L1"
)

// Row is one row of the catalog.
type Row struct {
	ID   ID
	What string  // what is injected
	Rate float64 // chance at each opportunity, which is mostly a visit
}

// Catalog returns the rows in the catalog's order.
func Catalog() []Row { return slices.Clone(catalog) }

var catalog = []Row{
	{StaleAnswer, "open is answered with a door that seems closed", 0.02},
	{NoAnswer, "open is not answered at all", 0.02},
	{CloseFirst, "close overtakes the answer to open", 0.02},
	{CloseRepeated, "close is repeated 2 to 50 times, also on the next connection", 0.02},
	{NoSession, "a door is forced while nobody shops", 0.01},
	{AnswerLost, "the answer to open and the first words of the close are lost", 0.02},
	{Shuffled, "a session's frames are repeated and overtake each other", 0.02},
	{Gap, "an event is lost and its follower arrives", 0.02},
	{JammedLock, "the lock is released and the bolt is stuck", 0.01},
	{WildAfterClose, "no reading after the close means anything", 0.01},
	{WildAfterOpen, "no reading since the opening means anything", 0.01},
	{Burst, "2 s of readings are lost", 0.03},
	{Mixed, "readings arrive in the next shopper's session", 0.02},
	{ConsentTwice, "the consent's callback is repeated, also when all is over", 0.04},
	{PaidTwice, "the collection's callback is repeated, several at once", 0.04},
	{Ignored, "the customer leaves the provider's page, or confirms too late", 0.04},
	{Race, "the consent and the end of the 30 s meet", 0.02},
	{NoCallback, "a callback never arrives", 0.04},
	{EarlyCallback, "the callback arrives before the call that caused it returns", 0.04},
	{Unknown, "a call is carried out and its answer is lost", 0.04},
	{LeftOpen, "the door is left open for 3 or 11 minutes", 0.004},
	{CutOff, "a cabinet's network is gone in the middle of a visit, for up to two minutes", 0.02},
	{TwoScan, "two people scan one door within 5 ms", 0.03},
	{WrongClock, "the cabinet's clock is wrong by up to a day, drifts, and jumps at a restart", 0.02},
	{Restart, "the platform dies between or inside transactions and starts again", 0.0012},
	{TornPosting, "the platform dies between two statements of a posting", 0.002},
}

// Parse reads what a command line says: all, none, or numbers with commas between them. The error
// names a number that is not in the catalog.
func Parse(text string) ([]ID, error) {
	var ids []ID
	switch text {
	case "none", "":
		return nil, nil
	case "all":
		for _, r := range catalog {
			ids = append(ids, r.ID)
		}
		return ids, nil
	}
	for word := range strings.SplitSeq(text, ",") {
		id := ID(strings.ToUpper(strings.TrimSpace(word)))
		if !slices.ContainsFunc(catalog, func(r Row) bool { return r.ID == id }) {
			return nil, fmt.Errorf("%q is no fault that the simulator plays", word)
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
