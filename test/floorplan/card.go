package floorplan

import (
	"go/ast"
	"path"
	"regexp"
	"strings"
)

// owning is how a card says what belongs to its room.
var owning = regexp.MustCompile(`(?i)\bowns?\b`)

// CheckCards asks every package for its room card: a doc.go whose comment begins with the
// package's name. A room's own card says what the room owns and, among the rules, its Chinese name.
// Programs may keep the card in main.go; packages made by a generator, and those that are only
// tests, have none.
func CheckCards(src *Source) []Finding {
	var found []Finding
	for _, p := range src.Packages {
		if text := judgeCard(p); text != "" {
			found = append(found, Finding{p.Dir, "card", text})
		}
	}
	return found
}

// judgeCard says what is wrong with the card of one package; "" if nothing is.
func judgeCard(p Package) string {
	if handwritten(p) == 0 {
		return ""
	}
	card, opening := cardOf(p), "Package "+p.Name+" "
	if p.Name == "main" {
		opening = "Command " + path.Base(p.Dir) + " "
	}
	switch {
	case card == "":
		return "no room card: doc.go says what the package owns, who may call it, what it guarantees"
	case !strings.HasPrefix(card, opening):
		return "the room card begins with \"" + opening + "…\""
	}
	row, ok := RowOf(p.Dir)
	switch {
	case !ok || row.Room != p.Dir:
		return "" // a folder of a room; CheckArrows speaks of packages that are in no room
	case !owning.MatchString(card):
		return "the room card does not say what the room owns"
	case !strings.Contains(card, row.Name):
		return "the room card does not give the room's Chinese name, " + row.Name
	}
	return ""
}

// cardOf returns the package comment of doc.go, or of main.go in a program.
func cardOf(p Package) string {
	for _, f := range p.Files {
		base := path.Base(f.Path)
		if base == "doc.go" || p.Name == "main" && base == "main.go" {
			if text := f.AST.Doc.Text(); text != "" {
				return text
			}
		}
	}
	return ""
}

// handwritten counts the files that a person wrote and that are no tests.
func handwritten(p Package) int {
	n := 0
	for _, f := range p.Files {
		if !f.Test && !ast.IsGenerated(f.AST) {
			n++
		}
	}
	return n
}
