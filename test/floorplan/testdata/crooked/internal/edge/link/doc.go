// Package link owns frames, and imports another edge.
package link

import (
	"github.com/danielgtaylor/huma/v2"
	"github.com/somebody/something"

	"larder/internal/edge/store"
)

var _, _, _ = huma.Version, something.X, store.Name
