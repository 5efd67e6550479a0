// Package history is the log of a simulation: what happened, when, in which order, as one number.
//
// It owns the lines, their hash and the window of the latest of them that explains a failure. Whatever
// simulates may call it; it imports the standard library only. It guarantees that two runs have the
// same hash exactly if everything that was written down happened at the same virtual time in the same
// order; so nothing is written down that depends on an address, a real clock or the order of a map.
//
// 中文名：仿真记录。
package history
