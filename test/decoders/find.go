package decoders

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
)

// primitives are the functions, by import path, that decode; a name that ends in * is a beginning.
var primitives = map[string][]string{
	"compress/gzip":                    {"NewReader"},
	"crypto/x509":                      {"Parse*"},
	"encoding/base64":                  {"NewDecoder"},
	"encoding/csv":                     {"NewReader"},
	"encoding/hex":                     {"Decode*"},
	"encoding/json":                    {"Unmarshal", "NewDecoder"},
	"encoding/pem":                     {"Decode"},
	"encoding/xml":                     {"Unmarshal", "NewDecoder"},
	"fmt":                              {"Sscan*", "Fscan*"},
	"google.golang.org/protobuf/proto": {"Unmarshal"},
	"net":                              {"ParseIP", "ParseCIDR"},
	"net/netip":                        {"ParseAddr*", "ParsePrefix"},
	"net/url":                          {"Parse*"},
	"strconv":                          {"Parse*", "Atoi", "Unquote"},
	"time":                             {"Parse", "ParseInLocation", "ParseDuration"},
}

// methods are names of methods that decode, whatever they are methods of; declared, they are
// decoders themselves.
var methods = []string{"DecodeString", "UnmarshalText", "UnmarshalJSON", "UnmarshalBinary", "Uint16", "Uint32", "Uint64", "Unmarshal"}

// Aside are folders whose code decodes nothing of strangers', and why.
var Aside = map[string]string{
	"internal/sim":                        "what is not real talks to itself and to the platform that it tests",
	"internal/edge/link/linktest":         "a conformance kit",
	"internal/edge/link/wire/pb":          "generated; wire.Decode calls it",
	"internal/edge/provider/providertest": "a conformance kit",
	"internal/edge/store/sqlc":            "generated; reads our own database",
	"internal/edge/store/postgrestest":    "a server for tests",
	"internal/edge/store/storetest":       "a conformance kit",
	"test":                                "tests of the house",
	"tools":                               "what developers run",
	"web":                                 "pages",
}

// Find returns the functions below root that decode, as folder.Func or folder.Type.Method, sorted.
func Find(root string) ([]string, error) {
	found := map[string]bool{}
	err := sources(root, func(dir string, file *ast.File) {
		names := imports(file)
		for _, decl := range file.Decls {
			for name, node := range declared(decl) {
				if decodes(name, node, names) {
					found[dir+"."+name] = true
				}
			}
		}
	}, func(name string) bool { return !strings.HasSuffix(name, "_test.go") })
	return slices.Sorted(maps.Keys(found)), err
}

// Targets returns the fuzz targets below root, as folder.FuzzName, sorted.
func Targets(root string) ([]string, error) {
	var found []string
	err := sources(root, func(dir string, file *ast.File) {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Fuzz") {
				found = append(found, dir+"."+fn.Name.Name)
			}
		}
	}, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
	slices.Sort(found)
	return found, err
}

// sources parses the Go files below root that want likes; hidden folders, testdata and those of
// [Aside] are left out.
func sources(root string, do func(dir string, file *ast.File), want func(name string) bool) error {
	set := token.NewFileSet()
	return fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, aside := Aside[name]
			if aside || name != "." && strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules" {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || !want(name) {
			return nil
		}
		text, err := fs.ReadFile(os.DirFS(root), name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("decoders: %w", err)
		}
		do(path.Dir(name), file)
		return nil
	})
}

// imports returns the paths that a file imports, by the names it gives them.
func imports(file *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range file.Imports {
		at, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser has seen to that
		}
		name := path.Base(at)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = at
	}
	return names
}

// declared returns the nodes of a declaration that may hold calls, by their names.
func declared(decl ast.Decl) map[string]ast.Node {
	nodes := map[string]ast.Node{}
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Body != nil {
			nodes[receiver(decl)+decl.Name.Name] = decl.Body
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				for _, value := range v.Values {
					nodes[v.Names[0].Name] = value
				}
			}
		}
	}
	return nodes
}

// receiver returns "Type." for a method, else "".
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return ""
	}
	at := fn.Recv.List[0].Type
	for {
		switch t := at.(type) {
		case *ast.StarExpr:
			at = t.X
		case *ast.IndexExpr:
			at = t.X
		case *ast.Ident:
			return t.Name + "."
		default:
			return ""
		}
	}
}

// decodes reports whether what is declared under a name decodes something.
func decodes(name string, node ast.Node, names map[string]string) bool {
	if _, method, ok := strings.Cut(name, "."); ok && slices.Contains(methods, method) {
		return true
	}
	yes := false
	ast.Inspect(node, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return !yes
		}
		x, isName := s.X.(*ast.Ident)
		var from string
		if isName {
			from = names[x.Name]
		}
		if from != "" {
			yes = yes || slices.ContainsFunc(primitives[from], func(p string) bool { return matches(p, s.Sel.Name) })
		} else {
			yes = yes || slices.Contains(methods, s.Sel.Name)
		}
		return !yes
	})
	return yes
}

// matches reports whether a name is what the pattern says.
func matches(pattern, name string) bool {
	if beginning, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, beginning)
	}
	return pattern == name
}
