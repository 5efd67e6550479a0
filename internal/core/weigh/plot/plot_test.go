package plot_test

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"larder"
	"larder/internal/core/weigh"
	"larder/internal/core/weigh/plot"
	"larder/internal/core/weigh/study"
)

func sessions(t testing.TB) (out []study.Session) {
	t.Helper()
	f, err := os.Open("../study/testdata/sessions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
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
		out = append(out, study.Of(r, v, rec))
	}
	return out
}

// wellFormed fails unless b is one element of XML without references to elsewhere.
func wellFormed(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, b []byte,
) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Strict = true
	for depth, roots := 0, 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if depth != 0 || roots != 1 {
				t.Fatalf("%d roots, depth %d", roots, depth)
			}
			break
		}
		if err != nil {
			t.Fatalf("%v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			depth++
			for _, a := range e.Attr {
				if strings.Contains(a.Name.Local, "href") || strings.Contains(a.Value, "url(") || strings.HasPrefix(a.Name.Local, "on") {
					t.Fatalf("%s=%q reaches out of the picture", a.Name.Local, a.Value)
				}
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Fatalf("%s=%q is no place", a.Name.Local, a.Value)
				}
			}
		case xml.EndElement:
			depth--
		}
	}
	if len(b) > plot.MaxBytes {
		t.Fatalf("%d bytes", len(b))
	}
}

// Item 8: a picture of a session is well-formed, small, the same each time, in both languages, and has a look
// for dark pages.
func TestSVG(t *testing.T) {
	t.Parallel()
	for _, s := range sessions(t) {
		b := plot.SVG(s, plot.Options{Notes: []string{"truth <真值> & more"}})
		wellFormed(t, b)
		if !bytes.Equal(b, plot.SVG(s, plot.Options{Notes: []string{"truth <真值> & more"}})) {
			t.Errorf("session %s is drawn differently the second time", s.ID)
		}
		for _, part := range []string{s.ID, "confidence 把握", "door open 门开着", "prefers-color-scheme:dark", "truth &lt;真值&gt; &amp; more", " pc 件", `class="verdict"`} {
			if !strings.Contains(string(b), part) {
				t.Errorf("session %s has no %s", s.ID, part)
			}
		}
	}
}

// Item 8: names are text whatever is in them, and numbers that are none break nothing.
func TestSVG_hostile(t *testing.T) {
	t.Parallel()
	floats := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-50, 50), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64}))
	texts := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{`"><script>alert(1)</script>`, "]]>", "\x00\xff", "a\u0008b", "&#x0;", strings.Repeat("长", 500)}))
	rapid.Check(t, func(t *rapid.T) {
		s := study.Session{
			ID: texts.Draw(t, "id"), Rules: texts.Draw(t, "rules"), Policy: texts.Draw(t, "policy"), Closed: floats.Draw(t, "closed"),
			Decided: floats.Draw(t, "decided"), Bounded: floats.Draw(t, "bounded"),
			Verdict: weigh.Verdict{Kind: weigh.Review, Confidence: floats.Draw(t, "confidence"), Reasons: []string{texts.Draw(t, "reason")}},
		}
		for range rapid.IntRange(0, 6).Draw(t, "lanes") {
			l := study.Lane{Name: texts.Draw(t, "name"), Shelf: rapid.Int().Draw(t, "shelf"), Unit: larder.Gram(floats.Draw(t, "unit"))}
			l.Evidence = weigh.LaneEvidence{Count: rapid.IntRange(0, 3).Draw(t, "count"), Before: larder.Gram(floats.Draw(t, "before")), After: larder.Gram(floats.Draw(t, "after"))}
			for range rapid.IntRange(0, 5).Draw(t, "points") {
				l.Points = append(l.Points, study.Point{At: floats.Draw(t, "at"), Mass: floats.Draw(t, "mass")})
			}
			for range rapid.IntRange(0, 3).Draw(t, "levels") {
				l.Levels = append(l.Levels, study.Level{From: floats.Draw(t, "from"), To: floats.Draw(t, "to"), Mass: floats.Draw(t, "level")})
				l.Steps = append(l.Steps, study.Step{From: floats.Draw(t, "off"), To: floats.Draw(t, "on"), Grams: floats.Draw(t, "grams"), Pieces: rapid.IntRange(-3, 3).Draw(t, "pieces")})
			}
			s.Lanes = append(s.Lanes, l)
		}
		wellFormed(t, plot.SVG(s, plot.Options{Notes: []string{texts.Draw(t, "note")}}))
	})
}

// Item 8: the largest session that a recognizer takes is a picture of the same size.
func TestSVG_large(t *testing.T) {
	t.Parallel()
	for _, active := range []bool{false, true} {
		s := study.Session{ID: "large", Closed: 900, Decided: 903, Bounded: math.NaN(), Verdict: weigh.Verdict{Kind: weigh.Charge, Confidence: 1}}
		for i := range weigh.MaxLanes {
			l := study.Lane{Name: "lane", Shelf: i / 7}
			for k := range 1_000 {
				l.Points = append(l.Points, study.Point{At: float64(k), Mass: float64((k * 7919) % 977)})
			}
			if active {
				for k := range 60 {
					l.Levels = append(l.Levels, study.Level{From: float64(10 * k), To: float64(10*k + 8), Mass: float64(100 * (k % 5))})
					l.Steps = append(l.Steps, study.Step{From: float64(10*k + 8), To: float64(10*k + 10), Grams: 100, Pieces: 1})
				}
			}
			s.Lanes = append(s.Lanes, l)
		}
		b := plot.SVG(s, plot.Options{})
		wellFormed(t, b)
		if t.Logf("%d bytes", len(b)); len(b) < 20_000 {
			t.Errorf("%d bytes show 400 lanes", len(b))
		}
	}
}
