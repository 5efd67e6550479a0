package api_test

import (
	"testing"

	"go.uber.org/goleak"

	"larder/internal/edge/store/storetest"
)

// R4: whatever was asked, no goroutine stays behind, on either database.
func TestMain(m *testing.M) { goleak.VerifyTestMain(storetest.Both(m)) }
