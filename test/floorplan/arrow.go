package floorplan

import (
	"fmt"
	"go/ast"
	"strconv"
)

// CheckArrows compares every import of the source with [Plan] and [Libraries].
func CheckArrows(src *Source) []Finding {
	var found []Finding
	for _, p := range src.Packages {
		row, ok := RowOf(p.Dir)
		if !ok {
			found = append(found, Finding{p.Dir, "plan", "no row of the plan covers this package: add one with its reason, and an ADR"})
			continue
		}
		for _, f := range p.Files {
			for _, spec := range f.AST.Imports {
				if text := judgeImport(row, p.Dir, f.Test, spec); text != "" {
					found = append(found, Finding{src.at(spec.Pos()), "arrow", text})
				}
			}
		}
	}
	return found
}

// judgeImport says what is wrong with one import; "" if nothing is.
func judgeImport(row Row, dir string, inTest bool, spec *ast.ImportSpec) string {
	importPath, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return "an import path that is no string: " + spec.Path.Value
	}
	if importPath == "C" {
		return "cgo: the program is pure Go, so that one build runs everywhere"
	}
	if isStandard(importPath) {
		return ""
	}
	if to, ours := dirOf(importPath); ours {
		return judgeRoom(row, to, inTest)
	}
	return judgeLibrary(row, dir, importPath, inTest)
}

// judgeRoom says what is wrong with an arrow to the folder to.
func judgeRoom(row Row, to string, inTest bool) string {
	switch {
	case row.Allows(to, inTest):
		return ""
	case inTest:
		return fmt.Sprintf("tests of %s must not import %s: %s", row.Room, to, row.Why)
	}
	return fmt.Sprintf("%s must not import %s: %s", row.Room, to, row.Why)
}

// judgeLibrary says what is wrong with the use of somebody else's module. Tests may use every
// module of the table, since they look at the world from outside; those of the rules have no world
// to look at.
func judgeLibrary(row Row, dir, importPath string, inTest bool) string {
	forTests := inTest || isKit(dir)
	if isTestLibrary(importPath) {
		if forTests {
			return ""
		}
		return fmt.Sprintf("%s is for tests and conformance kits", importPath)
	}
	lib, ok := libraryOf(importPath)
	if !ok {
		return fmt.Sprintf("%s is in no row of Libraries: a new dependency needs a row and an ADR", importPath)
	}
	pure := row.Room == "." || under(row.Room, "internal/core")
	if forTests && !pure || reaches(lib.Rooms, dir) {
		return ""
	}
	return fmt.Sprintf("%s must not import %s: %s", row.Room, importPath, lib.Why)
}
