package tell_test

import (
	"flag"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/weigh"
	"larder/internal/core/weigh/joint"
	"larder/internal/core/weigh/study"
	"larder/internal/core/weigh/tell"
)

var update = flag.Bool("update", false, "write the golden texts anew")

// told are sessions with everything that can be told: two pieces taken and one put back, one misplaced, a
// foreign object; and one that a person has to decide.
func told() []study.Session {
	lane := func(name string, unit larder.Gram, e weigh.LaneEvidence, steps ...study.Step) study.Lane {
		e.UnitMass, e.Known = unit, true
		return study.Lane{Name: name, Shelf: 1, Unit: unit, Price: 350, Evidence: e, Steps: steps}
	}
	off := func(at, grams float64, n int) study.Step {
		return study.Step{From: at - 0.3, To: at + 0.3, Grams: grams, Pieces: n}
	}
	return []study.Session{
		{
			ID: "7412345678901234", Rules: "these", Policy: "balanced", Charged: 700, Closed: 12.3, Decided: 21, Bounded: math.NaN(), Told: [2]bool{true, true},
			Verdict: weigh.Verdict{Kind: weigh.Charge, Confidence: 0.99987, Lines: []weigh.Line{{Lane: 0, Count: 2}}, Alerts: []string{weigh.AlertForeignObject, weigh.AlertItemMoved}},
			Lanes: []study.Lane{
				lane("A1", 330, weigh.LaneEvidence{Before: 3300, After: 2637.5, Count: 2}, off(2.1, -992, -3), off(7, 329.5, 1)),
				lane("A2", 502.4, weigh.LaneEvidence{Before: 5030, After: 4528, Moved: 1}, off(4, -502, -1)),
				lane("A3", 40, weigh.LaneEvidence{Before: 400, After: 903, Notes: []string{weigh.AlertItemMoved}}, off(5.5, 503, 0)),
				lane("A4", larder.NoMass, weigh.LaneEvidence{Before: 0, After: 77, Notes: []string{weigh.AlertForeignObject}}, off(9, 77, 0)),
				lane("A5", 100, weigh.LaneEvidence{Before: 900, After: 900.4}), lane("A6", 100, weigh.LaneEvidence{Before: 900, After: 899}),
			},
			Stories: []study.Story{
				{Weight: 0.9991, Acts: []study.Act{
					{Lane: 0, Word: "take", N: 3, From: -1}, {Lane: 1, Word: "take", N: 1, From: -1}, {Lane: 2, Word: "misplace", N: 1, From: 1},
					{Lane: 0, Word: "return", N: 1, From: -1}, {Lane: 3, Word: "foreign", From: -1},
				}},
				{Weight: 0.0008, Acts: []study.Act{{Lane: 0, Word: "take", N: 3, From: -1}, {Lane: 2, Word: "handover", N: 1, From: 1, Own: 2}}}, {Weight: 0.0001},
			},
		},
		{
			ID: "8", Rules: "these", Policy: "never_guess", Closed: 4, Decided: 102, Bounded: 90,
			Verdict: weigh.Verdict{Kind: weigh.Review, Confidence: 0.75, Reasons: []string{weigh.ReasonNoStableWeight}},
			Lanes: []study.Lane{
				{Name: "B1", Unit: 250, Evidence: weigh.LaneEvidence{Before: 1000, After: larder.NoMass, Notes: []string{weigh.ReasonNoStableWeight}}, Steps: []study.Step{off(3, -180, 0)}},
				{Name: "B2", Unit: 100},
			},
			Waited: []study.Wait{{For: "rest", Lane: 0, After: 98}, {For: "readings", Lane: 1, After: 9}},
		},
	}
}

// BY1: the explanation of a bill, as people read it. The golden texts are for reading.
func TestText_golden(t *testing.T) {
	t.Parallel()
	for _, in := range []tell.Language{tell.English, tell.Chinese} {
		var text strings.Builder
		for _, s := range told() {
			text.WriteString(tell.Text(s, in) + "\n")
		}
		path := "testdata/sessions." + string(in) + ".txt"
		if *update {
			if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), text.String()); d != "" {
			t.Errorf("%s (-update writes it anew):\n%s", path, d)
		}
	}
}

