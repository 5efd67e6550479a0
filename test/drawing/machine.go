package drawing

import (
	"slices"
	"strings"
)

// Machine is the table, arranged for drawing.
type Machine struct {
	States []string // in the table's order
	Events []string // likewise
	Lines  []Line
}

// Arrange orders what was read.
func Arrange(lines []Line) Machine {
	m := Machine{Lines: lines}
	for _, l := range lines {
		if !slices.Contains(m.States, l.State) {
			m.States = append(m.States, l.State)
		}
		if !slices.Contains(m.Events, l.Event) {
			m.Events = append(m.Events, l.Event)
		}
	}
	return m
}

// Edge is all ways from one state to another, each with what it takes.
type Edge struct {
	From, To string
	Labels   []string
}

// Edges returns the moves between states, in the order of the table.
func (m Machine) Edges() []Edge {
	var edges []Edge
	for _, from := range m.States {
		for _, to := range m.States {
			if from == to {
				continue
			}
			e := Edge{From: from, To: to}
			for _, event := range m.Events {
				if label, ok := m.label(from, event, to); ok {
					e.Labels = append(e.Labels, label)
				}
			}
			if len(e.Labels) > 0 {
				edges = append(edges, e)
			}
		}
	}
	return edges
}

// Loops returns the events that change something in a state without leaving it.
func (m Machine) Loops(state string) []string {
	var events []string
	for _, l := range m.Lines {
		if l.State == state && l.Cell.To == state && !slices.Contains(events, l.Event) {
			events = append(events, l.Event)
		}
	}
	return events
}

// label names an event and, if it has variants that lead elsewhere, the values that it must have to
// lead from one state to another; false if it never does.
func (m Machine) label(from, event, to string) (string, bool) {
	all, here, order := map[string]map[string]bool{}, map[string][]string{}, []string{}
	found := false
	for _, l := range m.Lines {
		if l.State != from || l.Event != event {
			continue
		}
		leads := l.Cell.To == to
		found = found || leads
		for _, f := range l.Variant {
			if all[f.Name] == nil {
				all[f.Name] = map[string]bool{}
				order = append(order, f.Name)
			}
			all[f.Name][f.Value] = true
			if leads && !slices.Contains(here[f.Name], f.Value) {
				here[f.Name] = append(here[f.Name], f.Value)
			}
		}
	}
	var needs []string
	for _, name := range order {
		// Example lines of a verdict follow from the verdict.
		if len(here[name]) < len(all[name]) && (name != "lines" || len(order) == 1) {
			needs = append(needs, name+" "+strings.Join(here[name], ", "))
		}
	}
	if len(needs) == 0 {
		return event, found
	}
	return event + ": " + strings.Join(needs, "; "), found
}
