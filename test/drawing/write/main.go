// Command write writes docs/session.md and docs/session.svg from the session's table. It runs
// anywhere below the module's root.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"larder/test/drawing"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "write:", err)
		os.Exit(1)
	}
}

func run() error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	page, err := drawing.Page(os.DirFS(root))
	if err != nil {
		return err
	}
	image, err := drawing.Image(os.DirFS(root))
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(root, filepath.FromSlash(drawing.PageFile)), page, 0o600),
		os.WriteFile(filepath.Join(root, filepath.FromSlash(drawing.ImageFile)), image, 0o600))
}

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
			return "", errors.New("no go.mod above this folder")
		}
		dir = up
	}
}
