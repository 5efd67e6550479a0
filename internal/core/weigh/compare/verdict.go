package compare

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"larder"
	"larder/internal/core/weigh"
)

// Name is the name of a session or a lane as JSON: a string with its quotes, or a number.
type Name string

// UnmarshalJSON keeps a string or a number as it is written.
func (n *Name) UnmarshalJSON(text []byte) error {
	if text[0] != '"' && text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return fmt.Errorf("want a string or a number where %.32s is", text)
	}
	*n = Name(text)
	return nil
}

// MarshalJSON writes what was read.
func (n Name) MarshalJSON() ([]byte, error) {
	if n == "" {
		return []byte("null"), nil
	}
	return []byte(n), nil
}

// Line is one lane's share of a basket.
type Line struct {
	Lane  Name `json:"lane"`
	Count int  `json:"count"`
}

// Verdict is what one judge says of a session: a line of the batch's output (docs/weighing.md section 7).
type Verdict struct {
	ID    Name              `json:"id"`
	Kind  weigh.VerdictKind `json:"verdict"`
	Lines []Line            `json:"lines"`
	Error string            `json:"error"` // of a session that could not be judged; Kind is "" then
}

// ReadVerdict reads one line of the batch's output. A line that tells of an error is a verdict, too.
func ReadVerdict(line []byte) (Verdict, error) {
	var v Verdict
	if err := json.Unmarshal(bytes.TrimSpace(line), &v); err != nil {
		return v, err
	}
	switch v.Kind {
	case weigh.Charge, weigh.NoCharge, weigh.Review:
	case "":
		if v.Error == "" {
			return v, errors.New("neither verdict nor error")
		}
	default:
		return v, fmt.Errorf("verdict %.32q is none", v.Kind)
	}
	if v.ID == "" && v.Error == "" {
		return v, errors.New("id is missing")
	}
	for i, l := range v.Lines {
		if l.Lane == "" || l.Count < 1 || l.Count > 1_000_000 {
			return v, fmt.Errorf("lines[%d]: lane %s, count %d", i, l.Lane, l.Count)
		}
	}
	return v, nil
}

// Of puts a recognizer's verdict on a recording into the batch's words.
func Of(r *weigh.Recording, v weigh.Verdict) Verdict {
	out := Verdict{ID: Name(r.ID), Kind: v.Kind}
	for _, l := range v.Lines {
		out.Lines = append(out.Lines, Line{Lane: Name(r.Lanes[l.Lane].Name), Count: l.Count})
	}
	return out
}

// Prices are what a piece of each lane costs.
type Prices map[Name]larder.Fen

// PricesOf are a recording's.
func PricesOf(r *weigh.Recording) Prices {
	p := make(Prices, len(r.Lanes))
	for _, l := range r.Lanes {
		p[Name(l.Name)] = l.Price
	}
	return p
}

// Charged returns what a verdict charges: 0 unless it charges. The error names a lane whose price is not
// known.
func (p Prices) Charged(v Verdict) (larder.Fen, error) {
	if v.Kind != weigh.Charge {
		return 0, nil
	}
	sum := larder.Fen(0)
	for _, l := range v.Lines {
		price, ok := p[l.Lane]
		if !ok {
			return 0, fmt.Errorf("session %s: lane %s has no price", v.ID, l.Lane)
		}
		sum += price * larder.Fen(l.Count)
	}
	return sum, nil
}
