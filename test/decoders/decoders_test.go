package decoders_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"larder/test/decoders"
)

const root = "../.."

// H13: every decoder has a fuzz target or a reason, every target has a decoder, and every target has
// inputs that are committed, so that `go test` tries them.
func TestTable(t *testing.T) {
	t.Parallel()
	found, err := decoders.Find(root)
	if err != nil {
		t.Fatal(err)
	}
	targets, err := decoders.Targets(root)
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, name := range found {
		if _, ok := decoders.Table[name]; !ok {
			t.Errorf("%s decodes and has no row in test/decoders/table.go: name its fuzz target, or why it needs none", name)
		}
	}
	for name, row := range decoders.Table {
		if !slices.Contains(found, name) {
			t.Errorf("%s has a row in test/decoders/table.go and is no decoder (any more)", name)
		}
		if (row.Fuzz == "") == (row.Why == "") {
			t.Errorf("%s: a row has a target or a reason", name)
		}
		if row.Fuzz != "" && !slices.Contains(targets, row.Fuzz) {
			t.Errorf("%s: there is no %s", name, row.Fuzz)
		}
		used[row.Fuzz] = true
	}
	for _, target := range targets {
		if _, wider := decoders.Wider[target]; wider == used[target] {
			t.Errorf("%s is not in exactly one of Table and Wider", target)
		}
		if inputs := corpus(t, target); inputs < 3 {
			t.Errorf("%s has %d committed inputs, want 3 at least: see scripts/corpus", target, inputs)
		}
	}
	for target := range decoders.Wider {
		if !slices.Contains(targets, target) {
			t.Errorf("there is no %s", target)
		}
	}
}

// corpus returns how many inputs of a target are committed beside its test.
func corpus(t *testing.T, target string) int {
	t.Helper()
	cut := strings.LastIndexByte(target, '.')
	entries, err := os.ReadDir(filepath.Join(root, target[:cut], "testdata", "fuzz", target[cut+1:]))
	if err != nil {
		return 0
	}
	return len(entries)
}

// The search sees what decodes, under whatever name the package is imported, and nothing else.
func TestFind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const source = `package p
import (
	j "encoding/json"
	"net/url"
	"strconv"
)
type T[K any] struct{}
func (t *T[K]) UnmarshalText(b []byte) error { return nil }
func (t *T[K]) Read(b []byte) error { return j.Unmarshal(b, t) }
func Port(s string) (int, error) { return strconv.Atoi(s) }
func Escape(s string) string { return url.QueryEscape(s) + strconv.Itoa(7) }
func Write(v any) ([]byte, error) { return j.Marshal(v) }
var parse = func(s string) (*url.URL, error) { return url.Parse(s) }
`
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("p.go", source)
	write("p_test.go", "package p\nimport \"testing\"\nfunc FuzzPort(f *testing.F) {}\nfunc TestPort(t *testing.T) {}\n")
	got, err := decoders.Find(dir)
	if want := []string{"..Port", "..T.Read", "..T.UnmarshalText", "..parse"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("found %v, %v, want %v", got, err, want)
	}
	targets, err := decoders.Targets(dir)
	if want := []string{"..FuzzPort"}; err != nil || !slices.Equal(targets, want) {
		t.Errorf("found %v, %v, want %v", targets, err, want)
	}
	write("broken.go", "package")
	if _, err := decoders.Find(dir); err == nil {
		t.Error("a source that does not parse is no error")
	}
}
