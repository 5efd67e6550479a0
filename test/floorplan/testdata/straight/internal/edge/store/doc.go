// Package store owns the tables.
package store

// Name is its name.
const Name = "store"
