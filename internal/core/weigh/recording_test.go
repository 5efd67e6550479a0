package weigh_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"larder"
	"larder/internal/core/weigh"
)

// BY1: what was told and when it was asked is all that a verdict follows from: a recording of a line
// gives the verdict that the batch gave for the line.
func TestRecording_Again(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		s := newScene(rand.New(rand.NewPCG(seed, 8)), 8, 40, 600, 0.9)
		s.ordinary()
		line := s.line(seed, s.readings())
		var out bytes.Buffer
		if bad, err := weigh.Batch(strings.NewReader(line), &out); bad != 0 || err != nil {
			t.Fatal(bad, err, out.String())
		}
		var first struct {
			ID         json.RawMessage   `json:"id"`
			Verdict    weigh.VerdictKind `json:"verdict"`
			Confidence float64           `json:"confidence"`
			Decided    larder.Millis     `json:"decided_ms"`
		}
		if err := json.Unmarshal(out.Bytes(), &first); err != nil {
			t.Fatal(err)
		}
		r, err := weigh.ReadRecording([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		judged, _, err := r.Judge(weigh.Balanced())
		if err != nil || judged.Kind != first.Verdict || judged.Confidence != first.Confidence || judged.Decided != first.Decided {
			t.Errorf("session %s: judged %s at %v, %d (%v); the batch says %s at %v, %d",
				r.ID, judged.Kind, judged.Confidence, judged.Decided, err, first.Verdict, first.Confidence, first.Decided)
		}
		if _, _, err := r.Again(weigh.Balanced()); err == nil {
			t.Error("a verdict that nobody reached was reached again")
		}
		r.Decided = first.Decided
		r.Readings = r.Readings[:arrived(r, first.Decided)]
		v, _, err := r.Again(weigh.Balanced())
		if err != nil {
			t.Fatal(err)
		}
		if r.ID != string(first.ID) || v.Kind != first.Verdict || v.Confidence != first.Confidence || v.Decided != first.Decided {
			t.Errorf("session %s: %s at %v, %d; the batch says %s at %v, %d", r.ID, v.Kind, v.Confidence, v.Decided, first.Verdict, first.Confidence, first.Decided)
		}
	}
}

// arrived is how many readings had arrived before a moment.
func arrived(r *weigh.Recording, moment larder.Millis) int {
	n := 0
	for n < len(r.Readings) && r.Readings[n].Arrived <= moment {
		n++
	}
	return n
}

// A line that is no session says why, in the words of the input.
func TestReadRecording_refuses(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`{`: "no JSON",
		`{"id":"a","lanes":[],"readings":[{"seq":1,"at_ms":0,"arrived_ms":0,"mass_g":[1]}]}`: "readings[0]: 1 weights for 0 lanes",
		`{"id":"a","lanes":[],"readings":[{"seq":1,"at_ms":9000000000000000,"mass_g":[]}]}`:  "readings[0]: time",
		`{"id":"a","lanes":[{}],"readings":[]}`:                                              "lanes[0]: lane is missing",
	} {
		if _, err := weigh.ReadRecording([]byte(line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
