package scenario

import (
	"math"
	"strconv"

	"larder"
	"larder/internal/sim/physics"
)

// AppendJSON appends the session as one JSON object without line feed: the form of docs/weighing.md
// section 7, and the truth beside it under the key "truth".
func (s *Session) AppendJSON(b []byte) []byte {
	b = append(b, `{"id":`...)
	b = strconv.AppendQuote(b, s.ID)
	b = append(b, `,"lanes":[`...)
	for i, l := range s.Lanes {
		b = comma(b, i)
		b = number(b, `{"lane":`, l.Number)
		b = number(b, `,"shelf":`, l.Shelf)
		b = mass(append(b, `,"unit_mass_g":`...), l.UnitMass)
		b = mass(append(b, `,"unit_mass_sd_g":`...), l.UnitSD)
		b = number(b, `,"price_fen":`, l.Price)
		b = number(b, `,"stock":`, l.Stock)
		b = mass(append(b, `,"noise_g":`...), l.Noise)
		b = append(b, '}')
	}
	b = append(b, `],"readings":[`...)
	for i, r := range s.Readings {
		b = comma(b, i)
		b = number(b, `{"seq":`, r.Seq)
		b = number(b, `,"at_ms":`, r.At)
		b = number(b, `,"arrived_ms":`, r.Arrived)
		b = append(b, `,"mass_g":[`...)
		for k, g := range r.Mass {
			b = mass(comma(b, k), g)
		}
		b = append(b, `]}`...)
	}
	b = append(b, `],"door":{`...)
	b = s.Opened.append(b, "opened")
	b = append(b, ',')
	b = s.Closed.append(b, "closed")
	b = append(b, `},"truth":`...)
	return append(s.Truth.append(b), '}')
}

func (e Event) append(b []byte, name string) []byte {
	b = append(append(b, '"'), name...)
	if e.Lost {
		b = append(append(b, `_ms":null,"`...), name...)
		return append(b, `_arrived_ms":null`...)
	}
	b = append(number(b, `_ms":`, e.At), `,"`...)
	return number(append(b, name...), `_arrived_ms":`, e.Arrived)
}

func (t *Truth) append(b []byte) []byte {
	b = append(b, `{"model":`...)
	b = strconv.AppendQuote(b, string(t.Model))
	b = append(b, `,"scenario":`...)
	b = strconv.AppendQuote(b, string(t.Scenario))
	b = append(b, `,"lines":[`...)
	for i, l := range t.Lines {
		b = number(comma(b, i), `{"lane":`, l.Lane)
		b = append(number(b, `,"count":`, l.Count), '}')
	}
	b = append(b, `],"moved":[`...)
	for i, m := range t.Moved {
		b = number(comma(b, i), `{"from":`, m.From)
		b = number(b, `,"to":`, m.To)
		b = append(number(b, `,"count":`, m.Count), '}')
	}
	b = append(b, `],"faults":[`...)
	for i, f := range t.Faults {
		b = strconv.AppendQuote(comma(b, i), string(f))
	}
	b = number(append(b, ']'), `,"closed_ms":`, t.Closed)
	return append(b, '}')
}

func comma(b []byte, i int) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return b
}

func number[T int | uint64 | larder.Fen | physics.Moment](b []byte, key string, n T) []byte {
	return strconv.AppendInt(append(b, key...), int64(n), 10) //nolint:gosec // a number of a frame: far below 2^63
}

// mass appends grams, null if there is none.
func mass(b []byte, g larder.Gram) []byte {
	switch x := float64(g); {
	case !g.Known():
		return append(b, "null"...)
	case x == math.Trunc(x) && math.Abs(x) < 1<<53:
		return strconv.AppendInt(b, int64(x), 10)
	default:
		return strconv.AppendFloat(b, x, 'f', -1, 64)
	}
}
