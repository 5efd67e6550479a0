package larder

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"
)

// ID identifies one row of kind K. It is a positive 63-bit number: 41 bits of milliseconds since
// [Epoch], 10 bits of leased node, 12 bits of sequence, so that ids of one node grow with time and
// inserts append. The zero value means "none". In JSON, in URLs and in logs it is a decimal
// string, because JavaScript rounds integers above 2^53.
type ID[K any] int64

// The kinds of id. Each noun has its own, so that a door cannot be passed where a lane is asked for.
type (
	OrgID      = ID[orgKind]
	SiteID     = ID[siteKind]
	CabinetID  = ID[cabinetKind]
	DoorID     = ID[doorKind]
	LaneID     = ID[laneKind]
	ProductID  = ID[productKind]
	SessionID  = ID[sessionKind]
	OrderID    = ID[orderKind]
	PaymentID  = ID[paymentKind]
	CustomerID = ID[customerKind]
	StaffID    = ID[staffKind]
	CaseID     = ID[caseKind]
	EffectID   = ID[effectKind]
	CommandID  = ID[commandKind]
	JournalID  = ID[journalKind]
	AccountID  = ID[accountKind]
)

type (
	orgKind      struct{}
	siteKind     struct{}
	cabinetKind  struct{}
	doorKind     struct{}
	laneKind     struct{}
	productKind  struct{}
	sessionKind  struct{}
	orderKind    struct{}
	paymentKind  struct{}
	customerKind struct{}
	staffKind    struct{}
	caseKind     struct{}
	effectKind   struct{}
	commandKind  struct{}
	journalKind  struct{}
	accountKind  struct{}
)

// Platform is the reserved organization that customers, their agreements and their debts belong to.
const Platform OrgID = 1

// Epoch is where the 41 bits of milliseconds of an id begin; they last until 2094.
var Epoch = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)

const (
	nodeBits     = 10
	sequenceBits = 12
	maxNode      = 1<<nodeBits - 1
	maxSequence  = 1<<sequenceBits - 1
)

// String returns the decimal form.
func (id ID[K]) String() string { return strconv.FormatInt(int64(id), 10) }

// IsZero reports whether id names nothing.
func (id ID[K]) IsZero() bool { return id == 0 }

// MarshalText writes the decimal form; encoding/json quotes it.
func (id ID[K]) MarshalText() ([]byte, error) { return strconv.AppendInt(nil, int64(id), 10), nil }

// UnmarshalText accepts exactly what MarshalText writes: no sign, no leading zero, no space.
func (id *ID[K]) UnmarshalText(text []byte) error {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != string(text) {
		return fmt.Errorf("not an id: %.32q", text)
	}
	*id = ID[K](n)
	return nil
}

// ParseID reads the decimal form of an id; the error is of code [CodeInvalid].
func ParseID[K any](text string) (ID[K], error) {
	var id ID[K]
	if err := id.UnmarshalText([]byte(text)); err != nil {
		return 0, Wrap(CodeInvalid, err)
	}
	return id, nil
}

// IDSource makes numbers for ids; [*IDs] is the one that production uses.
type IDSource interface {
	// Next returns a number that this source never returned before and that is larger than all of them.
	Next() int64
}

// NewID takes the next number of src as an id of the kind that the caller names.
func NewID[T ~int64](src IDSource) T { return T(src.Next()) }

// NextFence returns a number above prev: a fresh id, or prev+1 where a restored backup or a slow
// clock has left the generator behind.
func NextFence(src IDSource, prev int64) int64 { return max(src.Next(), prev+1) }

// IDs generates ids for one node. It is safe for concurrent use. A clock that steps back does not
// make ids repeat: the generator stays at the latest millisecond it has seen, and borrows from the
// next one when the 4,096 numbers of a millisecond are used up.
type IDs struct {
	node int64
	now  func() time.Time

	mu   sync.Mutex // guards last
	last int64      // milliseconds<<sequenceBits | sequence of the latest id
}

// NewIDs returns a generator for a leased node number in 0..1023 that reads time from now.
func NewIDs(node int, now func() time.Time) (*IDs, error) {
	if node < 0 || node > maxNode {
		return nil, fmt.Errorf("node %d is outside 0..%d", node, maxNode)
	}
	if now == nil {
		return nil, errors.New("an id generator needs a clock")
	}
	return &IDs{node: int64(node), now: now}, nil
}

// Next returns the next number, larger than every earlier one of this generator.
func (g *IDs) Next() int64 {
	ms := max(g.now().Sub(Epoch).Milliseconds(), 0)
	g.mu.Lock()
	g.last = max(g.last+1, ms<<sequenceBits)
	last := g.last
	g.mu.Unlock()
	return last>>sequenceBits<<(nodeBits+sequenceBits) | g.node<<sequenceBits | last&maxSequence
}
