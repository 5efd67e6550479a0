package run

import (
	"encoding/json"
	"fmt"
	"strconv"

	"larder"
	"larder/internal/core/visit"
	"larder/internal/core/weigh"
	"larder/internal/core/weigh/trace"
)

// Replay is a stored session judged again.
type Replay struct {
	Stored    visit.Trace
	Recording *weigh.Recording // what the recognizer was told
	Rules     string           // the version that judged now; the one of then is Recording.Rules
	Verdict   string           // the verdict of now, as it would be stored; "" where nobody decided then
}

// Rejudge judges a stored session again, from its trace alone. The error wraps those of [trace.Decode].
func Rejudge(t visit.Trace) (Replay, error) {
	rec, err := trace.Decode(t.Readings)
	if err != nil {
		return Replay{}, fmt.Errorf("session %s: %w", t.Session, err)
	}
	again := Replay{Stored: t, Recording: rec, Rules: RuleVersion}
	if rec.Decided == 0 {
		return again, nil
	}
	lanes := make([]larder.LaneID, len(rec.Lanes))
	for i, l := range rec.Lanes {
		if err := json.Unmarshal([]byte(l.Name), &lanes[i]); err != nil {
			return again, fmt.Errorf("session %s: name %s of lane %d is no id: %w", t.Session, l.Name, i, err)
		}
	}
	policy, ok := weigh.PolicyNamed(rec.Policy)
	if !ok {
		return again, fmt.Errorf("session %s was judged by policy %q, which this program does not know", t.Session, rec.Policy)
	}
	v, told, err := rec.Again(policy)
	if err != nil {
		return again, fmt.Errorf("session %s: %w", t.Session, err)
	}
	again.Verdict, err = evidence(told, v, lanes)
	return again, err
}

// Same reports whether the verdict of now is that of then, byte for byte.
func (r Replay) Same() bool { return r.Verdict == r.Stored.Verdict }

// Difference is something that two verdicts on one session do not agree on.
type Difference struct {
	What string `json:"what"` // rules, inputs_sha256, verdict, confidence, decided_ms, alerts, reasons, explanation, or a lane's field: lane 123 count
	Then string `json:"then"`
	Now  string `json:"now"`
}

// Differences returns what the two verdicts do not agree on, in the order of [visit.Evidence]; none if
// they are the same.
func (r Replay) Differences() ([]Difference, error) {
	if r.Same() {
		return nil, nil
	}
	var then, now visit.Evidence
	for text, into := range map[string]*visit.Evidence{r.Stored.Verdict: &then, r.Verdict: &now} {
		if text == "" {
			continue // nobody decided
		}
		if err := json.Unmarshal([]byte(text), into); err != nil {
			return nil, fmt.Errorf("verdict on session %s: %w", r.Stored.Session, err)
		}
	}
	var out []Difference
	add := func(what, a, b string) {
		if a != b {
			out = append(out, Difference{What: what, Then: a, Now: b})
		}
	}
	inputs := [2]explained{}
	for i, text := range []json.RawMessage{then.Explanation, now.Explanation} {
		if len(text) == 0 {
			continue // of a version that did not explain itself
		}
		if err := json.Unmarshal(text, &inputs[i]); err != nil {
			return nil, fmt.Errorf("explanation of session %s: %w", r.Stored.Session, err)
		}
	}
	add("rules", inputs[0].Rules, inputs[1].Rules)
	add("inputs_sha256", inputs[0].Inputs, inputs[1].Inputs)
	add("verdict", then.Verdict, now.Verdict)
	add("confidence", number(then.Confidence), number(now.Confidence))
	add("decided_ms", strconv.FormatInt(int64(then.Decided), 10), strconv.FormatInt(int64(now.Decided), 10))
	add("alerts", fmt.Sprint(then.Alerts), fmt.Sprint(now.Alerts))
	add("reasons", fmt.Sprint(then.Reasons), fmt.Sprint(now.Reasons))
	for i := range max(len(then.Lanes), len(now.Lanes)) {
		addLane(add, at(then.Lanes, i), at(now.Lanes, i))
	}
	if len(out) == 0 { // the same bill for other reasons, or in other words
		add("explanation", string(then.Explanation), string(now.Explanation))
	}
	if len(out) == 0 {
		add("text", r.Stored.Verdict, r.Verdict)
	}
	return out, nil
}

// explained is what of an explanation says whether two are of the same inputs and rules.
type explained struct {
	Rules  string `json:"rules"`
	Inputs string `json:"inputs_sha256"`
}

// addLane compares one lane.
func addLane(add func(what, a, b string), then, now visit.Weighed) {
	name := "lane " + max(then.Lane, now.Lane).String() + " "
	add(name+"lane_id", then.Lane.String(), now.Lane.String())
	add(name+"count", strconv.Itoa(then.Count), strconv.Itoa(now.Count))
	add(name+"moved", strconv.Itoa(then.Moved), strconv.Itoa(now.Moved))
	add(name+"before_g", number(float64(then.Before)), number(float64(now.Before)))
	add(name+"after_g", number(float64(then.After)), number(float64(now.After)))
	add(name+"unit_mass_g", number(float64(then.UnitMass)), number(float64(now.UnitMass)))
	add(name+"rest_g", number(float64(then.Rest)), number(float64(now.Rest)))
	add(name+"known", strconv.FormatBool(then.Known), strconv.FormatBool(now.Known))
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// at returns an element, or nothing where a list is shorter.
func at(lanes []visit.Weighed, i int) visit.Weighed {
	if i < len(lanes) {
		return lanes[i]
	}
	return visit.Weighed{}
}
