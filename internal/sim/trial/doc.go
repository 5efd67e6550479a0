// Package trial is the seeded simulator: production's code in a world in which a seed decides what
// happens, what goes wrong, and what comes first.
//
// It owns the world around the platform: people, a bank, a network, and the truth about all of them.
// The platform in it is production's: rooms, effects engine, floor, recognizer, SQL on SQLite in
// memory, the native protocol's driver and the order of events, wired as app wires them. Only time,
// goroutines and the network are not real (package kernel), and the cabinets are those of the demo
// (package cabinet), driven by the same time. internal/app calls [Run]; nobody else does.
//
// A simulation goes in rounds of a thousand visits. Each has a phase in which things go wrong (package
// fault) and one in which everything heals; then every visit has ended, every row agrees with every
// other, and both agree with what people really took and what the bank really collected. It guarantees
// that the same seed on the same commit gives the same history, to the hash.
//
// 中文名：种子仿真。
package trial
