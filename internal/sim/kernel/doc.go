// Package kernel is time and concurrency that are not real: a virtual clock, a queue of what happens
// when, and tasks of which exactly one runs at any moment.
//
// It owns the order in which things happen in a simulation. Whatever simulates may call it; of
// Larder it knows the port alone that package run declares for time and goroutines. A [Kernel] steps from one event to the next;
// an event is a function that does not wait, or the turn of a task. A task is a goroutine that runs
// only while it holds the baton, and gives it back where it waits: for a [Signal], for a time, for the
// end of a context. Tasks belong to a [Life], which is what a process is in the real world: it can be
// killed at any point at which it waits, and whenever one of its own tasks says so.
//
// It guarantees that the same seed and the same program give the same history: the queue is ordered
// by time and, within one moment, by chance from the seed, so that different seeds try different
// interleavings; nothing reads a real clock, and no goroutine runs beside another. What a task does
// between two waits nobody interrupts, so real blocking inside it (a database in memory that answers
// on another goroutine) does no harm.
//
// 中文名：仿真内核。
package kernel
