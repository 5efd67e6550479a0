package catalog

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// An id is a kind and a number: one letter for faults, invariants and security points, two for
// requirements. A range has two of one kind.
var (
	idText = `(O|W|H|P|L|B|D|R|G|X|I|S|LK|DV|CU|AC|OP|PR|PL|BY|EX)([1-9][0-9]?)`
	ranged = regexp.MustCompile(`\b` + idText + `(?:(?:–|-| to )` + idText + `)?\b`)
)

// percentiles look like rows of payments.
var percentiles = []string{"P50", "P90", "P95", "P99"}

// Cited returns the ids that a text cites, each once, in the order of their first mention; "O1–O3" is
// three of them, and the name TestLane_W3_tolerance cites W3.
func Cited(text string) []string {
	var ids []string
	for _, m := range ranged.FindAllStringSubmatch(strings.ReplaceAll(text, "_", " "), -1) {
		if slices.Contains(percentiles, m[0]) {
			continue
		}
		for _, id := range span(m) {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// span returns the ids of one match: one, or all of a range; two of different kinds are two.
func span(m []string) []string {
	first := m[1] + m[2]
	if m[3] == "" {
		return []string{first}
	}
	from, _ := strconv.Atoi(m[2]) // digits, by the expression
	to, _ := strconv.Atoi(m[4])
	if m[1] != m[3] || to <= from {
		return []string{first, m[3] + m[4]}
	}
	var ids []string
	for n := from; n <= to; n++ {
		ids = append(ids, m[1]+strconv.Itoa(n))
	}
	return ids
}

// prose reports whether a string of a test is a sentence and not a value: "P1" is an order's number,
// "P1: a second notice" speaks of the row.
func prose(text string) bool { return strings.ContainsAny(text, " _") }
