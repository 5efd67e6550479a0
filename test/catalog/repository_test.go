package catalog_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"larder/test/catalog"
)

// TestRepository guards that a reader of this repository alone can look up every id that its
// comments and pages cite, and open every page that they name.
func TestRepository(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	defined, err := catalog.Defined(root)
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		base := path.Base(name)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (base == "testdata" || base == "bin" || base == "node_modules" || name != "." && base[0] == '.'):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		text, err := said(filepath.Join(root, filepath.FromSlash(name)))
		for _, m := range outside.FindAllString(text, -1) {
			t.Errorf("%s speaks of %q, which its reader cannot see", name, m)
		}
		for _, to := range document.FindAllString(text, -1) {
			if !exists(root, path.Dir(name), to) {
				t.Errorf("%s speaks of %s, which is not in the repository", name, to)
			}
		}
		for _, id := range catalog.Cited(text) {
			if defined[id] == "" {
				t.Errorf("%s cites %s, which no page defines", name, id)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

var (
	// outside is how a text speaks of plans that are no part of the repository.
	outside = regexp.MustCompile(`(?i)\bissue'?s? #?[0-9]+|\bthe issue\b|\bof this issue\b`)
	// document is a page by its name.
	document = regexp.MustCompile(`[\w][\w./-]*\.md\b`)
)

// exists reports whether a page stands at the root, or where who speaks of it does.
func exists(root, dir, name string) bool {
	for _, base := range []string{".", dir} {
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(path.Join(base, name)))); err == nil {
			return true
		}
	}
	return false
}

// code is what a page quotes.
var code = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")

// said returns what a file says to its reader: the comments of source, the prose of a page.
func said(name string) (string, error) {
	ext := path.Ext(name)
	if ext != ".go" && ext != ".sql" && ext != ".md" {
		return "", nil
	}
	text, err := os.ReadFile(name)
	switch {
	case err != nil:
		return "", err
	case ext == ".md":
		return code.ReplaceAllString(string(text), ""), nil
	case ext == ".sql":
		return sqlComments(string(text)), nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	if ast.IsGenerated(file) {
		return "", nil
	}
	var b strings.Builder
	for _, group := range file.Comments {
		b.WriteString(group.Text())
	}
	return b.String(), nil
}

func sqlComments(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if _, comment, ok := strings.Cut(line, "--"); ok {
			b.WriteString(comment)
		}
	}
	return b.String()
}
