package catalog_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder/test/catalog"
)

// TestGroups guards that the catalog is whole: ids once, invariants that exist, known layers.
func TestGroups(t *testing.T) {
	t.Parallel()
	groups, err := catalog.Groups()
	if err != nil {
		t.Fatal(err)
	}
	defined, err := catalog.Defined(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, g := range groups {
		for _, r := range g.Rows {
			if seen[r.ID] {
				t.Errorf("%s is in the catalog twice", r.ID)
			}
			seen[r.ID] = true
			if r.Cause == "" || r.Outcome == "" || len(r.Layers) == 0 {
				t.Errorf("%s is not whole: %+v", r.ID, r)
			}
			for _, i := range r.Invariants {
				if i != "-" && defined[i] != "docs/invariants.md" {
					t.Errorf("%s is about %s, which docs/invariants.md does not define", r.ID, i)
				}
			}
			for _, layer := range r.Layers {
				if !slices.Contains([]string{"P", "S", "B", "N", "review"}, layer) {
					t.Errorf("%s asks for layer %q", r.ID, layer)
				}
			}
		}
	}
	if len(seen) < 100 {
		t.Errorf("the catalog has %d rows", len(seen))
	}
}

// TestCited guards what counts as a citation and what only looks like one.
func TestCited(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"guards O4, and O4 again (I10)", []string{"O4", "I10"}},
		{"rows O1–O3, W7-W8", []string{"O1", "O2", "O3", "W7", "W8"}},
		{"P2–O1 is no range", []string{"P2", "O1"}},
		{"TestLane_W3_DV10_tolerance", []string{"W3", "DV10"}},
		{"p99, P99, F1, SO1, O0, W100, BY1x", nil},
	} {
		if diff := cmp.Diff(tt.want, catalog.Cited(tt.text)); diff != "" {
			t.Errorf("Cited(%q) (-want +got):\n%s", tt.text, diff)
		}
	}
}

// TestScan guards that a test is found by its comment, its parts, its sentences and its own helpers,
// in its layer, and that values, shared helpers, testdata and other modules count for nothing.
func TestScan(t *testing.T) {
	t.Parallel()
	got, err := catalog.Scan(filepath.Join("testdata", "house"))
	if err != nil {
		t.Fatal(err)
	}
	want := []catalog.Test{
		{Dir: "internal/door", Name: "FuzzDoor", Layer: "P", IDs: []string{"H13"}},
		{Dir: "internal/door", Name: "TestDoor_Any", Layer: "P", IDs: []string{"O7"}},
		{Dir: "internal/door", Name: "TestDoor_Bubble", Layer: "B", IDs: []string{"O8"}},
		{Dir: "internal/door", Name: "TestDoor_Close", Layer: "E", IDs: []string{"O4", "I1", "I2", "O1", "O2"}},
		{Dir: "internal/door", Name: "TestDoor_Close/waits_for_rest", Layer: "E", IDs: []string{"DV8"}},
		{Dir: "internal/door", Name: "TestDoor_Close/waits_for_rest/O3:_overtaken", Layer: "E", IDs: []string{"O3"}},
		{Dir: "internal/door", Name: "TestDoor_W1_zeros", Layer: "E", IDs: []string{"W1"}},
		{Dir: "test/street", Name: "TestStreet", Layer: "N", IDs: []string{"D1", "O4"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Scan (-want +got):\n%s", diff)
	}
}

// TestPage guards what a reader is told of a row: who shows it, what is still asked for, how often it
// fired; and that a row without any test says so.
func TestPage(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS(filepath.Join("testdata", "house"))); err != nil {
		t.Fatal(err)
	}
	fired := filepath.Join(root, filepath.FromSlash(catalog.FiredFile))
	write(t, fired, `{"O7": 12}`)
	page, err := catalog.Page(root)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{
		"O4":  "| P S | E `internal/door.TestDoor_Close`<br>N `test/street.TestStreet` | P S |  |",
		"O7":  "| P S | P `internal/door.TestDoor_Any` |  | 12 |",
		"O14": "| P S | waits for later work | P S |  |",
		"I2":  "| I2 | No double charge | E `internal/door.TestDoor_Close` |",
		"S1":  "| S1 | A key for each cabinet | waits for later work |",
		"DV8": `| DV8 | Stable weights \| nothing else | E`,
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page does not say of %s:\n%s", id, want)
		}
	}
	write(t, fired, `{"O7": "often"}`)
	if _, err := catalog.Page(root); err == nil || !strings.Contains(err.Error(), "fired.json") {
		t.Errorf("Page with a broken count = %v; want an error that names the file", err)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
