package floorplan_test

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"larder/test/floorplan"
)

// update rewrites the expectations of the crooked modules from what the checks find.
var update = flag.Bool("update", false, "rewrite testdata/*/findings.txt")

// repository reads the whole module once; the tests only look at it.
var repository = sync.OnceValues(func() (*floorplan.Source, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	return floorplan.Load(context.Background(), root)
})

// moduleRoot returns the nearest folder upwards that holds go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod above the test")
		}
		dir = up
	}
}

// checks are all rules of the plan by the name that their findings carry.
var checks = map[string]func(context.Context, *floorplan.Source) ([]floorplan.Finding, error){
	"arrows":   pure(floorplan.CheckArrows),
	"purity":   pure(floorplan.CheckPurity),
	"schedule": pure(floorplan.CheckSchedule),
	"cards":    pure(floorplan.CheckCards),
	"main":     pure(floorplan.CheckMain),
	"folders": func(_ context.Context, src *floorplan.Source) ([]floorplan.Finding, error) {
		return floorplan.CheckFolders(src)
	},
	"money": floorplan.CheckMoney,
}

func pure(check func(*floorplan.Source) []floorplan.Finding) func(context.Context, *floorplan.Source) ([]floorplan.Finding, error) {
	return func(_ context.Context, src *floorplan.Source) ([]floorplan.Finding, error) { return check(src), nil }
}

// TestRepository holds this repository to its plan (CONTRIBUTING.md, "The map").
func TestRepository(t *testing.T) {
	t.Parallel()
	src, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	for name, check := range checks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := check(t.Context(), src)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				t.Error(f)
			}
		})
	}
}

// TestChecks/… show that each check can fail, and what for: every folder of testdata is a small
// module, its findings.txt what is wrong with it. The module "straight" has nothing wrong.
func TestChecks(t *testing.T) {
	t.Parallel()
	modules, err := filepath.Glob("testdata/*/go.mod")
	if err != nil || len(modules) == 0 {
		t.Fatalf("no modules in testdata: %v", err)
	}
	for _, file := range modules {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			compareFindings(t, dir)
		})
	}
}

// compareFindings runs all checks over the module in dir and compares with its findings.txt.
func compareFindings(t *testing.T, dir string) {
	t.Helper()
	root, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	src, err := floorplan.Load(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for name, check := range checks {
		found, err := check(t.Context(), src)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, f := range found {
			lines = append(lines, f.String()+"\n")
		}
	}
	slices.Sort(lines)
	got, golden := strings.Join(lines, ""), filepath.Join(dir, "findings.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}
