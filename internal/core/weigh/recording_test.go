package weigh_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// BY2: a recording that is written as a line and read again is the same, the next customer's opening
// included; and the batch ends its evidence there (EX9).
func TestRecording_AppendLine(t *testing.T) {
	t.Parallel()
	s := newScene(rand.New(rand.NewPCG(3, 8)), 8, 40, 600, 0.9)
	s.ordinary()
	r, err := weigh.ReadRecording([]byte(s.line(1, s.readings())))
	if err != nil {
		t.Fatal(err)
	}
	r.Lanes[1].Quarantined, r.Lanes[2].Stock = true, weigh.StockUnknown
	r.Readings[4].Mass[3], r.Readings[5].Mass[3] = 12.3456789, 0.1
	r.Doors = append(r.Doors, weigh.DoorNote{Kind: weigh.NoteBounded, At: s.closed + 4_000, Arrived: s.closed + 4_100})
	r.Doors[2].After = arrived(r, s.closed+4_099)
	line := r.AppendLine(nil)
	again, err := weigh.ReadRecording(line)
	if err != nil {
		t.Fatal(err, string(line))
	}
	if d := cmp.Diff(r, again); d != "" {
		t.Error(d)
	}
	var out bytes.Buffer
	if bad, err := weigh.Batch(bytes.NewReader(line), &out); bad != 0 || err != nil || !strings.Contains(out.String(), `"decided_ms"`) {
		t.Fatal(bad, err, out.String())
	}
	r.Doors, r.Readings[0].Mass[0], r.ID = nil, larder.NoMass, ""
	if line := string(r.AppendLine(nil)); !strings.Contains(line, `"id":null`) || !strings.Contains(line, `"opened_ms":null`) || !strings.Contains(line, `"mass_g":[null,`) {
		t.Error(line)
	}
}
