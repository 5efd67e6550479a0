package weigh_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"larder/internal/core/weigh"
)

const (
	plateTrace     = "testdata/plates/plates-300ms.csv.gz"
	plateCatalogue = "testdata/plates/plates-catalogue.csv"
)

func open(t *testing.T, name string) io.Reader {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(text)
}

// The goal of docs/weighing.md section 6 on the real trace: 623 g on g1s5p11 within 3 g, nothing else.
func TestPlates_RealTrace(t *testing.T) {
	t.Parallel()
	unzipped, err := gzip.NewReader(open(t, plateTrace))
	if err != nil {
		t.Fatal(err)
	}
	for name, trace := range map[string]io.Reader{"gzipped": open(t, plateTrace), "plain": unzipped} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := weigh.Plates(trace, open(t, plateCatalogue), &out); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(out.String(), "\n"); n != 1 {
				t.Fatalf("%d takes, want 1:\n%s", n, out.String())
			}
			var take struct {
				Plate string
				Grams float64
				Count int
			}
			if err := json.Unmarshal(out.Bytes(), &take); err != nil {
				t.Fatal(err)
			}
			if take.Plate != "g1s5p11" || take.Count != 1 || math.Abs(take.Grams-622.95) > 3 {
				t.Errorf("got %+v, want 622.95 g within 3, 1 of g1s5p11", take)
			}
		})
	}
}

// plateRows reads the real trace as cells.
func plateRows(t *testing.T) [][]string {
	t.Helper()
	unzipped, err := gzip.NewReader(open(t, plateTrace))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(unzipped).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// change rewrites the cells of one plate from row 1 on.
func change(t *testing.T, rows [][]string, plate string, how func(row int, grams float64) float64) {
	t.Helper()
	column := slices.Index(rows[0], plate)
	for k, row := range rows[1:] {
		x, err := strconv.ParseFloat(row[column], 64)
		if err != nil {
			t.Fatal(err)
		}
		row[column] = strconv.FormatFloat(how(k, x), 'f', 2, 64)
	}
}

func findPlates(t *testing.T, rows [][]string) string {
	t.Helper()
	var in, out bytes.Buffer
	if err := csv.NewWriter(&in).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := weigh.Plates(&in, open(t, plateCatalogue), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// The neighbors may shake three times as much, and the take is still the only one.
func TestPlates_RealTrace_shaken(t *testing.T) {
	t.Parallel()
	rows := plateRows(t)
	for _, plate := range rows[0][1:] {
		if plate == "g1s5p11" {
			continue
		}
		var recent []float64
		change(t, rows, plate, func(_ int, x float64) float64 {
			recent = append(recent, x)
			slow := recent[max(0, len(recent)-8):]
			sum := 0.0
			for _, y := range slow {
				sum += y
			}
			mean := sum / float64(len(slow))
			return mean + 3*(x-mean)
		})
	}
	if got := findPlates(t, rows); strings.Count(got, "\n") != 1 || !strings.Contains(got, `"g1s5p11"`) {
		t.Errorf("got\n%swant the one take of g1s5p11", got)
	}
}

// A second take is found beside the first, and two takes of one plate are two.
func TestPlates_RealTrace_planted(t *testing.T) {
	t.Parallel()
	rows := plateRows(t)
	change(t, rows, "g2s2p2", func(row int, x float64) float64 {
		if row > 20 {
			x -= 2 * unitOf(t, "g2s2p2")
		}
		return x
	})
	change(t, rows, "g1s5p11", func(row int, x float64) float64 {
		if row > 12 {
			x -= 620
		}
		return x
	})
	got := findPlates(t, rows)
	if strings.Count(got, "\n") != 3 || strings.Count(got, `"plate":"g1s5p11"`) != 2 || !strings.Contains(got, `"plate":"g2s2p2"`) {
		t.Errorf("got\n%swant two takes of g1s5p11 and one of g2s2p2", got)
	}
}

func unitOf(t *testing.T, plate string) float64 {
	t.Helper()
	rows, err := csv.NewReader(open(t, plateCatalogue)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row[0] == plate {
			x, err := strconv.ParseFloat(row[2], 64)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
	}
	t.Fatalf("no plate %s", plate)
	return 0
}

func TestPlates_bad_input(t *testing.T) {
	t.Parallel()
	const catalogue = "plate,product_id,unit_mass_g\na,1,100\n"
	for name, c := range map[string]struct{ trace, catalogue, want string }{
		"empty_trace":     {"", catalogue, "heading"},
		"other_heading":   {"time,a\n1,2\n", catalogue, "t_ms"},
		"a_word":          {"t_ms,a\n1,x\n", catalogue, `row 1: column 2 holds "x"`},
		"a_missing_cell":  {"t_ms,a,b\n1,2\n", catalogue, "wrong number of fields"},
		"a_bad_time":      {"t_ms,a\nx,2\n", catalogue, "t_ms"},
		"other_catalogue": {"t_ms,a\n1,2\n", "a,b\n", "unit_mass_g"},
		"a_negative_unit": {"t_ms,a\n1,2\n", "plate,unit_mass_g\na,-1\n", "unit_mass_g"},
		"broken_gzip":     {"\x1f\x8b1234567890", catalogue, "gzip"},
		"no_rows":         {"t_ms,a\n", catalogue, ""},
		"unknown_cells":   {"t_ms,a\n1,\n2,NaN\n3,+Inf\n", catalogue, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			err := weigh.Plates(strings.NewReader(c.trace), strings.NewReader(c.catalogue), &out)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if out.Len() > 0 {
				t.Errorf("finds %s", out.String())
			}
		})
	}
}
