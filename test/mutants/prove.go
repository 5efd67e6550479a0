package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// testTime bounds one package's tests: a mutant may well hang them, which counts as found.
const testTime = 5 * time.Minute

// Finding is what the tests of one package said.
type Finding struct {
	Package string
	Test    string        // the first test that failed, the innermost; "" if none did
	Built   bool          // the package compiled
	Said    string        // the tail of what was printed, where something failed
	Took    time.Duration // of the whole run
}

// Found reports whether a test failed.
func (f Finding) Found() bool { return f.Test != "" }

// event is a line of `go test -json`.
type event struct {
	Action, Package, Test, Output string
}

// test runs the tests of a package, with an overlay if one is named.
func test(ctx context.Context, root, overlay, pkg string) (Finding, error) {
	args := []string{"test", "-json", "-count=1", "-failfast", "-timeout", testTime.String()}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	args = append(args, pkg)
	if draws(root, pkg) {
		args = append(args, "-rapid.nofailfile") // what a mutant breaks is nothing to repeat later
	}
	began := time.Now()
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // packages of our own list
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "LARDER_TEST_DATABASE=sqlite") // a mistake of ours shows on either
	out, err := cmd.StdoutPipe()
	if err != nil {
		return Finding{}, fmt.Errorf("go test %s: %w", pkg, err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return Finding{}, fmt.Errorf("go test %s: %w", pkg, err)
	}
	found, read := listen(out)
	ended := cmd.Wait()
	found.Package, found.Took = pkg, time.Since(began)
	if read != nil {
		return found, fmt.Errorf("go test %s: %w", pkg, read)
	}
	if ended != nil && found.Built && !found.Found() {
		found.Test, found.Said = "(the test binary ended)", found.Said+stderr.String() // a panic, a deadlock, a timeout
	}
	return found, ctx.Err()
}

// draws reports whether a package's tests draw their inputs with rapid, which else keeps those that fail
// in the tree.
func draws(root, pkg string) bool {
	files, err := filepath.Glob(filepath.Join(root, pkg, "*_test.go"))
	return err == nil && slices.ContainsFunc(files, func(name string) bool {
		text, err := os.ReadFile(name) //nolint:gosec // a file of the module
		return err == nil && strings.Contains(string(text), `"pgregory.net/rapid"`)
	})
}

// listen reads what the go command reports until its end.
func listen(out io.Reader) (Finding, error) {
	found := Finding{Built: true}
	var said []string
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue // the go command's own words
		}
		switch {
		case e.Action == "build-fail":
			found.Built = false
		case e.Action == "output" || e.Action == "build-output":
			said = append(said, e.Output)
			said = said[max(0, len(said)-30):]
		case e.Action == "fail" && (found.Test == "" || strings.HasPrefix(e.Test, found.Test+"/")):
			found.Test = e.Test
		}
	}
	if !found.Built || found.Found() {
		found.Said = strings.Join(said, "")
	}
	if err := lines.Err(); err != nil {
		return found, err
	}
	return found, nil
}
