package weigh_test

import (
	"strings"
	"testing"
)

// docs/weighing.md section 7: a malformed line is told in the words of the input, where in the line and
// what should stand there; no word of this program's types leaks, and what is missing is not made up.
func TestBatch_malformed_line_in_words(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`[1,2]`:                                "the line is an array at byte 1, want an object",
		`"x"`:                                  "the line is a string at byte 3, want an object",
		`null`:                                 "id is missing",
		`{"id":"a","lanes":7,"readings":[]}`:   "lanes is a number at byte 19, want an array",
		`{"id":"a","lanes":[7],"readings":[]}`: "lanes is a number at byte 20, want an object",
		`{"id":"a","lanes":[{"lane":1,"stock":1.5}],"readings":[]}`:     "lanes.stock is a number 1.5 at byte 40, want a whole number",
		`{"id":"a","lanes":[{"lane":1,"noise_g":"x"}],"readings":[]}`:   `not a mass in grams: "\"x\""`,
		`{"id":"a","lanes":[{"lane":{}}],"readings":[]}`:                "want a string or a number where {} is",
		`{"id":"a","lanes":[],"readings":[{"seq":-1}]}`:                 "readings.seq is a number -1 at byte 42, want a whole number of at least 0",
		`{"id":"a","lanes":[],"readings":[{"mass_g":"x"}]}`:             `mass_g is "x", want an array`,
		`{"id":"a","lanes":[],"readings":[{"mass_g":[true]}]}`:          "mass_g holds true, want numbers and nulls",
		`{"id":"a","lanes":[],"readings":[],"door":[]}`:                 "door is an array at byte 43, want an object",
		`{"id":"a","lanes":[],"readings":[],"door":{"opened_ms":true}}`: "door.opened_ms is true or false at byte 59, want a whole number",
		`{"id":true,"lanes":[],"readings":[]}`:                          "want a string or a number where true is",
		`{"id":"a","lanes":[]}`:                                         "readings is missing",
		`{"id":"a","readings":[]}`:                                      "lanes is missing",
		`{"id":"a","lanes":null,"readings":[]}`:                         "lanes is missing",
		`{"id":"a","lanes":[],"readings":null}`:                         "readings is missing",
		`{"lanes":[],"readings":[]}`:                                    "id is missing",
		`{"id":"a","lanes":[NaN]}`:                                      "no JSON at byte 20 of 24: invalid character 'N' looking for beginning of value",
		`{"id":"a","lanes":[`:                                           "no JSON at byte 19 of 19: unexpected end of JSON input",
	} {
		answers, bad, text := batch(t, strings.NewReader(line+"\n"))
		if bad != 1 || len(answers) != 1 || answers[0].Error != want {
			t.Errorf("%s: got %s, want %q", line, text, want)
		}
	}
}
