package floorplan

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"path/filepath"
	"strings"
)

// unread are modules whose types are not worth reading: no value of theirs is money, and a
// translated C library is larger than everything else together.
var unread = []string{"modernc.org"}

// typed is one package of the module with the types of its expressions.
type typed struct {
	dir   string
	files []*ast.File
	info  *types.Info
}

// checker reads types from source, without a compiler's export data: tests run under the race
// detector, and compiling everything a second time for its types would take longer than this.
// Function bodies of other people's packages are skipped; what does not resolve is left untyped.
type checker struct {
	src  *Source
	list map[string]listed // by import path, as go list spells it
	done map[string]*types.Package
	ours []typed
}

// typeCheck reads the types of all packages of the module, tests aside.
func typeCheck(ctx context.Context, src *Source) ([]typed, error) {
	list, err := goList(ctx, src.Root, "-deps", "./...")
	if err != nil {
		return nil, err
	}
	c := &checker{src: src, list: make(map[string]listed, len(list)), done: map[string]*types.Package{"unsafe": types.Unsafe}}
	for _, l := range list {
		c.list[l.ImportPath] = l
	}
	for _, l := range list { // dependencies come first
		if _, ours := dirOf(l.ImportPath); ours {
			if _, err := c.load(l); err != nil {
				return nil, err
			}
		}
	}
	return c.ours, nil
}

// importer resolves the imports of one package; paths mean what its ImportMap says (vendoring).
type importer struct {
	*checker
	from listed
}

// Import returns the package that the path means here; an empty one if it is not worth reading.
func (i importer) Import(importPath string) (*types.Package, error) {
	if mapped, ok := i.from.ImportMap[importPath]; ok {
		importPath = mapped
	}
	l, ok := i.list[importPath]
	if !ok || reaches(unread, importPath) {
		return empty(importPath), nil
	}
	return i.load(l)
}

// empty returns a package that declares nothing.
func empty(importPath string) *types.Package {
	p := types.NewPackage(importPath, importPath[strings.LastIndex(importPath, "/")+1:])
	p.MarkComplete()
	return p
}

// load parses and checks one package, once.
func (c *checker) load(l listed) (*types.Package, error) {
	if p, ok := c.done[l.ImportPath]; ok {
		return p, nil
	}
	dir, ours := dirOf(l.ImportPath)
	mode := parser.SkipObjectResolution
	var files []*ast.File
	for _, name := range l.GoFiles {
		f, err := parser.ParseFile(c.src.Fset, filepath.Join(l.Dir, name), nil, mode)
		if err != nil && ours {
			return nil, fmt.Errorf("package %s: %w", l.ImportPath, err)
		}
		if f != nil {
			files = append(files, f)
		}
	}
	conf := types.Config{
		Importer:         importer{c, l},
		IgnoreFuncBodies: !ours,
		FakeImportC:      true,
		Error:            func(error) {}, // the compiler says what does not compile
	}
	var info *types.Info
	if ours {
		info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}}
	}
	p, _ := conf.Check(l.ImportPath, c.src.Fset, files, info) // as above; p is as complete as can be
	if p == nil {
		p = empty(l.ImportPath)
	}
	c.done[l.ImportPath] = p
	if ours {
		c.ours = append(c.ours, typed{dir: dir, files: files, info: info})
	}
	return p, nil
}
