package separable_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder"
	"larder/internal/core/weigh/separable"
)

// TestRead (BY3) guards what a description may look like: that of a session as `larder weigh` takes it,
// or the lanes alone.
func TestRead(t *testing.T) {
	t.Parallel()
	const lanes = `[{"lane": 7, "shelf": 1, "unit_mass_g": 330, "unit_mass_sd_g": 4, "price_fen": 300, "stock": 8, "noise_g": 0.9},
		{"lane": "B2", "unit_mass_g": null, "extra": [1]}]`
	want := []separable.Lane{
		{Name: "7", UnitMass: 330, UnitSD: 4, Unsure: -1, Noise: 0.9, Price: 300, Stock: 8},
		{Name: `"B2"`, UnitSD: -1, Unsure: -1, Noise: -1, Stock: separable.StockUnknown},
	}
	for name, text := range map[string]string{
		"lanes alone": lanes,
		"a session":   `{"id": "s", "readings": [], "door": {}, "lanes": ` + lanes + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := separable.Read(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			for i := range got { // NaN is not equal to itself
				for _, g := range []*larder.Gram{&got[i].UnitSD, &got[i].Unsure, &got[i].Noise} {
					if !g.Known() {
						*g = -1
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestRead_Wrong (BY3) guards that whoever wrote the description is told where and what.
func TestRead_Wrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``:                                   "no JSON",
		`{"lanes": `:                         "no JSON",
		`7`:                                  "want an object with the key lanes",
		`{}`:                                 "lanes is missing",
		`{"lanes": 7}`:                       "lanes is no array",
		`[7]`:                                "lanes[0]: want an object",
		`[{"unit_mass_g": 10}]`:              "lanes[0]: lane is missing",
		`[{"lane": true}]`:                   "lanes[0]: lane is true, want a string or a number",
		`[{"lane": "A1"}]`:                   "lanes[0] (lane A1): unit_mass_g is missing",
		`[{"lane": "A1", "unit_mas_g": 10}]`: "unit_mass_g is missing",
		`[{"lane": "A1", "unit_mass_g": 10, "noise_g": "loud"}]`: `lanes[0] (lane A1): noise_g is "loud", want a number of grams`,
		`[{"lane": "A1", "unit_mass_g": -10}]`:                   "lanes[0] (lane A1): unit_mass_g is -10 g",
		`[{"lane": "A1", "unit_mass_g": 1e9}]`:                   "unit_mass_g is 1e+09 g, want 0..32000",
		`[{"lane": 3, "unit_mass_g": 10, "stock": 1.5}]`:         "lanes[0] (lane 3): stock is 1.5, want a whole number",
		`[{"lane": 3, "unit_mass_g": 10, "stock": -1}]`:          "stock is -1",
		`[{"lane": 3, "unit_mass_g": 10, "price_fen": -1}]`:      "price_fen is -1",
	} {
		if _, err := separable.Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if _, err := separable.Read(strings.NewReader(strings.Repeat(" ", separable.MaxInput+1))); err == nil {
		t.Error("an endless description is read")
	}
}

// TestReport_Write (BY3) guards that people and machines are told the same.
func TestReport_Write(t *testing.T) {
	t.Parallel()
	lanes, err := separable.Read(strings.NewReader(`[{"lane": "A1", "unit_mass_g": 330, "unit_mass_sd_g": 4, "price_fen": 300, "stock": 8, "noise_g": 0.9},
		{"lane": "A2", "unit_mass_g": 331, "price_fen": 300, "stock": 8, "noise_g": 0.9},
		{"lane": 3, "unit_mass_g": 12, "unit_mass_sd_g": 0.2, "stock": 30, "noise_g": 2}, {"lane": 4, "unit_mass_g": null}]`))
	if err != nil {
		t.Fatal(err)
	}
	var table, machine bytes.Buffer
	r := judge(t, lanes...)
	if err := r.WriteTable(&table); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"A1", "fits", "unfit: too light for this scale", "no product", "5.0*", "* not given",
		"1 of lane A1 and 1 of lane A2, 1.0 g apart", "at the same price",
	} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("%q is not in the table:\n%s", want, table.String())
		}
	}
	if err := r.WriteJSON(&machine); err != nil {
		t.Fatal(err)
	}
	var out struct {
		Lanes []struct {
			Lane       any       `json:"lane"`
			Fit        string    `json:"fit"`
			Confused   []float64 `json:"confused"`
			ReliableTo *int      `json:"reliable_to"`
		} `json:"lanes"`
		Pairs []map[string]any `json:"pairs"`
	}
	if err := json.Unmarshal(machine.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if out.Lanes[0].Lane != "A1" || out.Lanes[2].Lane != 3.0 || out.Lanes[2].Fit != "unfit" || len(out.Lanes[0].Confused) != 8 ||
		out.Lanes[0].ReliableTo == nil || out.Pairs[0]["lane_b"] != "A2" {
		t.Errorf("%s", machine.String())
	}
}
