package tcp_test

import (
	"testing"

	"larder/internal/edge/store"
)

// TestListen may stand on the real store.
func TestListen(t *testing.T) { t.Log(store.Name) }
