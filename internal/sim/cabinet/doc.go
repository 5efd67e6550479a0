// Package cabinet is a machine that is not real but behaves as one: it speaks the native protocol
// of docs/protocol.md over a real connection, as firmware must, and has a body of package physics.
//
// It owns the firmware's side of the protocol: the handshake and its back-off, the log of durable
// events by (boot, seq), the session readings kept until the platform has committed them, the
// challenges, the lock, the door's sensor. Whoever simulates may call it: the demo, the benchmark,
// crash and fault tests. It imports the dictionary, package physics and the protocol's wire format,
// and nothing else of Larder: a cabinet knows no platform.
//
// [Cabinet.Run] drives the machine; the methods named after what a person does (OpenDoor, Take,
// CloseDoor), after what befalls a machine (Reboot, PowerOff, Cut) and [Cabinet.State] may be
// called from any goroutine. [Cabinet.Watch] tells what happens, in order, so that nobody has to
// sleep. It uses package time, so that it runs in real time and in a synctest bubble alike.
//
// It guarantees what I6 asks: the lock moves only under a live, unexpired authorization that was
// not used before, asserted a second time at the lock itself and counted in [Tally.Violations].
//
// 中文名：仿真货柜。
package cabinet
