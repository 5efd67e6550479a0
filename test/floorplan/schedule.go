package floorplan

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"strconv"
)

// scheduler is the one file of internal/run in which real time and goroutines stand.
const scheduler = "scheduler.go"

// CheckSchedule finds what would let internal/run move in an order that no seed decides: a goroutine, a
// clock, a timer or a wait beside its port, run.Scheduler (docs/decisions/0012).
func CheckSchedule(src *Source) []Finding {
	var found []Finding
	for _, p := range src.Packages {
		if p.Dir != "internal/run" {
			continue
		}
		for _, f := range p.Files {
			if !f.Test && filepath.Base(src.Fset.Position(f.AST.Pos()).Filename) != scheduler {
				found = append(found, unscheduled(src, f.AST)...)
			}
		}
	}
	return found
}

// unscheduled returns what one file does besides going through the port.
func unscheduled(src *Source, file *ast.File) []Finding {
	var found []Finding
	names := map[string]string{}
	for _, spec := range file.Imports {
		if importPath, err := strconv.Unquote(spec.Path.Value); err == nil {
			names[localName(spec, importPath)] = importPath
		}
	}
	report := func(n ast.Node, what string) {
		text := fmt.Sprintf("internal/run must not use %s: it waits and moves through run.Scheduler, so that a seed can decide the order", what)
		found = append(found, Finding{src.at(n.Pos()), "schedule", text})
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			report(n, "a go statement")
		case *ast.SelectorExpr:
			if name := motion(names, n); name != "" {
				report(n, name)
			} else if x, ok := n.X.(*ast.Ident); ok && names[x.Name] == "sync" && (n.Sel.Name == "WaitGroup" || n.Sel.Name == "Cond") {
				report(n, "sync."+n.Sel.Name)
			}
		}
		return true
	})
	return found
}
