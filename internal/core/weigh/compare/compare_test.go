package compare_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"larder"
	"larder/internal/core/weigh"
	"larder/internal/core/weigh/compare"
)

func read(t testing.TB, line string) compare.Verdict {
	t.Helper()
	v, err := compare.ReadVerdict([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// BY2: what two judges bill differently, what moved between charge and review, and the money, to the fen.
func TestReport_Add(t *testing.T) {
	t.Parallel()
	prices := compare.Prices{`1`: 300, `"b"`: 1250}
	var r compare.Report
	for _, c := range []struct {
		first, second string
		different     bool
	}{
		{`{"id":1,"verdict":"charge","lines":[{"lane":1,"count":2},{"lane":"b","count":1}]}`, `{"id":1,"verdict":"charge","lines":[{"lane":"b","count":1},{"lane":1,"count":2}]}`, false},
		{`{"id":2,"verdict":"charge","lines":[{"lane":1,"count":2}]}`, `{"id":2,"verdict":"charge","lines":[{"lane":1,"count":1}]}`, true},
		{`{"id":3,"verdict":"review","lines":[{"lane":1,"count":2}]}`, `{"id":3,"verdict":"charge","lines":[{"lane":"b","count":1}]}`, true},
		{`{"id":"x","verdict":"review","lines":[{"lane":1,"count":2}]}`, `{"id":"x","verdict":"review","lines":[]}`, false},
		{`{"id":4,"verdict":"no_charge"}`, `{"id":4,"verdict":"no_charge"}`, false},
		{`{"id":5,"error":"bad"}`, `{"id":5,"verdict":"no_charge"}`, true},
	} {
		_, different, err := r.Add(read(t, c.first), read(t, c.second), prices)
		if err != nil || different != c.different {
			t.Errorf("%s against %s: different %v, %v", c.first, c.second, different, err)
		}
	}
	r.Close()
	want := compare.Report{
		Sessions: 6, Different: 3, Suggestions: 1, Priced: true, First: 2450, Second: 3400,
		Moves: []compare.Move{
			{First: weigh.Charge, Second: weigh.Charge, Sessions: 1, Less: 300},
			{First: compare.Unjudged, Second: weigh.NoCharge, Sessions: 1},
			{First: weigh.Review, Second: weigh.Charge, Sessions: 1, More: 1250},
		},
	}
	if d := cmp.Diff(want, r, cmpopts.IgnoreUnexported(compare.Report{})); d != "" {
		t.Error(d)
	}
}

// BY2: verdicts that are not of one session, or on a lane without a price, are an error and no figure.
func TestReport_Add_refuses(t *testing.T) {
	t.Parallel()
	var r compare.Report
	if _, _, err := r.Add(compare.Verdict{ID: "1"}, compare.Verdict{ID: "2"}, nil); err == nil || !strings.Contains(err.Error(), "session 1, the second on 2") {
		t.Error(err)
	}
	v := read(t, `{"id":1,"verdict":"charge","lines":[{"lane":7,"count":2}]}`)
	if _, _, err := r.Add(v, v, compare.Prices{"1": 5}); err == nil || !strings.Contains(err.Error(), "lane 7 has no price") {
		t.Error(err)
	}
	if _, different, err := r.Add(v, v, nil); different || err != nil {
		t.Error(different, err)
	}
	if r.Close(); r.Priced {
		t.Error("sums without prices are said to be known")
	}
}

// A line that is no verdict says why.
func TestReadVerdict_refuses(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`{`: "unexpected end", `{"id":1}`: "neither", `{"id":1,"verdict":"maybe"}`: "is none", `{"verdict":"review"}`: "id is missing",
		`{"id":1,"verdict":"charge","lines":[{"lane":1,"count":0}]}`: "count 0", `{"id":[],"verdict":"review"}`: "want a string",
	} {
		if _, err := compare.ReadVerdict([]byte(line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}

// BY2: a recognizer's verdict is put into the same words, with the lanes' names and prices.
func TestOf(t *testing.T) {
	t.Parallel()
	r := &weigh.Recording{ID: `"s"`, Lanes: []weigh.RecordedLane{{Name: "1", Lane: weigh.Lane{Price: 5}}, {Name: `"b"`, Lane: weigh.Lane{Price: 7}}}}
	v := compare.Of(r, weigh.Verdict{Kind: weigh.Charge, Lines: []weigh.Line{{Lane: 1, Count: 3}}})
	sum, err := compare.PricesOf(r).Charged(v)
	if v.ID != `"s"` || len(v.Lines) != 1 || v.Lines[0] != (compare.Line{Lane: `"b"`, Count: 3}) || sum != larder.Fen(21) || err != nil {
		t.Errorf("%+v, %d, %v", v, sum, err)
	}
}

// FuzzReadVerdict guards H13: no line makes it panic or count below one.
func FuzzReadVerdict(f *testing.F) {
	f.Add([]byte(`{"id":1,"verdict":"charge","lines":[{"lane":1,"count":2}]}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		v, err := compare.ReadVerdict(line)
		if err != nil {
			return
		}
		prices := compare.Prices{}
		for _, l := range v.Lines {
			if l.Count < 1 {
				t.Fatalf("%+v", v)
			}
			prices[l.Lane] = 1
		}
		var r compare.Report
		if _, different, err := r.Add(v, v, prices); different || err != nil {
			t.Fatal(different, err)
		}
	})
}
