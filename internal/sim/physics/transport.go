package physics

import (
	"errors"
	"math/rand/v2"
)

// TransportFaults says what a network without memory does to the frames of a session: F1's row
// "transport". A cabinet that keeps its readings until they are durable undoes most of it; whoever
// plays an older protocol, or the time until a replay, does not. The zero value loses nothing.
type TransportFaults struct {
	Loss       float64 // per frame
	Duplicates float64 // per frame
	Late       float64 // per frame: half a second and more, out of order
	Bursts     float64 // share of the sessions in which nothing passes for 1 to 10 s
	Stalls     float64 // share of the sessions whose frames after the close wait for 2 to 20 s
	LostTails  float64 // share of the sessions of which no fast frame after the close arrives
	LostOpens  float64 // share of the sessions whose event "opened" is lost
	LostCloses float64 // share of the sessions whose event "closed" is lost
}

// F1Transport is the row with the table's rates.
func F1Transport() TransportFaults {
	return TransportFaults{
		Loss: 0.01, Duplicates: 0.01, Late: 0.02,
		Bursts: 0.03, Stalls: 0.02, LostTails: 0.015, LostOpens: 0.01, LostCloses: 0.01,
	}
}

// F2Transport is the row with twice the table's rates.
func F2Transport() TransportFaults {
	f := F1Transport()
	for _, rate := range []*float64{
		&f.Loss, &f.Duplicates, &f.Late, &f.Bursts, &f.Stalls, &f.LostTails, &f.LostOpens, &f.LostCloses,
	} {
		*rate *= 2
	}
	return f
}

// The row's times in milliseconds. The table does not say when a burst begins: within the first
// quarter of a minute, where most sessions have something to lose.
const (
	burstMin       = 1_000
	burstMax       = 10_000
	burstLater     = 15_000
	lateLeast      = 500
	lateMean       = 1_500 // of the exponential beyond the least
	stallMin       = 2_000
	stallMax       = 20_000
	duplicateLater = 300 // a frame's twin comes up to so long after it
)

// TransportTally counts what happened to frames and events.
type TransportTally struct {
	Lost, Duplicated, Late, Stalled int // frames
	LostOpens, LostCloses           int // events
	Bursts, LostTails               int // frames lost in a burst, or as the tail of a session
}

// Transport plays the faults for one cabinet. Like a [Cabinet] it is a function of its seed and its
// calls, and belongs to one goroutine.
type Transport struct {
	faults TransportFaults
	dice   dice
	tally  TransportTally

	burstFrom, burstTo  Moment
	stall               Moment // length, if the session has one
	closed              bool
	shut                Moment // when the door closed
	tailLost            bool
	openLost, closeLost bool
}

// NewTransport returns a transport whose chances come from rng, which it does not keep.
func NewTransport(faults TransportFaults, rng *rand.Rand) (*Transport, error) {
	if rng == nil {
		return nil, errors.New("a simulated transport needs a seeded generator")
	}
	return &Transport{faults: faults, dice: dice{rng}.fork()}, nil
}

// Open begins a session at a moment and returns when its event arrives: never if it is lost.
func (t *Transport) Open(at Moment) (arrives Moment, ok bool) {
	d := t.dice
	t.closed, t.burstFrom, t.burstTo, t.stall = false, 0, 0, 0
	if d.chance(t.faults.Bursts) {
		t.burstFrom = at + d.moments(0, burstLater)
		t.burstTo = t.burstFrom + d.moments(burstMin, burstMax)
	}
	if d.chance(t.faults.Stalls) {
		t.stall = d.moments(stallMin, stallMax)
	}
	t.tailLost = d.chance(t.faults.LostTails)
	t.openLost, t.closeLost = d.chance(t.faults.LostOpens), d.chance(t.faults.LostCloses)
	if t.openLost {
		t.tally.LostOpens++
	}
	return at, !t.openLost
}

// Close ends a session's open time at a moment and returns when its event arrives: never if it is
// lost.
func (t *Transport) Close(at Moment) (arrives Moment, ok bool) {
	t.closed, t.shut = true, at
	if t.closeLost {
		t.tally.LostCloses++
	}
	return at, !t.closeLost
}

// Frame returns when a frame that is sent at a moment arrives: once, twice or never. What is late
// may arrive after what was sent later.
func (t *Transport) Frame(at Moment) []Moment {
	d := t.dice
	inBurst := at >= t.burstFrom && at < t.burstTo
	inTail := t.closed && t.tailLost && at < t.shut+fastTail
	switch {
	case inBurst:
		t.tally.Bursts++
	case inTail:
		t.tally.LostTails++
	}
	if inBurst || inTail || d.chance(t.faults.Loss) {
		t.tally.Lost++
		return nil
	}
	arrives := at
	if t.closed && at < t.shut+t.stall {
		t.tally.Stalled++
		arrives = t.shut + t.stall
	}
	if d.chance(t.faults.Late) {
		t.tally.Late++
		arrives += lateLeast + Moment(d.ExpFloat64()*lateMean)
	}
	if d.chance(t.faults.Duplicates) {
		t.tally.Duplicated++
		return []Moment{arrives, arrives + d.moments(0, duplicateLater)}
	}
	return []Moment{arrives}
}

// Tally returns what has happened so far.
func (t *Transport) Tally() TransportTally { return t.tally }
