package larder_test

import (
	"encoding/json"
	"testing"

	"larder"
)

// FuzzParseID guards H13: a text is the decimal form of an id, or refused with a code; what is
// accepted is written again as it was.
func FuzzParseID(f *testing.F) {
	for _, seed := range []string{"1", "0", "-1", "007", "9223372036854775807", "9223372036854775808", "1e3", " 1", "", "١"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := larder.ParseID[struct{}](text)
		switch {
		case err != nil && larder.CodeOf(err) != larder.CodeInvalid:
			t.Fatalf("%q: %v has code %s", text, err, larder.CodeOf(err))
		case err == nil && (id < 0 || id.String() != text):
			t.Fatalf("%q became %s", text, id)
		}
	})
}

// FuzzQuantities guards H13 and P10: JSON of ids, money, masses and moments is refused, or is
// written and read again as the same.
func FuzzQuantities(f *testing.F) {
	for _, seed := range []string{
		`{"id":"42","fen":1250,"gram":350.25,"millis":1764000000000}`, `{"fen":12.5}`, `{"fen":"2.00"}`, `{"gram":null}`,
		`{"gram":1e308}`, `{"gram":-0.0001}`, `{"gram":"1"}`, `{"id":42}`, `{"id":"-1"}`, `{"fen":9223372036854775808}`, `{}`, `[]`, ``,
	} {
		f.Add([]byte(seed))
	}
	type all struct {
		ID     larder.CabinetID `json:"id"`
		Fen    larder.Fen       `json:"fen"`
		Gram   larder.Gram      `json:"gram"`
		Millis larder.Millis    `json:"millis"`
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var first, second all
		if json.Unmarshal(text, &first) != nil {
			return
		}
		written, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("%q was read as %+v and cannot be written: %v", text, first, err)
		}
		if err := json.Unmarshal(written, &second); err != nil {
			t.Fatalf("%s cannot be read again: %v", written, err)
		}
		again, err := json.Marshal(second)
		if err != nil || string(again) != string(written) {
			t.Fatalf("%q became %s, then %s: %v", text, written, again, err)
		}
		_, _, _ = first.Fen.String(), first.Gram.Milligrams(), first.Millis.Time()
	})
}
