package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"larder/internal/sim/phone"
)

// errand is what somebody does at an open door.
type errand struct {
	cabinet int // index into the world's cabinets
	gestures
}

type gestures []step

// step is one movement of a hand.
type step struct {
	what  movement
	lane  int // from 1
	count int
}

type movement string

const (
	takeOut  movement = "take"
	putBack  movement = "put back"
	hesitate movement = "hesitate"
)

// drawErrand returns what a seed makes somebody do: one to four lanes, one or two pieces of each,
// sometimes a piece put back, sometimes one lifted and left. At least one piece leaves.
func drawErrand(seed uint64, plan Plan) errand {
	rng := rand.New(rand.NewPCG(seed, 0x6572726e)) // any constant: it keeps this stream apart from Fleet's
	e := errand{cabinet: rng.IntN(len(plan.Cabinets))}
	lanes := plan.Cabinets[e.cabinet].Lanes
	order := rng.Perm(len(lanes))
	wanted := order[:1+rng.IntN(4)]
	for _, k := range wanted {
		e.gestures = append(e.gestures, step{takeOut, k + 1, 1 + rng.IntN(2)})
	}
	if rng.IntN(4) == 0 {
		e.gestures = append(e.gestures, step{hesitate, order[len(wanted)] + 1, 1})
	}
	if rng.IntN(2) == 0 {
		k := rng.IntN(len(wanted))
		e.gestures[k].count++ // so that something of it leaves all the same
		e.gestures = append(e.gestures, step{putBack, wanted[k] + 1, 1})
	}
	return e
}

// taken returns how many pieces leave each lane, by its number.
func (g gestures) taken() map[int]int {
	out := make(map[int]int)
	for _, s := range g {
		switch s.what {
		case takeOut:
			out[s.lane] += s.count
		case putBack:
			out[s.lane] -= s.count
		case hesitate:
		}
	}
	return out
}

// do moves the hand.
func (s step) do(m *machine) error {
	switch s.what {
	case takeOut:
		return m.take(s.lane, s.count)
	case putBack:
		return m.putBack(s.lane, s.lane)
	case hesitate:
		return m.Hesitate(s.lane, s.count)
	}
	return fmt.Errorf("nobody knows how to %q", s.what)
}

// tell says the movement in words.
func (s step) tell(plan Plan, c CabinetPlan) string {
	p := plan.Products[c.Lanes[s.lane-1].Product]
	switch s.what {
	case putBack:
		return fmt.Sprintf("put one %s back into lane %d", p.NameEn, s.lane)
	case hesitate:
		return fmt.Sprintf("lift one %s in lane %d and leave it", p.NameEn, s.lane)
	case takeOut:
	}
	return fmt.Sprintf("take %d × %s from lane %d", s.count, p.NameEn, s.lane)
}

// tellBasket says what is in a basket, for people.
func tellBasket(lines []phone.Line) string {
	if len(lines) == 0 {
		return "nothing"
	}
	words := make([]string, len(lines))
	for i, l := range lines {
		words[i] = fmt.Sprintf("%d × %s", l.Count, l.Name)
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}
