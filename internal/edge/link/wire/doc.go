// Package wire is the native link protocol, version 1, as bytes: frames, the bodies in them with
// their limits, and the authentication codes of the handshake and of "open". docs/protocol.md is
// its specification, for both sides.
//
// It opens no socket, starts no goroutine and reads no clock; both ends of the protocol use it: the
// gateway, its native driver and the simulated cabinets. It guarantees that no length is trusted
// before it was checked, that nothing a stranger sends makes it panic, and that every rejection is
// a [*MalformedError] with a reason from a bounded set.
//
// 中文名：线路格式。
package wire
