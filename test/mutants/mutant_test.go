package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The list is what the promises stand on: it may not shrink below twenty, and each of its rows has
// to fit the source as it is now. Whether the tests find them is `make mutants`' to show.
func TestMutants(t *testing.T) {
	t.Parallel()
	root, err := moduleRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mutants := slices.Concat(All...)
	if len(mutants) < 20 {
		t.Errorf("%d mutants, at least 20 are promised", len(mutants))
	}
	seen := map[string]bool{}
	for _, m := range mutants {
		if _, err := m.Plant(root); err != nil {
			t.Error(err)
		}
		if seen[m.Name] || m.Name == "" || m.Guard == "" || m.Why == "" || len(m.Tests) == 0 {
			t.Errorf("mutant %q is there twice, or does not say what it breaks, why it matters and who has to notice", m.Name)
		}
		seen[m.Name] = true
		for _, pkg := range m.Tests {
			dir := filepath.Join(root, strings.TrimSuffix(pkg, "/..."))
			if found, err := filepath.Glob(filepath.Join(dir, "*.go")); err != nil || len(found) == 0 {
				t.Errorf("mutant %s: no package %s", m.Name, pkg)
			}
		}
	}
}
