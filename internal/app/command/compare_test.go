package command_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sold is a session in which one piece of 330 g left lane 1.
func sold(id int) string {
	var readings []string
	for i := range 50 {
		mass := 3300
		if i >= 20 {
			mass = 2970
		}
		at := 1_000 + 300*i
		readings = append(readings, fmt.Sprintf(`{"seq":%d,"at_ms":%d,"arrived_ms":%d,"mass_g":[%d,5000]}`, i+1, at, at+40, mass+i%3))
	}
	return fmt.Sprintf(`{"id":%d,"lanes":[{"lane":"A1","shelf":1,"unit_mass_g":330,"unit_mass_sd_g":3,"price_fen":350,"stock":10},`+
		`{"lane":"A2","shelf":1,"unit_mass_g":500,"unit_mass_sd_g":3,"price_fen":900,"stock":10}],"readings":[%s],`+
		`"door":{"opened_ms":1500,"opened_arrived_ms":1540,"closed_ms":8500,"closed_arrived_ms":8540}}`, id, strings.Join(readings, ","))
}

// BY2: what two files of verdicts bill differently, with the money; status 1 if anything.
func TestRun_weigh_compare(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	lines := sold(1) + "\n\n" + sold(2) + "\n"
	sessions := write("sessions.jsonl", lines)
	r := larder(t, nil, lines, "weigh")
	r.want(t, 0, `{"lane":"A1","count":1}`, "")
	before := write("before.jsonl", r.out)
	after := write("after.jsonl", strings.Replace(r.out, `"count":1`, `"count":2`, 1))

	larder(t, nil, "", "weigh", "compare", "--with", "balanced", sessions).want(t, 0, "2 sessions, 0 billed differently", "")
	larder(t, nil, lines, "weigh", "compare", "--with", "balanced").want(t, 0, "charged in all: 7.00 and 7.00", "")
	larder(t, nil, lines, "weigh", "compare", "--policy", "charge_first", "--with", "never_guess").want(t, 0, "2 sessions, 0 billed differently", "")
	larder(t, nil, "", "weigh", "compare", "--verdicts", before, "--with", before).want(t, 0, "0 billed differently", "")
	larder(t, nil, "", "weigh", "compare", "--verdicts", before, "--with", after, sessions).want(t, 1, `"A1"×2 for 7.00`, "")
	r = larder(t, nil, "", "weigh", "compare", "--verdicts", before, "--with", after, "--json", sessions)
	var report struct {
		Sessions, Different int
		First               int `json:"first_fen"`
		Second              int `json:"second_fen"`
		List                []struct{ ID int }
	}
	if err := json.Unmarshal([]byte(r.out), &report); err != nil || r.exit != 1 || r.err != "" {
		t.Fatalf("exit %d, %v: %s%s", r.exit, err, r.out, r.err)
	}
	if report.Sessions != 2 || report.Different != 1 || report.Second-report.First != 350 || len(report.List) != 1 || report.List[0].ID != 1 {
		t.Errorf("%+v", report)
	}
}

// What cannot be compared is an error with its line, and nothing is counted.
func TestRun_weigh_compare_refuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	short := filepath.Join(dir, "short.jsonl")
	if err := os.WriteFile(short, []byte(`{"id":1,"verdict":"review"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty.jsonl")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	larder(t, nil, "", "weigh", "compare", "--with", "hope").want(t, 2, "", `with: "hope" is no policy`)
	larder(t, nil, "", "weigh", "compare", "--with", "balanced", "--days", "3").want(t, 2, "", "days: needs --db")
	larder(t, nil, "", "weigh", "compare").want(t, 2, "", "--with")
	larder(t, nil, "nonsense\n", "weigh", "compare", "--with", "balanced").want(t, 1, "", "line 1: no JSON")
	larder(t, nil, "", "weigh", "compare", "--verdicts", short, "--with", empty).want(t, 1, "", "one file ends before the other")
	larder(t, nil, "", "weigh", "compare", "--verdicts", short, "--with", "/no/such").want(t, 1, "", "/no/such")
}
