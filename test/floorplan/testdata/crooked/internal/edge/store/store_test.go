package store_test

import "larder/internal/edge/link"

var _ = link.X
