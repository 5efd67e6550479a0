package score_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder/internal/core/weigh"
	"larder/internal/sim/scenario"
	"larder/internal/sim/score"
)

// sessions makes n sessions of a model, a line each.
func sessions(t testing.TB, model scenario.Model, n uint64) []byte {
	t.Helper()
	var b []byte
	for i := range n {
		s, err := scenario.Generate(model, 4, i)
		if err != nil {
			t.Fatal(err)
		}
		b = append(s.AppendJSON(b), '\n')
	}
	return b
}

func run(t testing.TB, in string, cfg score.Config) score.Report {
	t.Helper()
	if cfg.Workers == 0 {
		cfg.Workers = 2
	}
	if cfg.Methods == nil {
		cfg.Methods = score.Methods()
	}
	r, err := score.Run(t.Context(), strings.NewReader(in), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The recognizer that is scored is the one of `larder weigh`: the same verdicts, session by session.
func TestRun_recognizer(t *testing.T) {
	t.Parallel()
	in := string(append(sessions(t, scenario.F1, 120), sessions(t, scenario.F2, 120)...))
	var verdicts bytes.Buffer
	if bad, err := weigh.Batch(strings.NewReader(in), &verdicts); bad != 0 || err != nil {
		t.Fatal(bad, err)
	}
	own := run(t, in, score.Config{})
	if own.Cost == nil || own.Cost.Sessions != 240 || own.Cost.Allocated <= 0 {
		t.Errorf("cost %+v", own.Cost)
	}
	given := run(t, in, score.Config{Verdicts: &verdicts, Workers: 1})
	own.Cost = nil
	if diff := cmp.Diff(given, own); diff != "" {
		t.Errorf("larder weigh and larder weigh score differ:\n%s", diff)
	}
	if len(own.Models) != 2 || own.Models[0].Name != "F1" || own.Models[1].Methods[2].All.Sessions != 120 {
		t.Errorf("models %+v", own.Models)
	}
}

// made is a session of two lanes of 100 g for 3 yuan each, of which what is asked for left.
func made(id, scenario string, faults string, taken int) string {
	return fmt.Sprintf(`{"id":%q,"lanes":[{"lane":1,"shelf":1,"unit_mass_g":100,"price_fen":300,"stock":9,"noise_g":1},`+
		`{"lane":"b","shelf":1,"unit_mass_g":100,"price_fen":300,"stock":9,"noise_g":1}],"readings":[],`+
		`"door":{"opened_ms":1000,"opened_arrived_ms":1010,"closed_ms":9000,"closed_arrived_ms":9010},`+
		`"truth":{"model":"M","scenario":%q,"lines":[{"lane":1,"count":%d}],"faults":[%s],"closed_ms":9000}}`+"\n", id, scenario, taken, faults)
}

func verdict(id, kind, lines string, confidence float64, decided int) string {
	return fmt.Sprintf(`{"id":%q,"verdict":%q,"lines":[%s],"confidence":%v,"alerts":[],"reasons":["r"],"decided_ms":%d}`+"\n",
		id, kind, lines, confidence, decided)
}

// docs/weighing.md section 2 and 6: what is right, wrong, a swap, charged too much, a review.
func TestRun_verdicts(t *testing.T) {
	t.Parallel()
	const one, two, other = `{"lane":1,"count":1}`, `{"lane":1,"count":2}`, `{"lane":"b","count":1}`
	in := made("a", "single", ``, 1) + made("b", "single", `"frozen"`, 1) + made("c", "swap", ``, 1) +
		made("d", "multi", `"frozen","burst"`, 1) + made("e", "single", ``, 1) + made("f", "nothing", ``, 0) + made("g", "multi", ``, 1)
	given := verdict("a", "charge", one, 0.9996, 11_000) + verdict("b", "charge", two, 0.9996, 12_000) +
		verdict("c", "no_charge", ``, 0.9996, 13_000) + verdict("d", "review", one, 0.7, 14_000) +
		verdict("e", "review", two, 0.3, 15_000) + verdict("f", "no_charge", ``, 1, 16_000) + verdict("g", "charge", other, 0.9996, 107_000)
	var failures bytes.Buffer
	r := run(t, in, score.Config{Verdicts: strings.NewReader(given), Fail: &failures, Methods: score.Methods()[:1]})
	got := r.Models[0].Methods[0]
	want := score.Tally{Sessions: 7, Right: 2, Wrong: 2, Swapped: 1, Over: 1, Review: 2, Suggested: 1}
	if diff := cmp.Diff(want, got.All); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(score.After{P50: 5_000, P90: 7_000, P99: 7_000}, got.After); diff != "" {
		t.Error(diff)
	}
	wantFaults := []score.Group{
		{Name: "none", Tally: score.Tally{Sessions: 5, Right: 2, Wrong: 1, Swapped: 1, Review: 1}},
		{Name: "frozen", Tally: score.Tally{Sessions: 2, Wrong: 1, Over: 1, Review: 1, Suggested: 1}},
		{Name: "burst", Tally: score.Tally{Sessions: 1, Review: 1, Suggested: 1}},
	}
	if diff := cmp.Diff(wantFaults, got.Faults); diff != "" {
		t.Error(diff)
	}
	if len(got.Charged) != 2 || got.Charged[0].From != 0.9995 || got.Charged[0].Wrong != 2 || got.Charged[0].Swapped != 1 {
		t.Errorf("bins %+v", got.Charged)
	}
	var what []string
	for text := range strings.Lines(failures.String()) {
		var f score.Failure
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			t.Fatal(err)
		}
		what = append(what, fmt.Sprintf("%s %d %s %s", f.ID, f.Line, f.What, f.Scenario))
	}
	wantWhat := []string{`"b" 2 wrong single`, `"c" 3 wrong swap`, `"d" 4 review_right multi`, `"e" 5 review_wrong single`, `"g" 7 wrong multi`}
	if diff := cmp.Diff(wantWhat, what); diff != "" {
		t.Error(diff)
	}
	var table strings.Builder
	if err := r.Print(&table); err != nil || !strings.Contains(table.String(), "28.57") {
		t.Errorf("%v\n%s", err, table.String())
	}
}

// A line that cannot be scored is counted and told, and the others go on.
func TestRun_bad_lines(t *testing.T) {
	t.Parallel()
	good := made("a", "single", ``, 1)
	cases := map[string]string{
		"nonsense\n": "no JSON",
		strings.Replace(good, `"truth"`, `"lies"`, 1):                                              "truth is missing",
		strings.Replace(good, `"scenario":"single",`, ``, 1):                                       "no scenario",
		strings.Replace(good, `,"closed_ms":9000}}`, `}}`, 1):                                      "no closed_ms",
		strings.Replace(good, `"lines":[{"lane":1`, `"lines":[{"lane":7`, 1):                       "lane 7 is none",
		strings.Replace(good, `"readings":[]`, `"readings":[{"seq":1,"at_ms":1,"mass_g":[1]}]`, 1): "1 weights for 2 lanes",
	}
	for line, want := range cases {
		var told strings.Builder
		r := run(t, "\n"+line+good, score.Config{Tell: &told})
		if r.Bad != 1 || len(r.Models) != 1 || r.Models[0].Methods[0].All.Sessions != 1 || !strings.Contains(told.String(), "line 1: ") || !strings.Contains(told.String(), want) {
			t.Errorf("%q: %d bad, %d models, %s", want, r.Bad, len(r.Models), told.String())
		}
	}
	for _, given := range []string{
		"nonsense\n", verdict("b", "charge", ``, 1, 1), verdict("a", "perhaps", ``, 1, 1), verdict("a", "charge", ``, 2, 1),
		verdict("a", "charge", `{"lane":"zz","count":1}`, 1, 1), `{"id":"a","error":"no"}` + "\n",
	} {
		if r := run(t, good, score.Config{Verdicts: strings.NewReader(given)}); r.Bad != 1 {
			t.Errorf("verdict %s was scored", given)
		}
	}
	_, err := score.Run(t.Context(), strings.NewReader(good+good), score.Config{
		Methods: score.Methods(), Workers: 1, Verdicts: strings.NewReader(verdict("a", "charge", ``, 1, 1)),
	})
	if err == nil || !strings.Contains(err.Error(), "session 2 has no verdict") {
		t.Errorf("a missing verdict: %v", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error)  { return 0, errors.New("the disk is gone") }
func (broken) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

// A stream that breaks ends the run with its error and leaves nobody waiting.
func TestRun_broken(t *testing.T) {
	t.Parallel()
	if _, err := score.Run(t.Context(), broken{}, score.Config{Methods: score.Methods(), Workers: 2}); err == nil {
		t.Error("a broken input was scored")
	}
	many := strings.Repeat(made("a", "single", ``, 1), 300)
	_, err := score.Run(t.Context(), strings.NewReader(many), score.Config{Methods: score.Methods(), Workers: 2, Fail: broken{}})
	if err == nil || strings.Count(err.Error(), "the disk is full") != 1 {
		t.Errorf("broken failures: %v", err)
	}
}

// FuzzRun: no line of sessions or verdicts makes the scorer panic, and every line is counted.
func FuzzRun(f *testing.F) {
	f.Add([]byte(made("a", "single", `"frozen"`, 1)), []byte(verdict("a", "charge", `{"lane":1,"count":1}`, 1, 1)))
	f.Add([]byte(made("a", "swap", ``, -3)), []byte(verdict("a", "review", `{"lane":"b","count":-1}`, 0, -1)))
	f.Add([]byte(`{"id":1,"lanes":[],"readings":[],"truth":{"model":"M","scenario":"s","closed_ms":0}}`), []byte(`{"id":1,"verdict":"no_charge"}`))
	f.Fuzz(func(t *testing.T, session, given []byte) {
		in := bytes.ReplaceAll(session, []byte("\n"), []byte(" "))
		line := bytes.ReplaceAll(given, []byte("\n"), []byte(" "))
		for _, verdicts := range [][]byte{nil, line} {
			cfg := score.Config{Methods: score.Methods(), Workers: 1}
			if verdicts != nil {
				cfg.Verdicts = bytes.NewReader(verdicts)
			}
			r, err := score.Run(t.Context(), bytes.NewReader(in), cfg)
			n := r.Bad
			for _, m := range r.Models {
				n += m.Methods[0].All.Sessions
			}
			if err == nil && n > 1 {
				t.Fatalf("one line was counted %d times", n)
			}
		}
	})
}
