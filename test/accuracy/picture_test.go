package accuracy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"larder/internal/sim/score"
	"larder/test/accuracy"
)

// Item 8: a failure is drawn from its id alone, with the truth, and with why it failed.
func TestPicture(t *testing.T) {
	t.Parallel()
	failure := func(what, id string, reasons ...string) accuracy.Failure {
		return accuracy.Failure{Failure: score.Failure{
			ID: json.RawMessage(`"` + id + `"`), What: what, Scenario: "single", Faults: []string{"frozen"},
			Truth: []score.Line{{Lane: json.RawMessage("15"), Count: 1}}, Verdict: score.Answer{Reasons: reasons},
		}}
	}
	for _, c := range []struct {
		f     accuracy.Failure
		wants []string
	}{
		{failure("wrong", "F1-1-20"), []string{"F1-1-20", "truth 真值: 1 × 15", "faults 故障 frozen", "the truth was held to be", "believed 相信的是"}},
		{failure("review_right", "F2-1-3", "no_stable_weight", "new_one"), []string{"did not come to rest", "没有稳定", "new_one"}},
	} {
		picture, err := accuracy.Picture(c.f)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range c.wants {
			if !strings.Contains(string(picture), want) {
				t.Errorf("the picture of %s lacks %q", c.f.ID, want)
			}
		}
	}
	for _, id := range []string{"F1-1", "F1-x-2", "F9-1-2"} {
		if _, err := accuracy.Picture(failure("wrong", id)); err == nil {
			t.Errorf("%s is drawn", id)
		}
	}
}
