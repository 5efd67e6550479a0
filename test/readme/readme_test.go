package readme_test

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder/internal/app/command"
	"larder/test/floorplan"
)

// Both languages of the page, below the module's root.
const english, chinese = "README.md", "README.zh-CN.md"

var (
	heading = regexp.MustCompile(`(?m)^#+ `)
	fence   = regexp.MustCompile("(?s)```(\\w*)\n(.*?)```")
	span    = regexp.MustCompile("`[^`\n]+`")
	link    = regexp.MustCompile(`\]\(([^)]+)\)`)
	row     = regexp.MustCompile(`(?m)^\|`)
	target  = regexp.MustCompile(`\bmake ([a-z]+)`)
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestReadme_Languages guards that who reads Chinese is told no less: the same headings, commands,
// rows, names and links, in the same order.
func TestReadme_Languages(t *testing.T) {
	t.Parallel()
	shapes := map[string]func(string) []string{
		"headings": func(s string) []string { return heading.FindAllString(fence.ReplaceAllString(s, ""), -1) },
		"rows":     func(s string) []string { return row.FindAllString(s, -1) },
		"names":    func(s string) []string { return span.FindAllString(fence.ReplaceAllString(s, ""), -1) },
		"commands": commands,
		"links":    links,
	}
	en, zh := read(t, english), read(t, chinese)
	for name, shape := range shapes {
		if diff := cmp.Diff(shape(en), shape(zh)); diff != "" {
			t.Errorf("%s (-%s +%s):\n%s", name, english, chinese, diff)
		}
	}
}

// commands returns the blocks that a reader is to type.
func commands(text string) []string {
	var out []string
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		if m[1] == "sh" {
			out = append(out, m[2])
		}
	}
	return out
}

// links returns where the page leads, each language's way to the other left out. Which link comes
// first within a sentence is the language's business.
func links(text string) []string {
	var out []string
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		if m[1] != english && m[1] != chinese {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return out
}

// TestReadme_Links guards that every page of the repository that the README leads to exists.
func TestReadme_Links(t *testing.T) {
	t.Parallel()
	for _, to := range links(read(t, english)) {
		if strings.Contains(to, "://") {
			continue
		}
		if _, err := os.Stat(filepath.Join("..", "..", filepath.FromSlash(to))); err != nil {
			t.Errorf("%s leads to %s: %v", english, to, err)
		}
	}
}

// TestReadme_Targets guards that the targets which the pages for newcomers name are such that make
// lists.
func TestReadme_Targets(t *testing.T) {
	t.Parallel()
	listed := read(t, "Makefile")
	for _, page := range []string{english, chinese, "CONTRIBUTING.md"} {
		for _, quoted := range append(span.FindAllString(read(t, page), -1), commands(read(t, page))...) {
			for _, m := range target.FindAllStringSubmatch(quoted, -1) {
				if !regexp.MustCompile(`(?m)^` + m[1] + `:.*## `).MatchString(listed) {
					t.Errorf("%s names make %s, which make does not list", page, m[1])
				}
			}
		}
	}
}

// TestContributing_Map guards that the map of rooms is whole: every room of the plan that has its
// folder is on it.
func TestContributing_Map(t *testing.T) {
	t.Parallel()
	plan := fence.FindStringSubmatch(read(t, "CONTRIBUTING.md"))
	if plan == nil {
		t.Fatal("CONTRIBUTING.md has no map")
	}
	for _, row := range floorplan.Plan {
		if _, err := os.Stat(filepath.Join("..", "..", filepath.FromSlash(row.Room))); err != nil {
			continue // planned
		}
		name := row.Room
		if dir := path.Dir(name); dir == "internal/core" || dir == "internal/edge" {
			name = path.Base(name)
		}
		if name != "." && !regexp.MustCompile(`\b`+regexp.QuoteMeta(name)+`\b`).MatchString(plan[2]) {
			t.Errorf("%s is not on the map of CONTRIBUTING.md", row.Room)
		}
	}
}

// TestReadme_Program guards that the README's table has every command that the program lists.
func TestReadme_Program(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	world := command.World{
		Env: func(string) (string, bool) { return "", false }, In: strings.NewReader(""), Out: &out, Err: &errs,
	}
	if status := command.Run(t.Context(), []string{"--help"}, world); status != 0 {
		t.Fatalf("larder --help: status %d, %s", status, errs.String())
	}
	_, list, found := strings.Cut(out.String(), "Commands:\n")
	list, _, _ = strings.Cut(list, "\nFlags:")
	if !found {
		t.Fatalf("larder --help lists no commands:\n%s", out.String())
	}
	page := read(t, english)
	for line := range strings.Lines(list) {
		name, ok := strings.CutPrefix(line, "  ")
		if !ok || strings.HasPrefix(name, " ") {
			continue // the rest of a text
		}
		name, _, _ = strings.Cut(name, "  ")
		name = strings.TrimSpace(strings.TrimSuffix(name, " up")) // the default of migrate
		if !strings.Contains(page, "`larder "+name) && !strings.Contains(page, "`"+name) {
			t.Errorf("the README has no larder %s", name)
		}
	}
}
