package floorplan_test

import (
	"os"
	"path/filepath"
	"testing"

	"larder/test/floorplan"
)

// House rule 14: a linter that is off says why, and so does every exclusion.
func TestCheckLinters(t *testing.T) {
	t.Parallel()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, ".golangci.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range floorplan.CheckLinters(string(text)) {
		t.Error(f)
	}
}

// Each way to let something through without a reason is found, and each way to give one counts.
func TestCheckLinters_finds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want int
	}{
		"a reason above":       {"exclusions:\n  rules:\n    # because\n    - path: a\n", 0},
		"a reason behind":      {"gosec:\n  excludes:\n    - G104 # because\n", 0},
		"a rule without":       {"exclusions:\n  rules:\n    # because\n    - path: a\n      linters: [x]\n    - path: b\n", 1},
		"a blank between":      {"exclusions:\n  rules:\n    # about the list\n\n    - path: a\n", 1},
		"a group":              {"errcheck:\n  exclude-functions:\n    # because\n    - a\n    - b\n", 0},
		"no group":             {"gocritic:\n  disabled-checks:\n    # because\n    - a\n    - b\n", 1},
		"what is asked for":    {"revive:\n  rules:\n    - name: a\n", 0},
		"what is switched off": {"revive:\n  rules:\n    - name: a\n      disabled: true\n", 1},
	} {
		if got := floorplan.CheckLinters(c.text); len(got) != c.want {
			t.Errorf("%s: %v, want %d findings", name, got, c.want)
		}
	}
}
