// Package physics is a cabinet's body that is not real: shelves of scales with goods on them, a
// door, and hands that reach in.
//
// It owns the fault models F1 and F2 (docs/weighing.md section 2): what scales, hands, goods and the door cause
// ([Cabinet]) and, apart from it, what a network does to frames ([Transport]). Whatever simulates
// may call it: the simulated cabinet, the session generator, the fleet simulator, the demo. It
// imports the standard library and the dictionary only, and it must never share a model of the
// world with the recognizer in core/weigh, which is judged by it.
//
// It guarantees that the same seed and the same calls give the same readings; that the truth
// ([Cabinet.Taken]) does not depend on when or how often the scales are read; that nothing is
// computed between readings, because every disturbance has a closed form; and that it reads no
// clock: a [Moment] comes in with every call, so that virtual and real time are alike. A [Cabinet]
// is not safe for concurrent use; its owner is.
//
// 中文名：物理仿真。
package physics
