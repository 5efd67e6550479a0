package stand

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// buildTime is for the compiler on a cold cache.
const buildTime = 5 * time.Minute

// Program is the path of the binary under test; [Main] sets it.
var Program string

// Main is what TestMain calls: it builds the program, runs the tests and returns the exit status. The
// program is built without the race detector, as it is shipped.
func Main(m *testing.M) int {
	dir, err := os.MkdirTemp("", "larder-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // what cannot be removed is in the way of nobody
	Program = filepath.Join(dir, "larder")
	ctx, cancel := context.WithTimeout(context.Background(), buildTime)
	defer cancel()
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", Program, "larder/cmd/larder") //nolint:gosec // our own program
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}
