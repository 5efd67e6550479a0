package api_test

import (
	"testing"

	"go.uber.org/goleak"
)

// R4: whatever was asked, no goroutine stays behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
