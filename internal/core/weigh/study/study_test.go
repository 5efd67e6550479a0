package study_test

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"larder"
	"larder/internal/core/weigh"
	"larder/internal/core/weigh/study"
)

// sessions are four made-up sessions of model F1: grab and slam, put back, misplace, foreign object.
func sessions(t testing.TB) map[string]study.Session {
	t.Helper()
	f, err := os.Open("testdata/sessions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	out := map[string]study.Session{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, weigh.MaxLine)
	for lines.Scan() {
		r, err := weigh.ReadRecording(lines.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		v, rec, err := r.Judge(weigh.Balanced())
		if err != nil {
			t.Fatal(err)
		}
		scenario := string(lines.Bytes())
		_, scenario, _ = strings.Cut(scenario, `"scenario":"`)
		scenario, _, _ = strings.Cut(scenario, `"`)
		out[scenario] = study.Of(r, v, rec)
	}
	if len(out) != 4 {
		t.Fatalf("%d sessions", len(out))
	}
	return out
}

// BY1: a session that was taken apart shows what left each lane, when, and how many pieces that is.
func TestOf(t *testing.T) {
	t.Parallel()
	all := sessions(t)
	t.Run("what was put back shows as two steps of a piece each", func(t *testing.T) {
		t.Parallel()
		s := all["put_back"]
		found := false
		for _, l := range s.Lanes {
			if len(l.Steps) >= 2 && l.Steps[0].Pieces == -1 && l.Steps[1].Pieces == 1 && l.Steps[0].To <= l.Steps[1].From {
				found = true
			}
		}
		if !found {
			t.Errorf("nothing was taken and put back: %+v", active(s))
		}
	})
	t.Run("what was misplaced left one lane and came into another", func(t *testing.T) {
		t.Parallel()
		s := all["misplace"]
		off, on := 0, 0
		for _, l := range active(s) {
			for _, step := range l.Steps {
				if step.Grams < 0 {
					off++
				} else {
					on++
				}
			}
		}
		if off != 1 || on != 1 || len(s.Stories) == 0 || len(s.Stories[0].Acts) != 2 || s.Stories[0].Acts[1].Word != "misplace" || s.Stories[0].Acts[1].From < 0 {
			t.Errorf("%d off, %d on, stories %+v", off, on, s.Stories)
		}
	})
	t.Run("time begins with the opening, and the verdict comes after the close", func(t *testing.T) {
		t.Parallel()
		for name, s := range all {
			if !(s.Closed > 0 && s.Decided >= s.Closed) || !math.IsNaN(s.Bounded) || s.Rules != weigh.RuleVersion {
				t.Errorf("%s: closed %v, decided %v, bounded %v, rules %s", name, s.Closed, s.Decided, s.Bounded, s.Rules)
			}
			for _, l := range s.Lanes {
				for i := 1; i < len(l.Points); i++ {
					if l.Points[i].At < l.Points[i-1].At {
						t.Fatalf("%s: lane %s goes back in time", name, l.Name)
					}
				}
			}
		}
	})
	t.Run("the sum is what the verdict charges", func(t *testing.T) {
		t.Parallel()
		for name, s := range all {
			sum := larder.Fen(0)
			for _, l := range s.Verdict.Lines {
				sum += s.Lanes[l.Lane].Price * larder.Fen(l.Count)
			}
			if s.Verdict.Kind == weigh.Charge && s.Charged != sum || s.Verdict.Kind != weigh.Charge && s.Charged != 0 {
				t.Errorf("%s: %s for %s, the lines say %s", name, s.Verdict.Kind, s.Charged, sum)
			}
		}
	})
}

func active(s study.Session) (out []study.Lane) {
	for _, l := range s.Lanes {
		if l.Active() {
			out = append(out, l)
		}
	}
	return out
}

// W6: what is no weight is no point of a picture, and a session that has nothing is still one.
func TestOf_garbage(t *testing.T) {
	t.Parallel()
	r := &weigh.Recording{ID: "1", Lanes: []weigh.RecordedLane{{Name: `"a"`}, {Name: "2"}}}
	for i, g := range []larder.Gram{larder.NoMass, larder.Gram(math.Inf(1)), 1 << 23, 50} {
		r.Readings = append(r.Readings, weigh.Reading{Seq: uint64(i), At: larder.Millis(i), Arrived: larder.Millis(i), Mass: []larder.Gram{g, g}}) //nolint:gosec // small
	}
	for _, r := range []*weigh.Recording{r, {}} {
		rec, err := r.Told(weigh.Balanced())
		if err != nil {
			t.Fatal(err)
		}
		s := study.Of(r, weigh.Verdict{}, rec)
		if len(s.Lanes) != len(r.Lanes) || !math.IsNaN(s.Decided) {
			t.Errorf("%+v", s)
		}
		for _, l := range s.Lanes {
			if len(l.Points) != 1 || l.Points[0].Mass != 50 {
				t.Errorf("points %v", l.Points)
			}
		}
	}
}

// BY1: every alert and every reason has words in both languages.
func TestCodes(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "../verdict.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Alert") && !strings.HasPrefix(spec.Names[0].Name, "Reason") {
			return true
		}
		codes++
		lit, _ := spec.Values[0].(*ast.BasicLit)
		code, err := strconv.Unquote(lit.Value)
		if w := study.Codes[code]; err != nil || w.En == "" || w.Zh == "" || w.Sentence == "" || w.Juzi == "" {
			t.Errorf("%s (%s) has no words: %+v", spec.Names[0].Name, code, w)
		}
		return true
	})
	if codes < 15 {
		t.Errorf("found %d codes", codes)
	}
	if study.Label("something_new") != "something_new" {
		t.Error("a code without words is not told as it is")
	}
}
