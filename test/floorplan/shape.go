package floorplan

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// mainLines is what the program's main file stays under: it starts app and decides nothing.
const mainLines = 60

// CheckMain measures the files of the programs below cmd.
func CheckMain(src *Source) []Finding {
	var found []Finding
	for _, p := range src.Packages {
		if !under(p.Dir, "cmd") {
			continue
		}
		for _, f := range p.Files {
			if n := src.Fset.File(f.AST.Pos()).LineCount(); !f.Test && n >= mainLines {
				found = append(found, Finding{f.Path, "main", fmt.Sprintf("%d lines: main stays under %d", n, mainLines)})
			}
		}
	}
	return found
}

// CheckFolders finds folders below internal that hold no Go file at any depth: a room appears when
// its first line is written. It also reads the whole tree, so that the go command knows that a
// cached result of these tests depends on it.
func CheckFolders(src *Source) ([]Finding, error) {
	inhabited, folders := map[string]bool{}, []string{}
	err := fs.WalkDir(os.DirFS(src.Root), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && aside(name):
			return filepath.SkipDir
		case d.IsDir() && under(name, "internal"):
			folders = append(folders, name)
		case lives(name):
			for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
				inhabited[dir] = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("walking %s: %w", src.Root, err)
	}
	var found []Finding
	for _, dir := range folders {
		if !inhabited[dir] {
			found = append(found, Finding{dir, "folder", "nothing is written here: a room appears with its first line"})
		}
	}
	return found, nil
}

// lives reports whether a file makes its folder a place: source, and what a page is made of. A text
// that only promises a room does not.
func lives(name string) bool {
	switch path.Ext(name) {
	case ".go", ".sql", ".html", ".css", ".js":
		return true
	}
	return false
}

// aside reports whether the folder is none of the go command's business.
func aside(name string) bool {
	base := path.Base(name)
	return base == "testdata" || base == "node_modules" || name != "." && strings.HasPrefix(base, ".") || name == "bin"
}
