package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

const (
	// maxJSONBody is the most that a JSON request may have; the largest real one is a decision of a
	// case with a count for each of some hundred lanes.
	maxJSONBody = 64 << 10
	// maxDepth is how deep a request may be nested; the deepest real one has three levels.
	maxDepth = 16
)

// jsonFormat reads and writes JSON bodies. huma reads each body twice: into any, to validate, and
// into the input; the strict check comes with the first.
var jsonFormat = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, into any) error {
		if _, first := into.(*any); !first {
			return json.Unmarshal(data, into)
		}
		if err := checkJSON(data); err != nil {
			return err
		}
		if json.Unmarshal(data, into) != nil { // more than one value
			return errors.New("not_json")
		}
		return nil
	},
}

// checkJSON refuses what encoding/json lets pass: nesting without end, an object's key that occurs
// twice (whose last value would win), null (which would pass for any optional string), text that is
// not UTF-8, and NUL, which PostgreSQL cannot store. Errors are codes of fieldTexts.
func checkJSON(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("not_json")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var open []*level
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errors.New("not_json")
		}
		if open, err = step(open, token); err != nil {
			return err
		}
	}
}

// level is an object or an array that is not closed yet.
type level struct {
	keys map[string]bool // nil for an array
	key  bool            // an object's next token is a key
}

// step takes the next token into account.
func step(open []*level, token json.Token) ([]*level, error) {
	if d, ok := token.(json.Delim); ok {
		return stepDelim(open, d)
	}
	if token == nil {
		return open, errors.New("null_not_allowed")
	}
	s, isText := token.(string)
	if isText && strings.ContainsRune(s, 0) {
		return open, errors.New("wrong_form form=text without NUL")
	}
	if len(open) == 0 {
		return open, nil
	}
	top := open[len(open)-1]
	if top.keys == nil {
		return open, nil
	}
	if top.key {
		if top.keys[s] {
			return open, errors.New("duplicate_field")
		}
		top.keys[s] = true
	}
	top.key = !top.key
	return open, nil
}

// stepDelim opens or closes a level.
func stepDelim(open []*level, d json.Delim) ([]*level, error) {
	switch d {
	case '{', '[':
		if len(open) == maxDepth {
			return open, fmt.Errorf("too_deep max=%d", maxDepth)
		}
		inner := &level{}
		if d == '{' {
			inner.keys, inner.key = map[string]bool{}, true
		}
		return append(open, inner), nil
	}
	open = open[:len(open)-1]
	if len(open) > 0 && open[len(open)-1].keys != nil {
		open[len(open)-1].key = true // the value of a key is complete
	}
	return open, nil
}
