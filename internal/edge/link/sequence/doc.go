// Package sequence decides in which order a cabinet's durable events pass, and which one is missing.
//
// It owns the order of one connection of one cabinet ([Order]). Gateways use it, whatever carries
// their bytes; the simulator uses it so that its gateway decides nothing by itself. It imports nothing,
// and guarantees that events pass in the order of (boot, seq), each once, without a gap within a boot.
//
// 中文名：事件顺序。
package sequence
