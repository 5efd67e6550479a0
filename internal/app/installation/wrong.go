package installation

import (
	"fmt"
	"strings"
)

// Illegible is the reason of a text that [larder.Legible] does not hold of.
const Illegible = "has a character that is none, or that nobody sees"

// Fault is one thing that is wrong.
type Fault struct {
	Line   int    // from 1
	Field  string // its path, for instance cabinets[0].doors[1].lanes[3].price_fen
	Reason string
}

// Wrong is all that is wrong with a file.
type Wrong struct {
	Faults []Fault
}

// Error has a line "line N: field reason" for each fault.
func (w *Wrong) Error() string {
	lines := make([]string, len(w.Faults))
	for i, f := range w.Faults {
		lines[i] = fmt.Sprintf("line %d: ", f.Line)
		if f.Field != "" {
			lines[i] += f.Field + " "
		}
		lines[i] += f.Reason
	}
	return strings.Join(lines, "\n")
}

// Fault is a fault of a field of this file, at its line; where the field is left out, at the line of
// what should hold it.
func (f *File) Fault(field, format string, args ...any) Fault {
	fault := Fault{Field: field, Reason: fmt.Sprintf(format, args...)}
	for at := field; fault.Line == 0 && at != ""; at = holder(at) {
		fault.Line = f.lines[at]
	}
	fault.Line = max(fault.Line, 1)
	return fault
}

// Has reports whether the file has a field at a path.
func (f *File) Has(path string) bool {
	_, ok := f.lines[path]
	return ok
}

// Refuse is [File.Fault] as an error.
func (f *File) Refuse(field, format string, args ...any) error {
	return &Wrong{Faults: []Fault{f.Fault(field, format, args...)}}
}

// holder is the path of what holds the value of a path; "" for the whole.
func holder(path string) string { return path[:max(strings.LastIndexAny(path, ".["), 0)] }
