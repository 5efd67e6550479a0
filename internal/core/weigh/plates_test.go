package weigh_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"os"
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

// The goal of weighing.md section 6 on the real trace: 623 g on g1s5p11 within 3 g, nothing else.
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
