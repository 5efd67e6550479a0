package separable

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"

	"larder"
)

// shownPairs is how many pairs the table for people lists; the JSON has them all.
const shownPairs = 20

// WriteTable writes the report for people. The error is one of out.
func (r Report) WriteTable(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "lane\tpiece g\tspread g\tnoise g\tat least g\t0 or 1\t1 or 2\t2 or 3\t5 or 6\tcounts to\tbatch 4 % off\t")
	for _, l := range r.Lanes {
		if l.Fit == NoProduct {
			fmt.Fprintf(w, "%s\t-\t-\t%s\t%s\t\t\t\t\t\t\tno product\n", l.Lane, grams(l.Noise), grams(l.LeastMass))
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s%s\t%s%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			l.Lane, grams(l.UnitMass), grams(l.UnitSD), l.mark(keySD), grams(l.Noise), l.mark(keyNoise), grams(l.LeastMass),
			l.chance(0), l.chance(1), l.chance(2), l.chance(5), upTo(l.ReliableTo), upTo(l.ReliableShifted), l.Says())
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("separable: write: %w", err)
	}
	_, err := io.WriteString(out, r.remarks())
	return err
}

// remarks is what stands below the lanes.
func (r Report) remarks() string {
	var b strings.Builder
	for _, l := range r.Lanes {
		if len(l.Assumed) > 0 {
			b.WriteString("* not given: a usual value is assumed\n")
			break
		}
	}
	if len(r.Pairs) == 0 {
		b.WriteString("\nNo two products can be mistaken for each other when they are moved between lanes.\n")
		return b.String()
	}
	b.WriteString("\nCan be mistaken for each other when moved between lanes (in brackets: by unit masses alone):\n")
	for i, p := range r.Pairs {
		if i == shownPairs {
			fmt.Fprintf(&b, "  and %d more\n", len(r.Pairs)-i)
			break
		}
		fmt.Fprintf(&b, "  %s\n", p.Says())
	}
	return b.String()
}

// Says puts a pair into words for people.
func (p Pair) Says() string {
	text := fmt.Sprintf("%d of lane %s and %d of lane %s, %s g apart: %s (%s)", p.CountA, p.LaneA, p.CountB, p.LaneB,
		grams(larder.Gram(math.Abs(float64(p.Apart)))), percent(p.Mistaken), percent(p.ByUnitMass))
	if p.PriceApart == 0 {
		text += ", at the same price"
	}
	return text
}

// mark is a star behind what was assumed.
func (l LaneReport) mark(key string) string {
	for _, a := range l.Assumed {
		if a == key {
			return "*"
		}
	}
	return ""
}

func (l LaneReport) chance(n int) string {
	if n >= len(l.Confused) {
		return ""
	}
	return percent(l.Confused[n])
}

// Says puts the fit into words for people: "fits", or what is wrong and with what consequence.
func (l LaneReport) Says() string {
	switch l.Fit {
	case Unfit:
		if l.UnitMass < l.LeastMass {
			return "unfit: too light for this scale"
		}
		return "unfit: not even one is counted reliably"
	case Limited:
		return "limited: count no more than " + strconv.Itoa(l.ReliableTo) + " at once"
	default:
		return string(l.Fit)
	}
}

// grams writes a mass with one decimal.
func grams(g larder.Gram) string { return strconv.FormatFloat(float64(g), 'f', 1, 64) }

// percent writes a probability; what is below a thousandth of a percent is not told apart from 0.
func percent(p float64) string {
	switch {
	case p < 0.00001:
		return "0 %"
	case p < 0.001:
		return strconv.FormatFloat(100*p, 'f', 3, 64) + " %"
	}
	return strconv.FormatFloat(100*p, 'f', 1, 64) + " %"
}

func upTo(n int) string {
	if n >= MaxCount {
		return strconv.Itoa(MaxCount) + "+"
	}
	return strconv.Itoa(n)
}

// WriteJSON writes the report for machines: one object with lanes and pairs, as docs/weighing.md
// section 8 says. The error is one of out.
func (r Report) WriteJSON(out io.Writer) error {
	e := json.NewEncoder(out)
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("separable: write: %w", err)
	}
	return nil
}
