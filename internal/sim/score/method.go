package score

import (
	"errors"
	"fmt"
	"math"

	"larder"
	"larder/internal/core/weigh"
)

// Verdict is what a method says of a session.
type Verdict struct {
	Kind       weigh.VerdictKind
	Counts     []int // items by position of the lane; in a review the suggestion
	Confidence float64
	Reasons    []string
	Alerts     []string
	Decided    larder.Millis // the platform's clock
}

// Method is one way to get from a session to a verdict.
type Method struct {
	Name  string
	Judge func(*weigh.Recording) (Verdict, error)
}

// The names of the methods that are always compared.
const (
	NameRecognizer = "recognizer"
	NameReplaced   = "replaced rule"
	NameMedians    = "medians"
)

// Methods are the recognizer under the default policy and the two baselines.
func Methods() []Method {
	return []Method{
		{NameRecognizer, Recognizer(weigh.Balanced())},
		{NameReplaced, Replaced},
		{NameMedians, Medians},
	}
}

// end is after everything: the clock of a replay that has nothing more to tell.
const end = larder.Millis(math.MaxInt64 / 2)

// asksMax is more often than any session has to be asked.
const asksMax = 50_000

// Recognizer judges by the recognizer that production runs, on the clock of arrival: it is told what
// arrives when it arrives, and asked when it says to.
func Recognizer(policy weigh.Policy) func(*weigh.Recording) (Verdict, error) {
	return func(rec *weigh.Recording) (Verdict, error) {
		lanes := make([]weigh.Lane, len(rec.Lanes))
		for i, l := range rec.Lanes {
			lanes[i] = l.Lane
		}
		r, err := weigh.New(lanes, policy)
		if err != nil {
			return Verdict{}, err
		}
		v, err := (&clock{r: r, doors: rec.Doors}).run(rec.Readings)
		if err != nil {
			return Verdict{}, err
		}
		out := Verdict{
			Kind: v.Kind, Counts: make([]int, len(lanes)), Confidence: v.Confidence,
			Reasons: v.Reasons, Alerts: v.Alerts, Decided: v.Decided,
		}
		for _, l := range v.Lines {
			out.Counts[l.Lane] = l.Count
		}
		return out, nil
	}
}

// clock plays one recorded session to a recognizer.
type clock struct {
	r     *weigh.Recognizer
	doors []weigh.DoorNote // still to be told, in order of arrival
	now   larder.Millis
	next  larder.Millis // when to ask
	asks  int
}

func (c *clock) run(readings []weigh.Reading) (weigh.Verdict, error) {
	c.start(readings)
	for i := range readings {
		if v, done := c.until(readings[i].Arrived); done {
			return v, nil
		}
		if err := c.r.Feed(readings[i]); err != nil {
			return weigh.Verdict{}, fmt.Errorf("readings[%d]: %w", i, err)
		}
	}
	if v, done := c.until(end); done {
		return v, nil
	}
	return weigh.Verdict{}, errors.New("the session does not end")
}

// start sets the clock to whatever arrives first.
func (c *clock) start(readings []weigh.Reading) {
	switch {
	case len(readings) > 0 && len(c.doors) > 0:
		c.now = min(readings[0].Arrived, c.doors[0].Arrived)
	case len(readings) > 0:
		c.now = readings[0].Arrived
	case len(c.doors) > 0:
		c.now = c.doors[0].Arrived
	}
	c.next = c.now
}

// until lets time pass up to a moment, and tells what arrives until then before it asks.
func (c *clock) until(moment larder.Millis) (weigh.Verdict, bool) {
	for ; c.asks < asksMax; c.asks++ {
		if len(c.doors) > 0 && c.doors[0].Arrived <= moment && c.doors[0].Arrived <= c.next {
			note := c.doors[0]
			c.doors = c.doors[1:]
			c.now = max(c.now, note.Arrived)
			tell(c.r, note)
			c.next = min(c.next, c.now)
			continue
		}
		if c.next >= moment {
			break
		}
		c.now = max(c.now, c.next)
		v, next, done := c.r.Decide(c.now)
		if done {
			return v, true
		}
		c.next = max(next, c.now+1)
	}
	c.now = max(c.now, moment)
	return weigh.Verdict{}, false
}

func tell(r *weigh.Recognizer, note weigh.DoorNote) {
	switch note.Kind {
	case weigh.NoteOpened:
		r.Opened(note.At, note.Arrived)
	case weigh.NoteClosed:
		r.Closed(note.At, note.Arrived)
	case weigh.NoteBounded:
		r.Bounded(note.At, note.Arrived)
	}
}
