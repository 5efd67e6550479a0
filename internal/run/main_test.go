package run_test

import (
	"os"
	"testing"

	"larder/internal/edge/store/storetest"
)

// What moves is tested on both databases.
func TestMain(m *testing.M) { os.Exit(storetest.Both(m).Run()) }
