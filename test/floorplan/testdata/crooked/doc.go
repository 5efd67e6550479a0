// Package larder owns the words, and forgets its Chinese name.
package larder

import "larder/internal/core/weigh"

// Fen is money.
type Fen int64

// Heavy makes the dictionary depend on a room.
const Heavy = weigh.Heavy
