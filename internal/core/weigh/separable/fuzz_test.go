package separable_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"larder/internal/core/weigh/separable"
)

// FuzzRead (BY3) guards that whatever stands in a description, it is an error or a report that is JSON.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"lanes": [{"lane": 7, "unit_mass_g": 330, "unit_mass_sd_g": 4, "price_fen": 300, "stock": 8, "noise_g": 0.9}]}`))
	f.Add([]byte(`[{"lane": "A", "unit_mass_g": 1e-300, "noise_g": 0, "unit_mass_unsure_g": 32000, "product": 4}]`))
	f.Add([]byte(`[null]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		lanes, err := separable.Read(bytes.NewReader(text))
		if err != nil || len(lanes) > 20 {
			return
		}
		report, err := separable.Judge(lanes)
		if err != nil {
			t.Fatalf("what was read is not judged: %v", err)
		}
		var machine, people bytes.Buffer
		if err := report.WriteJSON(&machine); err != nil || !json.Valid(machine.Bytes()) {
			t.Fatalf("%v: %s", err, machine.Bytes())
		}
		if err := report.WriteTable(&people); err != nil {
			t.Fatal(err)
		}
	})
}
