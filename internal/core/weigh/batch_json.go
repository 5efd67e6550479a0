package weigh

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"larder"
)

// session is one line of the batch's input. Unknown keys are passed over.
type session struct {
	ID       name         `json:"id"`
	Lanes    []laneJSON   `json:"lanes"`    // nil if missing
	Readings []readJSON   `json:"readings"` // nil if missing
	Door     sessionDoors `json:"door"`
}

// readSession reads one line; the error is in the words of the input, not of this program.
func readSession(line []byte) (*session, error) {
	var s session
	if err := json.Unmarshal(line, &s); err != nil {
		return nil, inWords(line, err)
	}
	switch {
	case len(s.ID) == 0:
		return nil, errors.New("id is missing")
	case s.Lanes == nil:
		return nil, errors.New("lanes is missing")
	case s.Readings == nil:
		return nil, errors.New("readings is missing")
	}
	return &s, nil
}

// inWords puts an error of encoding/json into words that a reader of docs/weighing.md section 7 knows:
// where in the line, what stands there and what should.
func inWords(line []byte, err error) error {
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("no JSON at byte %d of %d: %w", bad.Offset, len(line), err)
	}
	bad, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok {
		return err // of a name, a mass or a row of them, in words already
	}
	where := bad.Field
	if where == "" {
		where = "the line"
	}
	return fmt.Errorf("%s is %s at byte %d, want %s", where, article(bad.Value), bad.Offset, wanted(bad.Type))
}

// article puts a or an before what encoding/json calls a value: "array", "number 1.5", "bool".
func article(value string) string {
	switch {
	case strings.HasPrefix(value, "array"), strings.HasPrefix(value, "object"):
		return "an " + value
	case value == "bool":
		return "true or false"
	}
	return "a " + value
}

// wanted names, in the words of JSON, what a field takes.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct:
		return "an object"
	case reflect.Slice:
		return "an array"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Uint64:
		return "a whole number of at least 0"
	default:
		return "another value"
	}
}

type laneJSON struct {
	Lane     name         `json:"lane"`
	Shelf    name         `json:"shelf"`
	UnitMass *larder.Gram `json:"unit_mass_g"`
	UnitSD   *larder.Gram `json:"unit_mass_sd_g"`
	Price    *larder.Fen  `json:"price_fen"`
	Stock    *int         `json:"stock"`
	Noise    *larder.Gram `json:"noise_g"`
	Barred   bool         `json:"quarantined"`
}

type readJSON struct {
	Seq     uint64        `json:"seq"`
	At      larder.Millis `json:"at_ms"`
	Arrived larder.Millis `json:"arrived_ms"`
	Mass    masses        `json:"mass_g"`
}

type sessionDoors struct {
	Next          *larder.Millis `json:"next_opened_ms"` // the next shopper's opening (EX9)
	NextArrived   *larder.Millis `json:"next_opened_arrived_ms"`
	Opened        *larder.Millis `json:"opened_ms"`
	OpenedArrived *larder.Millis `json:"opened_arrived_ms"`
	Closed        *larder.Millis `json:"closed_ms"`
	ClosedArrived *larder.Millis `json:"closed_arrived_ms"`
}

// answer is one line of the batch's output.
type answer struct {
	ID         name          `json:"id"`
	Verdict    VerdictKind   `json:"verdict"`
	Lines      []answerCount `json:"lines"`
	Confidence float64       `json:"confidence"`
	Alerts     []string      `json:"alerts"`
	Reasons    []string      `json:"reasons"`
	Decided    larder.Millis `json:"decided_ms"`
}

type answerCount struct {
	Lane  name `json:"lane"`
	Count int  `json:"count"`
}

type badLine struct {
	ID    name   `json:"id"`
	Error string `json:"error"`
}

// name is a string or a number that is echoed as it was given.
type name []byte

// UnmarshalJSON accepts a string or a number; null is no name.
func (n *name) UnmarshalJSON(text []byte) error {
	switch {
	case string(text) == "null":
		*n = nil
	case text[0] == '"', text[0] == '-', text[0] >= '0' && text[0] <= '9':
		*n = bytes.Clone(text)
	default:
		return fmt.Errorf("want a string or a number where %.32s is", text)
	}
	return nil
}

