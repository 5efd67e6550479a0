// Package walk runs the real program end to end: one purchase through every room.
//
// It owns the proof of what the first walk promises of the whole: the demo's receipt is what was
// taken, a purchase costs so many transactions and statements, a stop is clean and what stood open
// is settled after the restart, and the benchmark measures.
//
// 中文名：端到端走查。
package walk
