package weigh_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/weigh"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	goldenIn  = "testdata/batch/sessions.jsonl"
	goldenOut = "testdata/batch/verdicts.jsonl"
)

// line writes a scene as the batch's input, lanes named "L0", 1, "L2", 3, …
func (s *scene) line(id any, readings []weigh.Reading) string {
	type object = map[string]any
	lanes := []object{}
	for i, l := range s.lanes {
		var lane any = i
		if i%2 == 0 {
			lane = fmt.Sprintf("L%d", i)
		}
		lanes = append(lanes, object{
			"lane": lane, "shelf": l.Shelf, "unit_mass_g": l.UnitMass, "unit_mass_sd_g": l.UnitSD,
			"price_fen": l.Price, "stock": l.Stock, "noise_g": l.Noise,
		})
	}
	rows := []object{}
	for _, in := range readings {
		rows = append(rows, object{"seq": in.Seq, "at_ms": in.At, "arrived_ms": in.Arrived, "mass_g": in.Mass})
	}
	text, err := json.Marshal(object{"id": id, "lanes": lanes, "readings": rows, "door": object{
		"opened_ms": s.opened, "opened_arrived_ms": s.opened + s.delay,
		"closed_ms": s.closed, "closed_arrived_ms": s.closed + s.delay,
	}})
	if err != nil {
		panic(err) // a mistake of this test
	}
	return string(text) + "\n"
}

type batchAnswer struct {
	ID      any
	Verdict weigh.VerdictKind
	Lines   []struct {
		Lane  any
		Count int
	}
	Confidence float64
	Alerts     []string
	Reasons    []string
	Decided    larder.Millis `json:"decided_ms"`
	Error      string
}

func batch(t testing.TB, in io.Reader) (answers []batchAnswer, bad int, text string) {
	t.Helper()
	var out bytes.Buffer
	bad, err := weigh.Batch(in, &out)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		var a batchAnswer
		d := json.NewDecoder(strings.NewReader(line))
		d.UseNumber() // an id may be a number that no float holds
		if err := d.Decode(&a); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		answers = append(answers, a)
	}
	return answers, bad, out.String()
}

// The batch is the recognizer that production runs: both give the same verdict at the same moment.
func TestBatch_agrees_with_live(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		s := newScene(rand.New(rand.NewPCG(seed, 3)), 6, 40, 600, 1.2)
		s.ordinary()
		if seed%5 == 0 {
			s.steps = append(s.steps, step{2, s.opened + 2_000, 333})
		}
		readings := s.readings()
		live := s.playReadings(t, readings)
		got, bad, _ := batch(t, strings.NewReader(s.line(seed, readings)))
		if bad != 0 || len(got) != 1 {
			t.Fatalf("seed %d: %d bad, %v", seed, bad, got)
		}
		a := got[0]
		if a.Verdict != live.Kind || a.Decided != live.Decided || a.Confidence != live.Confidence ||
			!cmp.Equal(a.Alerts, live.Alerts) || !cmp.Equal(a.Reasons, live.Reasons) || len(a.Lines) != len(live.Lines) {
			live.Lanes = nil
			t.Fatalf("seed %d: batch says %+v, live says %+v", seed, a, live)
		}
		for i, l := range live.Lines {
			want := any(json.Number(strconv.Itoa(l.Lane)))
			if l.Lane%2 == 0 {
				want = fmt.Sprintf("L%d", l.Lane)
			}
			if a.Lines[i].Lane != want || a.Lines[i].Count != l.Count {
				t.Errorf("seed %d: batch says %+v, live says %+v", seed, a.Lines, live.Lines)
			}
		}
	}
}

// goldenLines are sessions of each kind, and what is no session.
func goldenLines() string {
	var b strings.Builder
	add := func(id any, do func(s *scene)) {
		s := newScene(rand.New(rand.NewPCG(11, 3)), 3, 150, 300, 0.9)
		do(s)
		s.shut(s.opened + 5_000)
		readings := s.readings()
		readings = append(readings[:len(readings)-1], readings[10], readings[len(readings)-1])
		b.WriteString(s.line(id, readings))
	}
	add("one", func(s *scene) { s.take(1, s.opened+2_000) })
	add(2, func(*scene) {})
	add("grey", func(s *scene) {
		s.steps = append(s.steps, step{0, s.opened + 2_000, -0.5 * float64(s.lanes[0].UnitMass)})
	})
	add("moved", func(s *scene) { s.change(2, s.opened+3_500, s.take(0, s.opened+1_500)) })
	b.WriteString(`{"id":"nothing","lanes":[],"readings":[],"door":{}}` + "\n")
	b.WriteString(`{"id":"unknown masses","lanes":[{"lane":"a","shelf":"top","unit_mass_g":null,"stock":null}],` +
		`"readings":[{"seq":1,"at_ms":1,"arrived_ms":2,"mass_g":[null]}],` +
		`"door":{"opened_ms":0,"opened_arrived_ms":0,"closed_ms":5,"closed_arrived_ms":6}}` + "\n")
	b.WriteString(`{"id":"width","lanes":[{"lane":1}],"readings":[{"seq":7,"mass_g":[1,2]}]}` + "\n")
	b.WriteString(`{"id":"cut off","lanes":[` + "\n\n")
	b.WriteString("[1,2]\n")
	b.WriteString(`{"lanes":[]}` + "\n")
	return b.String()
}

