package drawing

import (
	"fmt"
	"strings"
)

// Line is one line of the machine's table: what one event, in one or all of its variants, does in one
// state.
type Line struct {
	State   string
	Note    string // when in the state, "" for an ordinary moment
	Event   string
	Variant []Field // what the event says; none if that makes no difference
	Cell    Cell
}

// Field is one value of an event.
type Field struct{ Name, Value string }

// Cell is what happens; the zero Cell is nothing.
type Cell struct {
	To      string // the next state
	Outcome string // how the session ended, if it did
	Changes string // what else becomes of the session: "door=open, wait=2s"
	Effects string // what must happen in the same transaction, in order
}

// Read reads the golden table of internal/core/session. The error names the line.
func Read(text string) ([]Line, error) {
	var lines []Line
	state, note := "", ""
	for i, line := range strings.Split(text, "\n") {
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case !strings.HasPrefix(line, "  "):
			state, note, _ = strings.Cut(line, ", ")
		default:
			l, err := readLine(line)
			if err != nil || state == "" {
				return nil, fmt.Errorf("table line %d: %q is no line of a state: %w", i+1, line, err)
			}
			l.State, l.Note = state, note
			lines = append(lines, l)
		}
	}
	return lines, nil
}

func readLine(line string) (Line, error) {
	words := split(line)
	if len(words) < 2 {
		return Line{}, fmt.Errorf("%d words", len(words))
	}
	l := Line{Event: words[0]}
	words = words[1:]
	if strings.HasPrefix(words[0], "{") {
		for _, f := range split(strings.Trim(words[0], "{}")) {
			name, value, _ := strings.Cut(f, ":")
			l.Variant = append(l.Variant, Field{strings.ToLower(name), plain(value)})
		}
		words = words[1:]
	}
	if len(words) > 0 && words[0] != "·" {
		l.Cell = readCell(words)
	}
	return l, nil
}

// plain says a value in words.
func plain(value string) string {
	switch {
	case value == "":
		return "not told"
	case value == "[]":
		return "none"
	case strings.HasPrefix(value, "["):
		return "some"
	}
	return value
}

// readCell reads "state outcome door=… unlocked wait=… !Effect{…}".
func readCell(words []string) Cell {
	c := Cell{To: words[0]}
	var changes, effects []string
	for i, w := range words[1:] {
		effect, isEffect := strings.CutPrefix(w, "!")
		switch {
		case isEffect:
			effects = append(effects, readEffect(effect))
		case i == 0 && c.To == "ended" && !strings.Contains(w, "="):
			c.Outcome = w
		default:
			changes = append(changes, w)
		}
	}
	c.Changes, c.Effects = strings.Join(changes, ", "), strings.Join(effects, ", ")
	return c
}

// readEffect says an effect with the fields that are more than an example.
func readEffect(text string) string {
	name, rest, _ := strings.Cut(text, "{")
	for _, f := range split(strings.TrimSuffix(rest, "}")) {
		switch field, value, _ := strings.Cut(f, ":"); {
		case field == "Cause":
			name += " (" + value + ")"
		case name == "Settle" && value == "[]":
			name += " (nothing)"
		}
	}
	return name
}

// split cuts a text at spaces that are in no braces or brackets.
func split(text string) []string {
	var words []string
	depth, from := 0, -1
	for i, r := range text {
		switch {
		case r == ' ' && depth == 0:
			if from >= 0 {
				words, from = append(words, text[from:i]), -1
			}
			continue
		case r == '{' || r == '[':
			depth++
		case r == '}' || r == ']':
			depth--
		}
		if from < 0 {
			from = i
		}
	}
	if from >= 0 {
		words = append(words, text[from:])
	}
	return words
}
