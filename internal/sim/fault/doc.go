// Package fault is the catalog of what a simulation may let go wrong, when it does, and how often it did.
//
// It owns the rows (their numbers are those of the fault catalog, docs/faults.md), the choice of the
// rows that are played, their rates and their counts. Whatever simulates may call it; it imports the
// standard library only. It guarantees that a row counts as fired only when whoever plays it says that
// the thing happened, not when it was planned; and that the same seed plays the same faults.
//
// 中文名：故障目录。
package fault
