package floorplan

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Module is the path of the module that the plan is for.
const Module = "larder"

// Finding is one place where the source departs from the plan.
type Finding struct {
	Where string // file:line, or a folder, relative to the module's root
	Rule  string // the check that found it
	Text  string // what is wrong, and the reason of the row that it breaks
}

// String is the finding on one line.
func (f Finding) String() string { return f.Where + ": " + f.Rule + ": " + f.Text }

// File is one parsed source file.
type File struct {
	Path string // relative to the module's root, with slashes
	Test bool   // its name ends in _test.go
	AST  *ast.File
}

// Package is one folder with Go files.
type Package struct {
	Dir   string // relative to the module's root, with slashes; "." is the root
	Name  string
	Files []File // all of them, whatever their build tags: a forbidden import is none the better for a tag
}

// Source is a module as read from disk.
type Source struct {
	Root     string
	Fset     *token.FileSet
	Packages []Package
}

// listed is what we ask of go list.
type listed struct {
	Dir, ImportPath, Name string

	GoFiles, CgoFiles, IgnoredGoFiles, TestGoFiles, XTestGoFiles []string

	Imports   []string
	ImportMap map[string]string
	Standard  bool
}

// Load reads all packages of the module in the folder root. What is a package is for go list to
// say; a package that does not compile is loaded all the same, one that does not parse is an error.
func Load(ctx context.Context, root string) (*Source, error) {
	list, err := goList(ctx, root, "./...")
	if err != nil {
		return nil, err
	}
	src := &Source{Root: root, Fset: token.NewFileSet()}
	for _, l := range list {
		p, err := src.parse(l)
		if err != nil {
			return nil, err
		}
		if len(p.Files) > 0 {
			src.Packages = append(src.Packages, p)
		}
	}
	return src, nil
}

// goList runs go list -json on the patterns in the folder root.
func goList(ctx context.Context, root string, args ...string) ([]listed, error) {
	const fields = "-json=Dir,ImportPath,Name,GoFiles,CgoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles,Imports,ImportMap,Standard"
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-e", fields}, args...)...) //nolint:gosec // our own patterns, no shell
	cmd.Dir = root
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0", "GOWORK=off") // as the program is built
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list in %s: %w: %s", root, err, stderr.String())
	}
	var list []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list in %s: %w", root, err)
		}
		list = append(list, l)
	}
}

// parse reads the files of one listed package.
func (s *Source) parse(l listed) (Package, error) {
	dir, err := filepath.Rel(s.Root, l.Dir)
	if err != nil {
		return Package{}, fmt.Errorf("package %s lies outside of %s: %w", l.ImportPath, s.Root, err)
	}
	p := Package{Dir: filepath.ToSlash(dir), Name: l.Name}
	for _, name := range slices.Concat(l.GoFiles, l.CgoFiles, l.IgnoredGoFiles, l.TestGoFiles, l.XTestGoFiles) {
		parsed, err := parser.ParseFile(s.Fset, filepath.Join(l.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return Package{}, fmt.Errorf("package %s: %w", l.ImportPath, err)
		}
		p.Files = append(p.Files, File{
			Path: filepath.ToSlash(filepath.Join(dir, name)),
			Test: strings.HasSuffix(name, "_test.go"),
			AST:  parsed,
		})
	}
	return p, nil
}

// at returns where pos is, relative to the module's root.
func (s *Source) at(pos token.Pos) string {
	p := s.Fset.Position(pos)
	name, err := filepath.Rel(s.Root, p.Filename)
	if err != nil {
		name = p.Filename
	}
	return fmt.Sprintf("%s:%d", filepath.ToSlash(name), p.Line)
}

// dirOf returns the folder of an import path of the module, and false for other people's.
func dirOf(importPath string) (string, bool) {
	if importPath == Module {
		return ".", true
	}
	return strings.CutPrefix(importPath, Module+"/")
}
