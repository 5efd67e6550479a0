package floorplan

import (
	"fmt"
	"slices"
	"strings"
)

// lenient are the lists of .golangci.yaml in which something is let through, by the end of their path.
var lenient = []string{".exclusions.rules", ".excludes", ".exclude-functions", ".disable", ".disabled-checks", ".ignore-rules"}

// grouped is the one whose entries stand in groups, each group under its reason.
const grouped = ".exclude-functions"

// CheckLinters asks for the reason of everything that the linters' settings let through: a comment
// right above the entry or behind it. settings is the text of .golangci.yaml, in YAML's block style as
// it is written.
func CheckLinters(settings string) []Finding {
	var found []Finding
	var path keyPath
	reason := false // the line above said one
	for i, line := range strings.Split(settings, "\n") {
		text := strings.TrimSpace(line)
		if text == "" || strings.HasPrefix(text, "#") {
			reason = text != ""
			continue
		}
		path = path.enter(line)
		entry := strings.HasPrefix(text, "- ") && path.lenient() || strings.HasPrefix(text, "disabled: true")
		if entry && !reason && !strings.Contains(text, " # ") {
			found = append(found, Finding{".golangci.yaml", "linters", fmt.Sprintf("line %d gives no reason: %s", i+1, text)})
		}
		reason = reason && entry && strings.HasSuffix(path.String(), grouped)
	}
	return found
}

// keyPath is where a line of a YAML text stands: the keys above it, each with its indent.
type keyPath []struct {
	key    string
	indent int
}

// enter returns the path of the next line; a line "key:" is above those that are indented further.
func (p keyPath) enter(line string) keyPath {
	text := strings.TrimLeft(line, " ")
	indent := len(line) - len(text)
	for len(p) > 0 && p[len(p)-1].indent >= indent {
		p = p[:len(p)-1]
	}
	if key, rest, ok := strings.Cut(text, ":"); ok && strings.Trim(rest, " ") == "" {
		p = append(p, struct {
			key    string
			indent int
		}{key, indent})
	}
	return p
}

// String is the path with a dot before each key.
func (p keyPath) String() string {
	var b strings.Builder
	for _, k := range p {
		b.WriteString("." + k.key)
	}
	return b.String()
}

func (p keyPath) lenient() bool {
	path := p.String()
	return slices.ContainsFunc(lenient, func(list string) bool { return strings.HasSuffix(path, list) })
}
