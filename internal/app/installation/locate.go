package installation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"

	"larder"
)

// maxDepth is above that of any file: the deepest field stands at 8.
const maxDepth = 16

// locator walks through a text and notes where everything stands. Reading alone would not tell: it
// takes the last of two equal keys, and forgets the lines.
type locator struct {
	text   []byte
	tokens *json.Decoder
	known  map[string]reflect.Kind // what belongs at a path, with [] for every index
	lines  map[string]int
	faults []Fault

	at, line int // of here
}

// locate returns the line of every field by its path, and what is broken, unknown, twice or null.
func locate(text []byte) (map[string]int, *Wrong) {
	l := &locator{text: text, tokens: json.NewDecoder(bytes.NewReader(text)), line: 1, known: map[string]reflect.Kind{}, lines: map[string]int{}}
	form(reflect.TypeFor[File](), "", l.known)
	l.tokens.UseNumber()
	err := l.value("", 0)
	if err == nil {
		if _, more := l.tokens.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is more after the object")
		}
	}
	if err != nil {
		at := l.tokens.InputOffset()
		if e, ok := errors.AsType[*json.SyntaxError](err); ok {
			at = e.Offset
		}
		l.faults = append(l.faults, Fault{Line: lineAt(text, at), Reason: "is not JSON: " + err.Error()})
	}
	return l.lines, &Wrong{Faults: l.faults}
}

// value walks through the value at a path.
func (l *locator) value(path string, depth int) error {
	if depth > maxDepth {
		return errors.New("it is nested too deeply")
	}
	t, err := l.tokens.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("it ends too early")
		}
		return err
	}
	l.lines[path] = l.here()
	if kind, ok := l.known[general(path)]; ok && !fits(t, kind) {
		l.complain(path, "is not "+words[kind])
	}
	if v, ok := t.(string); ok && !larder.Legible(v) {
		l.complain(path, Illegible)
	}
	switch t {
	case json.Delim('{'):
		return l.object(path, depth+1)
	case json.Delim('['):
		return l.list(path, depth+1)
	}
	return nil
}

// words say what belongs at a path.
var words = map[reflect.Kind]string{
	reflect.Struct: "an object, {…}", reflect.Slice: "a list, […]", reflect.String: "a text", reflect.Int: "a whole number",
	reflect.Int64: "a whole number", reflect.Float64: "a number",
}

// fits reports whether a value that begins with a token is of the kind that belongs there.
func fits(t json.Token, kind reflect.Kind) bool {
	switch v := t.(type) {
	case string:
		return kind == reflect.String
	case json.Number:
		if kind == reflect.Float64 {
			_, err := v.Float64()
			return err == nil
		}
		_, err := v.Int64()
		return err == nil && (kind == reflect.Int || kind == reflect.Int64)
	case json.Delim:
		return v == '{' && kind == reflect.Struct || v == '[' && kind == reflect.Slice
	}
	return false
}

func (l *locator) object(path string, depth int) error {
	for l.tokens.More() {
		t, err := l.tokens.Token()
		if err != nil {
			return err
		}
		field := strings.TrimPrefix(path+"."+fmt.Sprint(t), ".")
		_, twice := l.lines[field]
		_, known := l.known[general(field)]
		switch {
		case twice:
			l.complain(field, "stands twice")
		case !known:
			l.complain(field, "is unknown")
		}
		if err := l.value(field, depth); err != nil {
			return err
		}
	}
	_, err := l.tokens.Token() // the closing brace
	return err
}

func (l *locator) list(path string, depth int) error {
	for i := 0; l.tokens.More(); i++ {
		if err := l.value(fmt.Sprintf("%s[%d]", path, i), depth); err != nil {
			return err
		}
	}
	_, err := l.tokens.Token() // the closing bracket
	return err
}

// here is the line of the latest token. It counts on from where it was asked before.
func (l *locator) here() int {
	at := int(l.tokens.InputOffset())
	l.line += bytes.Count(l.text[l.at:at], []byte("\n"))
	l.at = at
	return l.line
}

func (l *locator) complain(path, reason string) {
	l.faults = append(l.faults, Fault{Line: l.here(), Field: path, Reason: reason})
}

var index = regexp.MustCompile(`\[\d+\]`)

// general is a path with [] for every index.
func general(path string) string { return index.ReplaceAllString(path, "[]") }

// form collects the paths of a type's fields.
func form(t reflect.Type, path string, into map[string]reflect.Kind) {
	into[path] = t.Kind()
	switch t.Kind() { //nolint:exhaustive // whatever else there is has no fields
	case reflect.Slice:
		form(t.Elem(), path+"[]", into)
	case reflect.Struct:
		for field := range t.Fields() {
			name, ok := field.Tag.Lookup("json")
			if !ok {
				continue
			}
			form(field.Type, strings.TrimPrefix(path+"."+name, "."), into)
		}
	default:
	}
}
