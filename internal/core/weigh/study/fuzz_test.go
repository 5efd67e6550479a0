package study_test

import (
	"testing"

	"larder/internal/core/weigh"
	"larder/internal/core/weigh/study"
)

// FuzzOf guards H13: no line of the batch's input makes its study panic.
func FuzzOf(f *testing.F) {
	f.Add([]byte(`{"id":1,"lanes":[{"lane":"A","shelf":2,"unit_mass_g":50,"noise_g":1,"price_fen":3,"stock":4}],"readings":[` +
		`{"seq":1,"at_ms":1,"arrived_ms":2,"mass_g":[100]},{"seq":2,"at_ms":300,"arrived_ms":301,"mass_g":[50]},{"seq":3,"at_ms":9000,"arrived_ms":9001,"mass_g":[null]}],` +
		`"door":{"opened_ms":1,"opened_arrived_ms":1,"closed_ms":400,"closed_arrived_ms":401}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := weigh.ReadRecording(line)
		if err != nil {
			return
		}
		v, rec, err := r.Judge(weigh.Balanced())
		if err != nil {
			return
		}
		if s := study.Of(r, v, rec); len(s.Lanes) != len(r.Lanes) {
			t.Fatalf("%d lanes of %d", len(s.Lanes), len(r.Lanes))
		}
	})
}
