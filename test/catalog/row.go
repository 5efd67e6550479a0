package catalog

import (
	_ "embed"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
)

//go:embed catalog.tsv
var table string

// Row is one fault of the catalog.
type Row struct {
	ID         string
	Star       bool   // it broke in the system that Larder replaces
	Cause      string // what goes wrong
	Outcome    string // what must come of it
	Invariants []string
	Layers     []string // where it must be shown: P S B N, or review
}

// Group is a part of the catalog: rows of one kind.
type Group struct {
	Title string
	Rows  []Row
}

// Groups returns the catalog in its order. The error names the line that is no row.
func Groups() ([]Group, error) { return readGroups(table) }

func readGroups(text string) ([]Group, error) {
	var groups []Group
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		title, isTitle := strings.CutPrefix(line, "# ")
		fields := strings.Split(line, "\t")
		switch {
		case strings.HasPrefix(line, "#:"):
		case isTitle:
			groups = append(groups, Group{Title: title})
		case len(fields) != 5 || len(groups) == 0:
			return nil, fmt.Errorf("catalog.tsv line %d: %d fields in group %d, want 5 in a group", i+1, len(fields), len(groups))
		default:
			id, star := strings.CutSuffix(fields[0], "★")
			last := &groups[len(groups)-1]
			last.Rows = append(last.Rows, Row{
				ID: id, Star: star, Cause: fields[1], Outcome: fields[2],
				Invariants: strings.Fields(fields[3]), Layers: strings.Fields(fields[4]),
			})
		}
	}
	return groups, nil
}

// Point is what a page defines under an id: an invariant, a security point, a requirement.
type Point struct {
	ID   string
	Text string // what it asks for, up to the first stop
}

// pages define the ids that are no faults, each as "- **ID** text".
var pages = []struct{ file, title string }{
	{"docs/invariants.md", "Where invariants are shown"},
	{"docs/security.md", "Where security is shown"},
	{"docs/requirements.md", "Where requirements are shown"},
}

var (
	definition = regexp.MustCompile(`(?m)^- \*\*([A-Z]{1,2}[0-9]+)\*\* (?:★ )?(.+)$`)
	stop       = regexp.MustCompile(`[.:;]( |$)`)
)

// readPoints returns what the page defines, in its order.
func readPoints(root, file string) ([]Point, error) {
	text, err := fs.ReadFile(os.DirFS(root), file)
	if err != nil {
		return nil, fmt.Errorf("reading what %s defines: %w", file, err)
	}
	var points []Point
	for _, m := range definition.FindAllStringSubmatch(string(text), -1) {
		short := m[2]
		if end := stop.FindStringIndex(short); end != nil {
			short = short[:end[0]]
		}
		points = append(points, Point{ID: m[1], Text: short})
	}
	return points, nil
}

// Defined returns every id that the catalog and the pages below root define, and where.
func Defined(root string) (map[string]string, error) {
	groups, err := Groups()
	if err != nil {
		return nil, err
	}
	where := map[string]string{}
	for _, g := range groups {
		for _, r := range g.Rows {
			where[r.ID] = "docs/faults.md"
		}
	}
	for _, p := range pages {
		points, err := readPoints(root, p.file)
		if err != nil {
			return nil, err
		}
		for _, point := range points {
			if other, twice := where[point.ID]; twice {
				return nil, fmt.Errorf("%s is defined by %s and by %s", point.ID, other, p.file)
			}
			where[point.ID] = p.file
		}
	}
	return where, nil
}
