package learn

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"larder"
)

// MaxStrangers bounds how many strangers of a lane are followed since its restock, those that left
// again included.
const MaxStrangers = 32

// ErrCrowded says that a lane holds more strangers than are followed: it has to be emptied and filled.
var ErrCrowded = errors.New("more strangers in the lane than are followed")

// Content is what lies in one lane since its restock. It is a value; changes of sessions may come and
// be undone in any order. Who applies a change sees to it that it does so once.
type Content struct {
	Own       int        `json:"own"`       // pieces of the lane's product; below 0 if the books were wrong
	Strangers []Stranger `json:"strangers"` // in order of their arrival here, those that left included
}

// Stranger is one object that does not belong into the lane.
type Stranger struct {
	ID      string           `json:"id"`         // of its arrival: session and number
	Session larder.SessionID `json:"session_id"` // that brought it; 0 if only its leaving is known
	Product larder.ProductID `json:"product_id"` // 0 for a foreign object, which nobody sells
	Home    larder.LaneID    `json:"lane_id"`    // the lane whose product it is; 0 likewise
	Mass    larder.Gram      `json:"mass_g"`     // its own, as weighed when it came
	In      int              `json:"in"`         // 1 once it came
	Out     int              `json:"out"`        // 1 once it left
}

// Change is what one session did to one lane's content.
type Change struct {
	Session larder.SessionID `json:"session_id"`
	Own     int              `json:"own"`  // pieces of the lane's product that came, negative if they left
	Came    []Arrival        `json:"came"` // strangers that were put here
	Left    []string         `json:"left"` // ids of strangers that were taken
}

// Arrival is a stranger that is put into a lane.
type Arrival struct {
	Product larder.ProductID `json:"product_id"`
	Home    larder.LaneID    `json:"lane_id"`
	Mass    larder.Gram      `json:"mass_g"`
}

// Filled is the content of a lane after a restock that left own pieces in it and nothing else.
func Filled(own int) Content { return Content{Own: own} }

// Apply returns the content after a change; an error, [ErrCrowded] among them, changes nothing.
func (c Content) Apply(ch Change) (Content, error) { return c.moved(ch, 1) }

// Undo returns the content as if a change that was applied had never been. A stranger that came with
// it and has left since was then never here: it shows again once its leaving is undone, too.
func (c Content) Undo(ch Change) (Content, error) { return c.moved(ch, -1) }

func (c Content) moved(ch Change, by int) (Content, error) {
	was := c
	c.Strangers = slices.Clone(c.Strangers)
	c.Own += by * ch.Own
	for i, a := range ch.Came {
		if !a.Mass.Known() || a.Mass <= 0 || a.Mass > maxMass {
			return was, fmt.Errorf("learn: content: came[%d]: mass %v g", i, float64(a.Mass))
		}
		s := c.find(fmt.Sprintf("%v.%d", ch.Session, i))
		s.Session, s.Product, s.Home, s.Mass = ch.Session, a.Product, a.Home, kept(a.Mass)
		s.In += by
	}
	for i, id := range ch.Left {
		s := c.find(id)
		s.Out += by
		if s.Out > 1 {
			return was, fmt.Errorf("learn: content: left[%d]: %.64q has left before", i, id)
		}
	}
	c.Strangers = slices.DeleteFunc(c.Strangers, func(s Stranger) bool { return s.In == 0 && s.Out == 0 })
	for len(c.Strangers) > MaxStrangers {
		gone := slices.IndexFunc(c.Strangers, func(s Stranger) bool { return s.In == s.Out })
		if gone < 0 {
			return was, fmt.Errorf("learn: content: %w", ErrCrowded)
		}
		c.Strangers = slices.Delete(c.Strangers, gone, gone+1)
	}
	for _, s := range c.Strangers {
		if s.In < 0 || s.In > 1 || s.Out < 0 {
			return was, fmt.Errorf("learn: content: %.64q came %d and left %d times", s.ID, s.In, s.Out)
		}
	}
	return c, nil
}

// find returns the stranger of an id, a new one if there is none. The pointer is good until the next
// call.
func (c *Content) find(id string) *Stranger {
	for i := range c.Strangers {
		if c.Strangers[i].ID == id {
			return &c.Strangers[i]
		}
	}
	c.Strangers = append(c.Strangers, Stranger{ID: id})
	return &c.Strangers[len(c.Strangers)-1]
}

// Held returns the strangers that lie in the lane now, in order of their arrival.
func (c Content) Held() []Stranger {
	out := []Stranger{}
	for _, s := range c.Strangers {
		if s.In > s.Out {
			out = append(out, s)
		}
	}
	return out
}

// sameObject is by what share one object weighs otherwise on another day, 1 sd.
const sameObject = 0.004

// Matches returns which of the strangers in the lane a loss may be, the closest first: those whose
// mass is within three standard deviations of it. sd is the uncertainty of the loss in grams. What
// leaves is priced as that product, at its own lane's price; a foreign object costs nothing.
func (c Content) Matches(loss, sd larder.Gram) []Stranger {
	off := func(s Stranger) float64 {
		return math.Abs(float64(loss-s.Mass)) / math.Hypot(math.Max(float64(sd), 0.1), sameObject*float64(s.Mass))
	}
	out := slices.DeleteFunc(c.Held(), func(s Stranger) bool { return !(off(s) <= 3) })
	slices.SortStableFunc(out, func(a, b Stranger) int {
		switch {
		case off(a) < off(b):
			return -1
		case off(a) > off(b):
			return 1
		}
		return 0
	})
	return out
}