// MarshalJSON writes what was given.
func (n name) MarshalJSON() ([]byte, error) {
	if len(n) == 0 {
		return []byte("null"), nil
	}
	return n, nil
}

// masses is a row of weights, null where there is none. It is read by hand: rows are most of the
// input's bytes.
type masses []larder.Gram

// UnmarshalJSON reads an array of numbers and nulls that encoding/json has found well-formed. What
// is too large for a float is infinite, which is no weight.
func (m *masses) UnmarshalJSON(text []byte) error {
	*m = (*m)[:0]
	if string(text) == "null" || text[0] != '[' {
		return fmt.Errorf("mass_g is %.32s, want an array", text)
	}
	rest := bytes.TrimSpace(text[1 : len(text)-1])
	if *m == nil {
		*m = make(masses, 0, bytes.Count(rest, []byte{','})+1)
	}
	for len(rest) > 0 {
		var item []byte
		item, rest, _ = bytes.Cut(rest, []byte{','})
		item = bytes.TrimSpace(item)
		if string(item) == "null" {
			*m = append(*m, larder.NoMass)
			continue
		}
		x, err := strconv.ParseFloat(string(item), 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return fmt.Errorf("mass_g holds %.32s, want numbers and nulls", item)
		}
		*m = append(*m, larder.Gram(x))
	}
	return nil
}

// lanes returns the lanes as the recognizer knows them. Shelves are numbered as they appear.
func (s *session) lanes() ([]Lane, error) {
	shelves := make(map[string]int)
	out := make([]Lane, len(s.Lanes))
	for i, in := range s.Lanes {
		if len(in.Lane) == 0 {
			return nil, fmt.Errorf("lanes[%d]: lane is missing", i)
		}
		shelf, ok := shelves[string(in.Shelf)]
		if !ok {
			shelf = len(shelves)
			shelves[string(in.Shelf)] = shelf
		}
		out[i] = Lane{
			Shelf:    shelf,
			UnitMass: given(in.UnitMass, larder.NoMass),
			UnitSD:   given(in.UnitSD, larder.NoMass),
			Price:    given(in.Price, 0),
			Stock:    given(in.Stock, StockUnknown),
			Noise:    given(in.Noise, larder.NoMass),

			Quarantined: in.Barred,
		}
	}
	return out, nil
}

func given[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

// doorEvent is a message of the door that arrives during a replay.
type doorEvent struct {
	arrived larder.Millis
	tell    func()
}

// events returns the door's messages in order of arrival. One with a null time never came.
func (d sessionDoors) events(r *Recognizer) []doorEvent {
	var out []doorEvent
	add := func(at, arrived *larder.Millis, tell func(at, arrived larder.Millis)) {
		if at != nil && arrived != nil && checkMoments(*at, *arrived) == nil {
			out = append(out, doorEvent{arrived: *arrived, tell: func() { tell(*at, *arrived) }})
		}
	}
	add(d.Opened, d.OpenedArrived, r.Opened)
	add(d.Closed, d.ClosedArrived, r.Closed)
	add(d.Next, d.NextArrived, r.Bounded)
	slices.SortStableFunc(out, func(a, b doorEvent) int { return int(min(max(a.arrived-b.arrived, -1), 1)) })
	return out
}

// answer puts a verdict into the batch's words.
func (s *session) answer(v Verdict) answer {
	out := answer{
		ID: s.ID, Verdict: v.Kind, Lines: []answerCount{}, Confidence: v.Confidence,
		Alerts: v.Alerts, Reasons: v.Reasons, Decided: v.Decided,
	}
	for _, l := range v.Lines {
		out.Lines = append(out.Lines, answerCount{Lane: s.Lanes[l.Lane].Lane, Count: l.Count})
	}
	return out
}

// idOf finds the id of a line that is no session, or of the beginning of one; nil if it has none.
func idOf(line []byte) name {
	d := json.NewDecoder(bytes.NewReader(line[:min(len(line), 4096)]))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil
		}
		if key == "id" {
			var id name
			if d.Decode(&id) != nil {
				return nil
			}
			return id
		}
		var skip json.RawMessage
		if d.Decode(&skip) != nil {
			return nil
		}
	}
	return nil
}
