package stock_test

import (
	"os"
	"testing"

	"larder/internal/edge/store/storetest"
)

// The room's tests run on both databases.
func TestMain(m *testing.M) { os.Exit(storetest.Both(m).Run()) }
