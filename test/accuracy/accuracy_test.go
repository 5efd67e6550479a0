package accuracy_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"larder/internal/sim/score"
	"larder/test/accuracy"
)

// sample is large enough for a rate of 0.3 % to show, and small enough for every run of the tests.
const sample = 1_000

// docs/weighing.md section 6: the stated confidence is true. Of what is charged above 0.999, at most
// 0.3 % is wrong, swaps for an equal weight aside; the page tells of everything that was measured.
func TestMeasure(t *testing.T) {
	t.Parallel()
	r, err := accuracy.Measure(t.Context(), accuracy.Config{Seed: 10_000, Sessions: sample, Part: 20, Workers: 2, Tell: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	sure, wrong := 0, 0
	for _, m := range r.Models {
		for _, b := range m.Methods[0].Charged {
			if b.From >= 0.999 {
				sure, wrong = sure+b.Sessions, wrong+b.Wrong
			}
		}
		if best := m.Methods[0].All; best.Sessions != sample || best.Right <= m.Methods[1].All.Right || best.Right <= m.Methods[2].All.Right {
			t.Errorf("%s: the recognizer does not beat the baselines: %+v", m.Name, m.Methods)
		}
	}
	if sure < sample || 1000*wrong > 3*sure {
		t.Errorf("of %d sessions charged above 0.999, %d are wrong", sure, wrong)
	}
	if len(r.Models) != 2 || len(r.Parts) != 2 || len(r.Failures) != 10 || r.Cost == nil || r.Batch.Sessions != sample {
		t.Errorf("measured %d models, %d parts, %d failures, cost %v, batch %+v", len(r.Models), len(r.Parts), len(r.Failures), r.Cost, r.Batch)
	}
	drawn := 0
	text, err := accuracy.Page(r, accuracy.Origin{Date: time.Unix(0, 0), Machine: "M", Commit: "C", Command: "make it"}, func(f accuracy.Failure) (string, error) {
		drawn++
		return "pictures/" + f.What + ".svg", nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"commit C, seed 10000, M on", "1970-01-01", "`make it`", "| sent to review | F2 |", "| replaced rule | F1 | 1000 |", "| grab_slam | F2 |",
		"| steady_hand | F2 |", "| charged, 0.9999 | F1 |", "| stock unknown | F2 | 20 |", "kB |", "](pictures/",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}
	if drawn != 10 || strings.Contains(string(text), "NaN") {
		t.Errorf("%d pictures\n%s", drawn, text)
	}
}

// A figure is held against both sets of goals, each model's own.
func TestPage_goals(t *testing.T) {
	t.Parallel()
	model := func(name string, right, wrong, review, suggested int, p50 int64) score.Model {
		return score.Model{Name: name, Methods: []score.Sheet{{
			Method: "recognizer",
			All:    score.Tally{Sessions: 1000, Right: right, Wrong: wrong, Review: review, Suggested: suggested},
			After:  score.After{P50: p50, P90: 8_000, P99: 99_000},
		}}}
	}
	r := accuracy.Result{Models: []score.Model{model("F1", 960, 0, 40, 36, 3_600), model("F2", 960, 4, 36, 20, 2_000)}}
	none := func(accuracy.Failure) (string, error) { return "", nil }
	text, err := accuracy.Page(r, accuracy.Origin{}, none)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| right and charged without a person | F1 | 96.00 % | ≥ 95.5 % | ≥ 98 % | first |",
		"| right and charged without a person | F2 | 96.00 % | ≥ 91 % | ≥ 95 % | both |",
		"| charged wrongly, equal swaps aside | F2 | 0.40 % | ≤ 0.5 % | ≤ 0.3 % | first |",
		"| sent to review | F1 | 4.00 % | ≤ 4 % | ≤ 2 % | first |",
		"| suggestion right in review | F1 | 90.0 % | ≥ 75 % | ≥ 90 % | both |",
		"| suggestion right in review | F2 | 55.6 % | ≥ 75 % | ≥ 90 % | **no** |",
		"| decided after the close: median | F1 | 3.6 s | ≤ 3.5 s | ≤ 2 s | **no** |",
		"| decided after the close: 99 % | F2 | 99.0 s | ≤ 100 s |  | both |",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	r.Failures = make([]accuracy.Failure, 1)
	broken := errors.New("no ink")
	if _, err := accuracy.Page(r, accuracy.Origin{}, func(accuracy.Failure) (string, error) { return "", broken }); !errors.Is(err, broken) {
		t.Errorf("a picture that fails: %v", err)
	}
}

// Seeds at which somebody has looked are refused.
func TestConfig_Check(t *testing.T) {
	t.Parallel()
	good := accuracy.Config{Seed: 10_000, Sessions: 10, Part: 10, Workers: 1}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for what, spoil := range map[string]func(*accuracy.Config){
		"a tuning seed": func(c *accuracy.Config) { c.Seed = 9_999 },
		"no sessions":   func(c *accuracy.Config) { c.Sessions = 0 },
		"a large part":  func(c *accuracy.Config) { c.Part = 11 },
		"no worker":     func(c *accuracy.Config) { c.Workers = 0 },
	} {
		c := good
		spoil(&c)
		if _, err := accuracy.Measure(t.Context(), c); err == nil {
			t.Errorf("%s was accepted", what)
		}
	}
}
