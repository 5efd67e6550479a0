package command_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// docs/weighing.md section 7: sessions that were made up are weighed as they are, and a session depends
// on model, seed and its number alone.
func TestRun_sim_sessions(t *testing.T) {
	t.Parallel()
	all := larder(t, nil, "", "sim", "sessions", "--model", "F2", "--n", "5", "--seed", "3")
	all.want(t, 0, `"id":"F2-3-4"`, "")
	part := larder(t, nil, "", "sim", "sessions", "--model", "F2", "--n", "2", "--seed", "3", "--from", "3")
	if !strings.HasSuffix(all.out, part.out) || strings.Count(part.out, "\n") != 2 {
		t.Errorf("the last two of five sessions differ from the two from 3 on:\n%.200s", part.out)
	}
	verdicts := larder(t, nil, all.out, "weigh")
	verdicts.want(t, 0, `{"id":"F2-3-4","verdict":`, "")
	larder(t, nil, "", "sim", "sessions", "--model", "F9").want(t, 2, "", "F9")
	larder(t, nil, "", "sim", "sessions", "--n=-1").want(t, 2, "", "n: is at least 0")
	larder(t, nil, "", "sim", "sessions", "--help").want(t, 0, "below 10000 are for tuning", "")
}

// docs/weighing.md section 6: the same figures for people and programs, from standard input or files,
// for the recognizer or for somebody else's verdicts.
func TestRun_weigh_score(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	made := larder(t, nil, "", "sim", "sessions", "--n", "40", "--seed", "3").out
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	first := write("first.jsonl", strings.Join(strings.SplitAfter(made, "\n")[:15], ""))
	second := write("second.jsonl", strings.Join(strings.SplitAfter(made, "\n")[15:], ""))
	verdicts := write("verdicts.jsonl", larder(t, nil, made, "weigh").out)
	failures := filepath.Join(dir, "failures.jsonl")

	larder(t, nil, made, "weigh", "score").want(t, 0, "replaced rule", "")
	whole := larder(t, nil, made, "weigh", "score", "--json", "--workers", "1", "--failures", failures)
	whole.want(t, 0, `"method":"recognizer"`, "")
	other := larder(t, nil, "", "weigh", "score", "--json", "--verdicts", verdicts, first, second)
	other.want(t, 0, `"method":"verdicts"`, "")
	if a, b := firstTally(t, whole.out), firstTally(t, other.out); a != b || a == "" {
		t.Errorf("the recognizer scores %s, its verdicts %s", a, b)
	}
	if _, err := os.Stat(failures); err != nil {
		t.Error(err)
	}

	larder(t, nil, "nonsense\n"+made, "weigh", "score").want(t, 1, "1 lines could not be scored", "larder: line 1: ")
	larder(t, nil, "", "weigh", "score", "/no/such").want(t, 1, "", "/no/such")
	larder(t, nil, "", "weigh", "score", "--verdicts", "/no/such").want(t, 1, "", "verdicts: ")
	larder(t, nil, "", "weigh", "score", "--failures", "/no/such/file").want(t, 1, "", "failures: ")
	larder(t, nil, "", "weigh", "score", "--workers=-1").want(t, 2, "", "workers: is at least 0")
}

// firstTally is what the first method achieved, as text.
func firstTally(t *testing.T, report string) string {
	t.Helper()
	var r struct {
		Models []struct {
			Methods []struct {
				All json.RawMessage `json:"all"`
			} `json:"methods"`
		} `json:"models"`
	}
	if err := json.Unmarshal([]byte(report), &r); err != nil || len(r.Models) == 0 || len(r.Models[0].Methods) == 0 {
		t.Fatalf("%v in %.200s", err, report)
	}
	return string(r.Models[0].Methods[0].All)
}
