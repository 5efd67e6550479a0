// Package session is the room of 开门会话: what one door opening is doing, whatever its purpose.
//
// It owns the session row, its state machine ([Step], a table of state × event) and the door leases.
// visit drives it inside its transactions and carries out what a step asks for; run tells it what
// doors and clocks say. It guarantees that a session only moves along the table, that a late or
// paused holder of a lease changes nothing, and that every state but Ended has a deadline or waits
// for a person.
//
// 中文名：开门会话。
package session
