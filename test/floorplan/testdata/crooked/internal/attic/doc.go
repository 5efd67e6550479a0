// Package attic owns things that have no place in the plan.
package attic
