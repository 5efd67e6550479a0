// Package run owns goroutines, and reaches for an edge.
package run

import "larder/internal/edge/store"

var _ = store.Name
