package score

import (
	"encoding/json"
	"errors"
	"fmt"

	"larder"
	"larder/internal/core/weigh"
)

// subject is one session with its truth.
type subject struct {
	id       string // as JSON
	rec      *weigh.Recording
	truth    truth
	counts   []int // the truth by position of the lane
	position map[string]int
}

// truth is what `larder sim sessions` says of a session.
type truth struct {
	Model    string          `json:"model"`
	Scenario string          `json:"scenario"`
	Lines    []Line          `json:"lines"`
	Moved    json.RawMessage `json:"moved,omitempty"`
	Faults   []string        `json:"faults"`
	Closed   *larder.Millis  `json:"closed_ms"`
}

// Line is items of one lane, in truths and in verdicts. A lane's name is a string or a number.
type Line struct {
	Lane  json.RawMessage `json:"lane"`
	Count int             `json:"count"`
}

// readSubject reads a session with its truth.
func readSubject(text []byte) (*subject, error) {
	rec, err := weigh.ReadRecording(text)
	if err != nil {
		return nil, err
	}
	var beside struct {
		Truth *truth `json:"truth"`
	}
	if err := json.Unmarshal(text, &beside); err != nil {
		return nil, fmt.Errorf("truth: %w", err)
	}
	switch t := beside.Truth; {
	case t == nil:
		return nil, errors.New("truth is missing")
	case t.Scenario == "" || t.Model == "":
		return nil, errors.New("truth has no model or no scenario")
	case t.Closed == nil:
		return nil, errors.New("truth has no closed_ms")
	}
	s := &subject{id: rec.ID, rec: rec, truth: *beside.Truth, position: make(map[string]int, len(rec.Lanes))}
	for i, l := range rec.Lanes {
		s.position[l.Name] = i
	}
	if s.counts, err = s.basket(s.truth.Lines); err != nil {
		return nil, fmt.Errorf("truth: %w", err)
	}
	return s, nil
}

// basket returns lines as counts by position of the lane.
func (s *subject) basket(lines []Line) ([]int, error) {
	counts := make([]int, len(s.rec.Lanes))
	for _, l := range lines {
		i, ok := s.position[string(l.Lane)]
		if !ok {
			return nil, fmt.Errorf("lane %.32s is none of the session's", l.Lane)
		}
		counts[i] += l.Count
	}
	return counts, nil
}

// lines is a basket in the words of the session.
func (s *subject) lines(counts []int) []Line {
	out := []Line{}
	for i, n := range counts {
		if n != 0 {
			out = append(out, Line{Lane: json.RawMessage(s.rec.Lanes[i].Name), Count: n})
		}
	}
	return out
}

// amount is what a basket costs.
func (s *subject) amount(counts []int) larder.Fen {
	sum := larder.Fen(0)
	for i, n := range counts {
		sum += larder.Fen(n) * s.rec.Lanes[i].Price
	}
	return sum
}