// docs/weighing.md section 7: the format of both ends; a malformed line is answered and the run goes on.
func TestBatch_golden(t *testing.T) {
	t.Parallel()
	if *update {
		in := goldenLines()
		_, _, out := batch(t, strings.NewReader(in))
		for name, text := range map[string]string{goldenIn: in, goldenOut: out} {
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	in, err := os.ReadFile(goldenIn)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(goldenOut)
	if err != nil {
		t.Fatal(err)
	}
	_, bad, got := batch(t, bytes.NewReader(in))
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("verdicts differ (-golden +got); -update writes them anew:\n%s", diff)
	}
	if bad != 4 {
		t.Errorf("%d lines are bad, want 4", bad)
	}
}

// Bad input gets a verdict or a clear error, in bounded time and memory.
func TestBatch_bad_input(t *testing.T) {
	t.Parallel()
	row := func(n int, mass string) string {
		return strings.TrimSuffix(strings.Repeat(mass+",", n), ",")
	}
	session := func(lanes, readings int, mass string, at func(i int) int64) string {
		var b strings.Builder
		b.WriteString(`{"id":"x","lanes":[` + row(lanes, `{"lane":1,"unit_mass_g":100,"stock":3,"noise_g":1}`) + `],"readings":[`)
		for i := range readings {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"seq":%d,"at_ms":%d,"arrived_ms":%d,"mass_g":[%s]}`, i, at(i), at(i), row(lanes, mass))
		}
		b.WriteString(`],"door":{"opened_ms":0,"opened_arrived_ms":0,"closed_ms":6000,"closed_arrived_ms":6000}}`)
		return b.String()
	}
	steady := func(i int) int64 { return int64(i) * 300 }
	for name, line := range map[string]string{
		"not_a_number":     strings.Replace(session(2, 3, "1", steady), "[1,1]", "[NaN,1]", 1),
		"infinite":         session(2, 60, "1e999", steady),
		"all_ones":         session(2, 60, "8388607", steady),
		"tenfold":          session(2, 60, "123456", steady),
		"negative":         session(2, 60, "-50", steady),
		"100000_readings":  session(1, 100_000, "7", steady),
		"backwards":        session(20, 15_000, "7", func(i int) int64 { return 6_000_000 - int64(i)*300 }),
		"zero_lanes":       session(0, 60, "", steady),
		"400_lanes":        session(400, 60, "512.5", steady),
		"401_lanes":        session(401, 1, "5", steady),
		"jumping_clocks":   session(3, 200, "77", func(i int) int64 { return int64(i) * 300 * (1 - 2*int64(i%2)) }),
		"end_of_the_world": session(3, 9, "77", func(i int) int64 { return math.MaxInt64 - int64(i) }),
		"hours_apart":      session(3, 15_000, "77", func(i int) int64 { return int64(i) * 120_000 }),
		"wrong_types":      `{"id":{},"lanes":7,"readings":"x","door":[]}`,
		"too_long":         `{"id":"long","lanes":[` + strings.Repeat(" ", weigh.MaxLine) + `]}`,
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			got, bad, _ := batch(t, strings.NewReader(line))
			t.Logf("%v for %d bytes", time.Since(began).Round(time.Millisecond), len(line))
			if len(got) != 1 || (bad == 1) != (got[0].Error != "") || got[0].Error == "" && got[0].Verdict == "" {
				t.Fatalf("%d bad: %+v", bad, got)
			}
			if got[0].Verdict == weigh.Charge {
				t.Errorf("charges %+v", got[0])
			}
			t.Log(got[0].Verdict, got[0].Reasons, got[0].Error)
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error)  { return 0, io.ErrUnexpectedEOF }
func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestBatch_broken_ends(t *testing.T) {
	t.Parallel()
	if _, err := weigh.Batch(broken{}, io.Discard); err == nil {
		t.Error("a failing input is no error")
	}
	if _, err := weigh.Batch(strings.NewReader("{}\n"), broken{}); err == nil {
		t.Error("a failing output is no error")
	}
}

// FuzzBatch: whatever comes in, one JSON answer comes out per line that is not empty, and no panic.
func FuzzBatch(f *testing.F) {
	for line := range strings.Lines(goldenLines()) {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		lines := 0
		for line := range bytes.Lines(in) {
			if len(bytes.TrimSpace(line)) > 0 {
				lines++
			}
		}
		answers, _, _ := batch(t, bytes.NewReader(in))
		if len(answers) != lines {
			t.Fatalf("%d answers to %d lines", len(answers), lines)
		}
		for _, a := range answers {
			for _, l := range a.Lines {
				if l.Count < 1 {
					t.Fatalf("a count of %d", l.Count)
				}
			}
		}
	})
}
