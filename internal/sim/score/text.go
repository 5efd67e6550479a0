package score

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Print writes the report as tables for a person.
func (r Report) Print(out io.Writer) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, m := range r.Models {
		m.print(t)
	}
	if r.Cost != nil {
		fmt.Fprintf(t, "cost of a session, over %d: %.3f ms of CPU, %.1f kB allocated\n", r.Cost.Sessions, r.Cost.CPU, r.Cost.Allocated)
	}
	if r.Bad > 0 {
		fmt.Fprintf(t, "%d lines could not be scored\n", r.Bad)
	}
	return t.Flush()
}

// columns are the heads of [row].
const columns = "\tsessions\tright\twrong\tswaps\tover\treview\tsuggestion right\t"

func (m Model) print(t io.Writer) {
	if len(m.Methods) == 0 {
		return
	}
	fmt.Fprintf(t, "model %s, %d sessions; in %% of them; wrong is without swaps, the suggestion in %% of reviews\n\n", m.Name, m.Methods[0].All.Sessions)
	fmt.Fprintln(t, "method"+columns+"p50 s\tp90 s\tp99 s\t")
	for _, s := range m.Methods {
		fmt.Fprintf(t, "%s%.1f\t%.1f\t%.1f\t\n", row(s.Method, s.All),
			float64(s.After.P50)/1000, float64(s.After.P90)/1000, float64(s.After.P99)/1000)
	}
	s := m.Methods[0]
	for _, part := range []struct {
		name   string
		groups []Group
	}{{"scenario", s.Scenarios}, {"fault", s.Faults}, {"reason", s.Reasons}} {
		fmt.Fprintf(t, "\n%s: %s%s\n", s.Method, part.name, columns)
		for _, g := range part.groups {
			fmt.Fprintln(t, row(g.Name, g.Tally))
		}
	}
	for _, part := range []struct {
		name string
		bins []Bin
	}{{"charged by confidence from", s.Charged}, {"suggested by confidence from", s.Reviewed}} {
		fmt.Fprintf(t, "\n%s\tsessions\twrong expected\twrong\tswaps\t\n", part.name)
		for _, b := range part.bins {
			fmt.Fprintf(t, "%g\t%d\t%.2f\t%d\t%d\t\n", b.From, b.Sessions, b.Expected, b.Wrong, b.Swapped)
		}
	}
	fmt.Fprintln(t)
}

// row is one line of a table, in per cent.
func row(name string, t Tally) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\t%d\t", name, t.Sessions)
	for _, n := range []int{t.Right, t.Wrong, t.Swapped, t.Over, t.Review} {
		fmt.Fprintf(&b, "%.2f\t", Percent(n, t.Sessions))
	}
	fmt.Fprintf(&b, "%.1f\t", Percent(t.Suggested, t.Review))
	return b.String()
}

// Percent returns n of all in per cent; 0 of nothing.
func Percent(n, all int) float64 {
	if all == 0 {
		return 0
	}
	return 100 * float64(n) / float64(all)
}
