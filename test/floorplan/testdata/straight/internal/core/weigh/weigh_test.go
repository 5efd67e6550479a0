package weigh_test

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestDraw may read a clock.
func TestDraw(t *testing.T) {
	go func() { _ = time.Now() }()
	t.Log(os.Args, cmp.Diff(1, 2))
}
