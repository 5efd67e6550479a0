package floorplan

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strconv"
)

// worldly are packages of the standard library that mean I/O, a clock, chance or goroutines, with
// what the rules do instead. A row covers the packages below it; harmless lists the exceptions.
var worldly = []struct{ path, instead string }{
	{"net", "the edge talks; rules are handed what it heard"},
	{"os", "files and environment are app's; rules are handed settings"},
	{"io/ioutil", "rules read no files"},
	{"syscall", "rules know no operating system"},
	{"runtime", "rules do not steer the runtime"},
	{"unsafe", "rules have nothing to gain from it"},
	{"plugin", "rules load no code"},
	{"database", "a room declares what it needs kept; the store keeps it"},
	{"log", "rules report through an observer port (log/slog for LogValue alone)"},
	{"expvar", "rules report through an observer port"},
	{"testing", "production code does not know tests"},
	{"math/rand", "chance is a seeded math/rand/v2 source that is handed in"},
	{"crypto/rand", "tokens and keys are made at the edge and handed in"},
	{"sync/errgroup", "goroutines belong to run"},
}

// harmless are packages below a worldly path that only compute.
var harmless = []string{"net/url", "net/netip", "net/mail", "net/textproto", "math/rand/v2", "log/slog"}

// moving are functions of harmless packages that read a clock, draw unseeded chance or start a
// goroutine. Naming one is as bad as calling it: a default of time.Now is a clock.
var moving = map[string][]string{
	"time": {"Now", "Since", "Until", "After", "AfterFunc", "Sleep", "Tick", "NewTimer", "NewTicker"},
	"context": {
		"AfterFunc", "WithTimeout", "WithTimeoutCause", "WithDeadline", "WithDeadlineCause",
	},
	"log/slog": {
		"Default", "SetDefault", "Log", "LogAttrs", "With", "Debug", "DebugContext", "Info", "InfoContext",
		"Warn", "WarnContext", "Error", "ErrorContext",
	},
}

// seeded are the names of math/rand/v2 that take their chance from a source that is given.
var seeded = []string{"Rand", "Source", "PCG", "ChaCha8", "Zipf", "New", "NewPCG", "NewChaCha8", "NewZipf"}

// CheckPurity finds what would make a rule depend on anything but its arguments: in the dictionary
// and in internal/core, outside of tests.
func CheckPurity(src *Source) []Finding {
	var found []Finding
	for _, p := range src.Packages {
		if p.Dir != "." && !under(p.Dir, "internal/core") {
			continue
		}
		for _, f := range p.Files {
			if !f.Test {
				found = append(found, impurities(src, f.AST)...)
			}
		}
	}
	return found
}

// impurities returns what one file does besides computing.
func impurities(src *Source, file *ast.File) []Finding {
	var found []Finding
	report := func(n ast.Node, format string, args ...any) {
		found = append(found, Finding{src.at(n.Pos()), "pure", fmt.Sprintf(format, args...)})
	}
	names := map[string]string{} // what a package is called in this file → its path
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // CheckArrows says so
		}
		if instead := worldlyPath(importPath); instead != "" {
			report(spec, "the rules must not import %s: %s", importPath, instead)
		}
		name := localName(spec, importPath)
		if name == "." {
			report(spec, "a dot import hides what a rule uses")
		}
		names[name] = importPath
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			report(n, "the rules start no goroutine: what moves belongs to internal/run")
		case *ast.SelectorExpr:
			if name := motion(names, n); name != "" {
				report(n, "the rules must not use %s: time and chance come in as arguments", name)
			}
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Go" {
				report(n, "the rules start no goroutine, not through a group either")
			}
		}
		return true
	})
	return found
}

// worldlyPath returns what to do instead of importing the path; "" if it is fine.
func worldlyPath(importPath string) string {
	if reaches(harmless, importPath) {
		return ""
	}
	for _, w := range worldly {
		if under(importPath, w.path) {
			return w.instead
		}
	}
	return ""
}

// localName returns what the file calls the imported package.
func localName(spec *ast.ImportSpec, importPath string) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	if importPath == "math/rand/v2" {
		return "rand"
	}
	return path.Base(importPath)
}

// motion returns the qualified name of a forbidden function that sel names; "" if it names none.
func motion(names map[string]string, sel *ast.SelectorExpr) string {
	x, ok := sel.X.(*ast.Ident)
	if !ok {
		return ""
	}
	importPath := names[x.Name]
	forbidden := slices.Contains(moving[importPath], sel.Sel.Name)
	if importPath == "math/rand/v2" {
		forbidden = !slices.Contains(seeded, sel.Sel.Name)
	}
	if !forbidden {
		return ""
	}
	return x.Name + "." + sel.Sel.Name + " of " + importPath
}