// BY1: a review says why a person has to look, in words and not in codes.
func TestText_review(t *testing.T) {
	t.Parallel()
	s := study.Session{
		ID: "7", Closed: 5, Decided: 104, Bounded: 90, Verdict: weigh.Verdict{
			Kind: weigh.Review, Confidence: 0.75, Lines: []weigh.Line{{Lane: 0, Count: 1}},
			Reasons: []string{weigh.ReasonNoStableWeight, "something_new"}, Alerts: []string{weigh.AlertLaneFrozen},
		},
		Lanes:  []study.Lane{{Name: "A1", Shelf: 2, Unit: 330, Price: 350}, {Name: "A2", Unit: larder.NoMass}},
		Waited: []study.Wait{{For: "rest", Lane: 0, After: 98}, {For: "readings", Lane: 1, After: 4}},
	}
	for in, parts := range map[tell.Language][]string{
		tell.English: {"A person has to decide, the recognizer suggests: 1 piece from lane A1", "75.00 %", "did not come to rest", "something_new", "it is stuck", "for lane A1 to come to rest, 98.0 s", "The next customer opened it 85.0 s later"},
		tell.Chinese: {"需要人来决定，系统建议：货道 A1 拿走 1 件", "一直没有稳定下来", "something_new", "卡死了", "等货道 A1 稳定下来", "下一位顾客"},
		"xx":         {"A person has to decide"},
	} {
		text := tell.Text(s, in)
		for _, part := range parts {
			if !strings.Contains(text, part) {
				t.Errorf("%s lacks %q:\n%s", in, part, text)
			}
		}
		if strings.Contains(text, "no_stable_weight") || strings.Contains(text, "%!") {
			t.Errorf("%s tells codes or formats:\n%s", in, text)
		}
	}
}

// BY1: each language has words for everything that can happen, and no format is left over.
func TestText_languages(t *testing.T) {
	t.Parallel()
	for _, in := range []tell.Language{tell.English, tell.Chinese} {
		if _, err := tell.ParseLanguage(string(in)); err != nil {
			t.Error(err)
		}
		for act := joint.Act(0); act.String() != "unknown"; act++ {
			s := study.Session{Lanes: []study.Lane{{Name: "X"}, {Name: "Y"}}, Stories: []study.Story{{Weight: 1, Acts: []study.Act{{Word: act.String(), N: 2, From: 1, Own: 3}}}}, Closed: 1}
			text := tell.Text(s, in)
			if strings.Contains(text, act.String()+" X") || strings.Contains(text, "%") && !strings.Contains(text, "99.99 %") || !strings.Contains(text, "X") {
				t.Errorf("%s has no words for %s:\n%s", in, act, text)
			}
		}
	}
	if _, err := tell.ParseLanguage("la"); err == nil {
		t.Error("Latin is told")
	}
	for in, p := range tell.Languages() {
		v := reflect.ValueOf(p)
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if unspaced := in == tell.Chinese && name == "space"; v.Field(i).IsZero() && !unspaced {
				t.Errorf("%s has no %s", in, name)
			}
		}
	}
}

// W6: numbers that are none are a question mark, never a panic.
func TestText_garbage(t *testing.T) {
	t.Parallel()
	floats := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), 0}))
	rapid.Check(t, func(t *rapid.T) {
		g := func(name string) larder.Gram { return larder.Gram(floats.Draw(t, name)) }
		s := study.Session{
			Closed: floats.Draw(t, "closed"), Decided: floats.Draw(t, "decided"), Bounded: floats.Draw(t, "bounded"),
			Verdict: weigh.Verdict{Kind: weigh.Charge, Confidence: floats.Draw(t, "confidence"), Lines: []weigh.Line{{Lane: rapid.IntRange(-2, 3).Draw(t, "lane"), Count: 1}}},
			Lanes: []study.Lane{{Unit: g("unit"), Steps: []study.Step{{Grams: floats.Draw(t, "grams")}}, Evidence: weigh.LaneEvidence{
				Before: g("before"), After: g("after"), UnitMass: g("mass"), Count: rapid.IntRange(-1, 2).Draw(t, "count"), Moved: rapid.IntRange(0, 2).Draw(t, "moved"),
			}}},
		}
		if text := tell.Text(s, tell.English); strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
			t.Fatal(text)
		}
	})
}
