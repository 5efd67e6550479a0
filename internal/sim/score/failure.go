package score

import (
	"encoding/json"
	"fmt"
	"math"

	"larder"
	"larder/internal/core/weigh"
)

// Answer is a verdict on a line, as `larder weigh` writes it.
type Answer struct {
	ID         json.RawMessage   `json:"id"`
	Verdict    weigh.VerdictKind `json:"verdict"`
	Lines      []Line            `json:"lines"`
	Confidence float64           `json:"confidence"`
	Alerts     []string          `json:"alerts"`
	Reasons    []string          `json:"reasons"`
	Decided    larder.Millis     `json:"decided_ms"`
	Error      string            `json:"error,omitempty"`
}

// foreign reads somebody else's verdict of the session.
func (s *subject) foreign(text []byte) (Verdict, error) {
	var a Answer
	if err := json.Unmarshal(text, &a); err != nil {
		return Verdict{}, fmt.Errorf("verdict: %w", err)
	}
	switch {
	case string(a.ID) != s.id:
		return Verdict{}, fmt.Errorf("the verdict is that of session %.64s", a.ID)
	case a.Error != "":
		return Verdict{}, fmt.Errorf("verdict: %s", a.Error)
	case a.Verdict != weigh.Charge && a.Verdict != weigh.NoCharge && a.Verdict != weigh.Review:
		return Verdict{}, fmt.Errorf("verdict %.32q is none", string(a.Verdict))
	case math.IsNaN(a.Confidence) || a.Confidence < 0 || a.Confidence > 1:
		return Verdict{}, fmt.Errorf("confidence %v is outside 0..1", a.Confidence)
	}
	counts, err := s.basket(a.Lines)
	if err != nil {
		return Verdict{}, fmt.Errorf("verdict: %w", err)
	}
	return Verdict{Kind: a.Verdict, Counts: counts, Confidence: a.Confidence, Reasons: a.Reasons, Alerts: a.Alerts, Decided: a.Decided}, nil
}

// Failure is a line of the file of failures: a session that was charged wrongly or given to a person.
type Failure struct {
	ID       json.RawMessage `json:"id"`
	Line     int             `json:"line"` // of the sessions, from 1
	What     string          `json:"what"` // wrong, review_right or review_wrong: of the suggestion
	Scenario string          `json:"scenario"`
	Faults   []string        `json:"faults"`
	Truth    []Line          `json:"truth"`
	Moved    json.RawMessage `json:"moved,omitempty"`
	Verdict  Answer          `json:"verdict"`
	AfterMS  int64           `json:"after_ms"` // from the close to the verdict
}

// failure says what went wrong.
func (j judged) failure(number int) Failure {
	s, v := j.subject, j.first
	f := Failure{
		ID: json.RawMessage(s.id), Line: number, What: "wrong", Scenario: s.truth.Scenario, Faults: s.truth.Faults,
		Truth: s.lines(s.counts), Moved: s.truth.Moved, AfterMS: j.outcomes[0].after,
		Verdict: Answer{
			ID: json.RawMessage(s.id), Verdict: v.Kind, Lines: s.lines(v.Counts), Confidence: v.Confidence,
			Alerts: v.Alerts, Reasons: v.Reasons, Decided: v.Decided,
		},
	}
	if v.Kind == weigh.Review {
		f.What = "review_wrong"
		if j.outcomes[0].right {
			f.What = "review_right"
		}
	}
	return f
}
