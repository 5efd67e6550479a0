package main

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// Mutant is one mistake that somebody could make.
type Mutant struct {
	Name  string   // room/what-goes-wrong
	Guard string   // ids of the catalog or of the invariants that it breaks
	Why   string   // what would happen to people or to money
	File  string   // below the module's root
	Old   string   // occurs once in the file
	New   string   // what stands there instead
	Tests []string // packages of which at least one has to notice, the likeliest first
}

// Plant returns the file with the mistake in it. The error says that the mutant no longer fits the
// source, which has moved on: the mutant then shows nothing and has to be written anew.
func (m Mutant) Plant(root string) ([]byte, error) {
	source, err := os.ReadFile(filepath.Join(root, m.File)) //nolint:gosec // a file of our own list
	if err != nil {
		return nil, fmt.Errorf("mutant %s: %w", m.Name, err)
	}
	if n := strings.Count(string(source), m.Old); n != 1 {
		return nil, fmt.Errorf("mutant %s: %s has its text %d times, not once", m.Name, m.File, n)
	}
	planted := strings.Replace(string(source), m.Old, m.New, 1)
	if _, err := parser.ParseFile(token.NewFileSet(), m.File, planted, parser.SkipObjectResolution); err != nil {
		return nil, fmt.Errorf("mutant %s is no Go: %w", m.Name, err)
	}
	return []byte(planted), nil
}

// Overlay writes the mistake and the overlay file that puts it in place into dir, and returns the
// overlay's name for `go test -overlay`.
func (m Mutant) Overlay(root, dir string) (string, error) {
	planted, err := m.Plant(root)
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "planted.go")
	if err := os.WriteFile(file, planted, 0o600); err != nil {
		return "", fmt.Errorf("mutant %s: %w", m.Name, err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(root, m.File): file}})
	if err != nil {
		return "", fmt.Errorf("mutant %s: %w", m.Name, err)
	}
	name := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(name, overlay, 0o600); err != nil {
		return "", fmt.Errorf("mutant %s: %w", m.Name, err)
	}
	return name, nil
}
