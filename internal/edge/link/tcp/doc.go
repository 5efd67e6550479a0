// Package tcp is the gateway for cabinets that hold a TCP connection and speak frames of link/wire
// (docs/protocol.md). It accepts, authenticates, keeps one current connection per cabinet, limits
// what a peer can cost, and carries: messages of the cabinet's driver up to a link.Handler, commands
// down. It decides nothing about doors and knows no message that its drivers do not.
//
// internal/app makes it and runs it; the runner uses its methods Prove, Open, ReadDoor, ReadLanes
// and SessionDurable through a port of its own. The package guarantees that plain TCP never leaves
// the loopback, that a newer authenticated connection silences the older one, that no command is
// dropped without an error to its sender, and that Run returns only when every goroutine has ended.
//
// Goroutines and locks: the accept loop belongs to Run; each connection belongs to the goroutine
// that serves it, which reads, tears down and calls the handler's stream of readings; at most one
// goroutine writes to a connection and at most one commits its events, each only while there is
// something to do. The locks are those of fleet, sender, events, pings and failures; none is held
// while another is taken, nor while anything is called outside this package.
//
// 中文名：TCP 网关。
package tcp
