package drawing

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strings"
)

// room is the folder of the rules that are drawn, below the module's root.
const room = "internal/core/session"

// words are what the room's own comments say of its types and of the fields of Windows.
type words struct {
	types   map[string]string
	windows []Field // in their order: name and comment
}

// readWords reads the comments of the room.
func readWords(root fs.FS) (words, error) {
	w := words{types: map[string]string{}}
	for _, name := range []string{room + "/event.go", room + "/session.go"} {
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return words{}, fmt.Errorf("reading what the room says: %w", err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return words{}, fmt.Errorf("reading what the room says: %w", err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				w.read(spec)
			}
			return true
		})
	}
	return w, nil
}

func (w *words) read(spec *ast.TypeSpec) {
	if text := sentence(spec.Doc.Text()); text != "" {
		w.types[spec.Name.Name] = text
	}
	body, ok := spec.Type.(*ast.StructType)
	if !ok || spec.Name.Name != "Windows" {
		return
	}
	for _, f := range body.Fields.List {
		for _, name := range f.Names {
			w.windows = append(w.windows, Field{name.Name, sentence(f.Comment.Text())})
		}
	}
}

// of returns what the room says of an event or effect: "door_opened" is its type DoorOpened. The
// error names what it says nothing of.
func (w words) of(name string) (string, error) {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "_") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	text, ok := w.types[b.String()]
	if !ok {
		return "", fmt.Errorf("%s says nothing of %s", room, b.String())
	}
	_, text, _ = strings.Cut(text, " ")
	return strings.TrimPrefix(text, "says that "), nil
}

// sentence makes one line of a comment.
func sentence(text string) string { return strings.Join(strings.Fields(text), " ") }
