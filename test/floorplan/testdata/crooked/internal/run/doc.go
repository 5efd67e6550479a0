// Package run owns goroutines, and reaches for an edge and for a clock.
package run

import (
	"sync"
	"time"

	"larder/internal/edge/store"
)

var _ = store.Name

// Hurry starts what nobody schedules.
func Hurry() {
	var all sync.WaitGroup
	go func() { <-time.After(time.Second) }()
	all.Wait()
}
