package demo_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"larder/internal/sim/demo"
)

// BY15: one purchase without a browser, and nothing but the truth is accepted.
func TestOnce(t *testing.T) {
	t.Parallel()
	t.Run("prints the receipt of what was taken", func(t *testing.T) {
		t.Parallel()
		p := newFake(t, 1)
		var out, progress bytes.Buffer
		err := demo.Once(t.Context(), demo.OnceConfig{BaseURL: p.http.URL, World: p.world, Seed: 1, Stdout: &out, Stderr: &progress})
		if err != nil {
			t.Fatalf("%v\n%s", err, progress.String())
		}
		var receipt struct {
			Outcome string `json:"outcome"`
			Lines   []any  `json:"lines"`
		}
		if err := json.Unmarshal(out.Bytes(), &receipt); err != nil || receipt.Outcome != "charged" || len(receipt.Lines) == 0 {
			t.Errorf("standard output holds no receipt: %v\n%s", err, out.String())
		}
		if steps := strings.Count(progress.String(), " s  "); steps < 12 {
			t.Errorf("%d lines of progress:\n%s", steps, progress.String())
		}
	})
	t.Run("tells each movement at its own time", func(t *testing.T) {
		t.Parallel()
		p := newFake(t, 2)
		var progress bytes.Buffer
		err := demo.Once(t.Context(), demo.OnceConfig{BaseURL: p.http.URL, World: p.world, Seed: 2, Stdout: io.Discard, Stderr: &progress})
		if err != nil {
			t.Fatalf("%v\n%s", err, progress.String())
		}
		acts := regexp.MustCompile(`(?m)^ *([0-9.]+) s  (?:the door is open|take|put|lift)`).FindAllStringSubmatch(progress.String(), -1)
		last := 0.0
		for _, act := range acts {
			at, err := strconv.ParseFloat(act[1], 64)
			if err != nil || at < last+0.1 { // a hand needs longer
				t.Errorf("%q is told %.3f s after what was before it", act[0], at-last)
			}
			last = at
		}
		if len(acts) < 3 {
			t.Errorf("fewer than two movements:\n%s", progress.String())
		}
	})
	lies := map[string]func(object){
		"a line too few": func(r object) { r["lines"] = r["lines"].([]object)[1:] },
		"a piece too many": func(r object) {
			l := r["lines"].([]object)[0]
			l["count"] = l["count"].(int) + 1
		},
		"a wrong price":       func(r object) { r["lines"].([]object)[0]["price_fen"] = 1 },
		"a wrong total":       func(r object) { r["total_fen"] = r["total_fen"].(int) + 1 },
		"other money":         func(r object) { r["payment"].(object)["captured_fen"] = 1 },
		"somebody's lane":     func(r object) { r["lines"].([]object)[0]["lane_id"] = "4711" },
		"a line of no pieces": func(r object) { r["lines"].([]object)[0]["count"] = 0 },
	}
	for name, lie := range lies {
		t.Run("refuses "+name, func(t *testing.T) {
			t.Parallel()
			p := newFake(t, 1)
			p.lie = lie
			err := demo.Once(t.Context(), demo.OnceConfig{
				BaseURL: p.http.URL, World: p.world, Seed: 1, Stdout: new(bytes.Buffer), Stderr: new(bytes.Buffer),
			})
			if !errors.Is(err, demo.ErrDiffers) {
				t.Errorf("%v, want %v", err, demo.ErrDiffers)
			}
		})
	}
}
