package catalog

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Layers in which something is shown, besides the seeded simulator (S), which counts for itself.
const (
	LayerProperty = "P" // any input: rapid, or a fuzz target
	LayerBubble   = "B" // real goroutines and clocks in a synctest bubble
	LayerReal     = "N" // the real program, from outside
	LayerExample  = "E" // an example: this input, that outcome
)

// Test is a test, or a part of one, that cites ids.
type Test struct {
	Dir   string // folder below the module's root, with slashes
	Name  string // TestType_Method/part
	Layer string
	IDs   []string
}

// Scan reads the test sources below root, other modules and testdata left out, and returns the tests
// that cite ids, in order of folder and name. A test cites what its comment, the comments and the
// sentences in its body, and the functions of its package that only it uses say.
func Scan(root string) ([]Test, error) {
	folders, err := testFolders(root)
	if err != nil {
		return nil, err
	}
	var tests []Test
	for _, dir := range folders {
		found, err := scanFolder(root, dir)
		if err != nil {
			return nil, err
		}
		tests = append(tests, found...)
	}
	return tests, nil
}

// testFolders returns the folders of the module that hold tests, sorted.
func testFolders(root string) ([]string, error) {
	var folders []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && aside(root, name):
			return fs.SkipDir
		case !d.IsDir() && strings.HasSuffix(name, "_test.go"):
			folders = append(folders, path.Dir(name))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for tests below %s: %w", root, err)
	}
	slices.Sort(folders)
	return slices.Compact(folders), nil
}

// aside reports whether a folder is none of this module's source.
func aside(root, name string) bool {
	base := path.Base(name)
	if base == "testdata" || base == "node_modules" || base == "bin" || base[0] == '.' || base[0] == '_' {
		return true
	}
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name), "go.mod"))
	return err == nil
}

// scanFolder returns the tests of one folder that cite ids, inside and outside packages together.
func scanFolder(root, dir string) ([]Test, error) {
	names, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(dir), "*_test.go"))
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", dir, err)
	}
	s := &folder{dir: dir, fset: token.NewFileSet(), functions: map[string][]*function{}}
	for _, name := range names {
		file, err := parser.ParseFile(s.fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("reading the tests of %s: %w", dir, err)
		}
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				s.add(readFunction(s.fset, file, fn))
			}
		}
	}
	return s.tests(), nil
}

// folder is the test functions of one folder, by name; methods of several types may share one.
type folder struct {
	dir       string
	fset      *token.FileSet
	functions map[string][]*function
}

func (s *folder) add(fn *function) { s.functions[fn.name] = append(s.functions[fn.name], fn) }

// reach returns fn and what it uses of its folder, whatever the depth.
func (s *folder) reach(fn *function) []*function {
	seen, queue := map[*function]bool{fn: true}, []*function{fn}
	for i := 0; i < len(queue); i++ {
		for _, name := range queue[i].uses {
			for _, next := range s.functions[name] {
				if !seen[next] && !next.test {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
	}
	return queue
}

// tests returns the tests that cite something, in order of their names.
func (s *folder) tests() []Test {
	reached, users := map[*function][]*function{}, map[*function]int{}
	for _, fn := range s.all() {
		reached[fn] = s.reach(fn)
		for _, used := range reached[fn] {
			users[used]++
		}
	}
	var out []Test
	for _, fn := range s.all() {
		layer, cites := LayerExample, map[string][]string{}
		for _, used := range reached[fn] {
			layer = stronger(layer, used.layer)
			for part, ids := range used.cites {
				switch {
				case used == fn:
					cites[part] = union(cites[part], ids)
				case users[used] == 1:
					cites[""] = union(cites[""], ids)
				}
			}
		}
		if layer != LayerProperty && (under(s.dir, "test") || under(s.dir, "cmd")) {
			layer = LayerReal
		}
		for part, ids := range cites {
			out = append(out, Test{Dir: s.dir, Name: fn.name + part, Layer: layer, IDs: ids})
		}
	}
	slices.SortFunc(out, func(a, b Test) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// all returns the test functions, in order of their names.
func (s *folder) all() []*function {
	var out []*function
	for _, fns := range s.functions {
		for _, fn := range fns {
			if fn.test {
				out = append(out, fn)
			}
		}
	}
	slices.SortFunc(out, func(a, b *function) int { return strings.Compare(a.name, b.name) })
	return out
}

// stronger returns the layer that says more.
func stronger(a, b string) string {
	const order = LayerExample + LayerBubble + LayerProperty
	if strings.Index(order, a) < strings.Index(order, b) {
		return b
	}
	return a
}

func union(a, b []string) []string {
	for _, id := range b {
		if !slices.Contains(a, id) {
			a = append(a, id)
		}
	}
	return a
}

func under(dir, room string) bool { return dir == room || strings.HasPrefix(dir, room+"/") }
