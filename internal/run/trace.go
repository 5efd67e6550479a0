package run

import (
	"encoding/json"
	"strconv"

	"larder"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
	"larder/internal/core/weigh/trace"
)

// trace is the evidence as stored: what the recognizer was told, packed, and the verdict by lanes' ids.
func (e *eye) trace(v weigh.Verdict) (visit.Trace, error) {
	t := visit.Trace{Session: e.scene.Session.ID, Rules: RuleVersion}
	var err error
	if t.Readings, err = trace.Encode(e.recording(v.Decided)); err != nil {
		return t, err
	}
	if v.Kind == "" {
		return t, nil
	}
	lanes := make([]larder.LaneID, len(e.scene.Slots))
	for i, s := range e.scene.Slots {
		lanes[i] = s.Lane
	}
	t.Verdict, err = evidence(e.rec, v, lanes)
	return t, err
}

// recording is everything that the recognizer was told, and when it decided; 0 if it has not.
func (e *eye) recording(decided larder.Millis) *weigh.Recording {
	rec := &weigh.Recording{
		ID: strconv.Quote(e.scene.Session.ID.String()), Rules: RuleVersion, Policy: policyName,
		Lanes: make([]weigh.RecordedLane, 0, len(e.scene.Slots)), Readings: e.readings, Doors: e.doors, Decided: decided,
	}
	for i, s := range e.scene.Slots {
		rec.Lanes = append(rec.Lanes, weigh.RecordedLane{Name: strconv.Quote(s.Lane.String()), Lane: e.lanes[i]})
	}
	return rec
}

// evidence is a recognizer's verdict as it is stored: as JSON, its lanes by their ids, with what it
// follows from.
func evidence(rec *weigh.Recognizer, v weigh.Verdict, lanes []larder.LaneID) (string, error) {
	ev := visit.Evidence{
		Verdict: string(v.Kind), Confidence: v.Confidence, Decided: v.Decided,
		Alerts: v.Alerts, Reasons: v.Reasons, Lanes: make([]visit.Weighed, 0, len(v.Lanes)),
	}
	if e, ok := rec.Explain(); ok {
		var err error
		if ev.Explanation, err = json.Marshal(explanation{Explanation: e}); err != nil {
			return "", err
		}
	}
	for _, l := range v.Lanes {
		ev.Lanes = append(ev.Lanes, visit.Weighed{
			Lane:  lanes[l.Lane],
			Why:   visit.Why{Before: l.Before, After: l.After, UnitMass: l.UnitMass, Moved: l.Moved, Rest: l.Rest},
			Count: l.Count, Known: l.Known,
		})
	}
	out, err := json.Marshal(ev)
	return string(out), err
}

// explanation leaves the verdict out, beside which it is stored.
type explanation struct {
	weigh.Explanation
	Verdict *struct{} `json:"verdict,omitempty"`
}
