package catalog

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// function is one function or method of a test file.
type function struct {
	name  string
	test  bool                // go test runs it
	layer string              // what it says by itself about the layer
	uses  []string            // names that it mentions
	cites map[string][]string // ids by the part that cites them: "" or "/part/of_it"
}

// part is the stretch of a test that belongs to one t.Run with a constant name.
type part struct {
	from, to token.Pos
	line     int // where it begins; a comment on the line before speaks of it
	name     string
}

// readFunction reads one declaration of the file.
func readFunction(fset *token.FileSet, file *ast.File, decl *ast.FuncDecl) *function {
	fn := &function{name: decl.Name.Name, layer: LayerExample, cites: map[string][]string{}}
	fuzz := strings.HasPrefix(fn.name, "Fuzz")
	fn.test = decl.Recv == nil && (fuzz || strings.HasPrefix(fn.name, "Test") && fn.name != "TestMain")
	if fuzz {
		fn.layer = LayerProperty
	}
	fn.cite("", decl.Doc.Text())
	fn.cite("", fn.name)
	if decl.Body == nil {
		return fn
	}
	parts := readParts(fset, decl.Body)
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			fn.use(n.Name)
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil && prose(text) {
				fn.cite(partOf(parts, n.Pos(), 0), text)
			}
		}
		return true
	})
	for _, group := range file.Comments {
		if group.Pos() > decl.Body.Pos() && group.End() < decl.Body.End() {
			fn.cite(partOf(parts, group.Pos(), fset.Position(group.End()).Line), group.Text())
		}
	}
	return fn
}

// use notes that the function mentions a name; two packages say which layer it is in.
func (fn *function) use(name string) {
	switch name {
	case "rapid":
		fn.layer = stronger(fn.layer, LayerProperty)
	case "synctest":
		fn.layer = stronger(fn.layer, LayerBubble)
	default:
		fn.uses = append(fn.uses, name)
	}
}

func (fn *function) cite(part, text string) {
	if ids := Cited(text); len(ids) > 0 {
		fn.cites[part] = union(fn.cites[part], ids)
	}
}

// readParts returns the parts of a body, outer ones before inner ones.
func readParts(fset *token.FileSet, body *ast.BlockStmt) []part {
	var parts []part
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 2 {
			return true
		}
		run, isMethod := call.Fun.(*ast.SelectorExpr)
		name, isText := call.Args[0].(*ast.BasicLit)
		if !isMethod || run.Sel.Name != "Run" || !isText || name.Kind != token.STRING {
			return true
		}
		if text, err := strconv.Unquote(name.Value); err == nil {
			outer := partOf(parts, call.Pos(), 0)
			parts = append(parts, part{
				from: call.Pos(), to: call.End(), line: fset.Position(call.Pos()).Line,
				name: outer + "/" + strings.ReplaceAll(text, " ", "_"),
			})
		}
		return true
	})
	return parts
}

// partOf returns the name of the innermost part around pos, or of the one that begins right below
// the line on which a comment ends; "" for none.
func partOf(parts []part, pos token.Pos, commentEnds int) string {
	name := ""
	for _, p := range parts {
		if p.from <= pos && pos < p.to || commentEnds > 0 && p.line == commentEnds+1 {
			name = p.name
		}
	}
	return name
}
