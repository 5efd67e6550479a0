// Package larder owns the words. 中文名：词典。
package larder

// Fen is money.
type Fen int64

// Gram is a mass.
type Gram float64
