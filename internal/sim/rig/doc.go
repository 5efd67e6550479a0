// Package rig is a test bench: everything around a platform that runs in a process of its own, as it
// runs in production.
//
// It owns the simulated fleet ([Fleet], [Rig]), the payment provider's sandbox with ears for what
// passes by ([Provider]), the folder with settings and secrets of an installation ([Site]), the
// platform's process ([Platform]: started, waited for, stopped, killed), and one purchase from the
// scan to the money, judged against what really left the cabinet ([Rig.Buy], [Result.Check]). The
// benchmark and the crash tests call it; registering the fleet is theirs, because that is done by
// the platform's own rooms.
//
// It guarantees that it reaches the platform only as everybody does: cabinets over TCP, shoppers
// and the provider's callbacks over HTTP, all on loopback; that it ends only processes that it has
// started; and that whatever it waits for has a deadline, the caller's.
//
// 中文名：试验台。
package rig
