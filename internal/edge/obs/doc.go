// Package obs is the edge through which people and machines watch the platform: logs, metrics,
// health.
//
// It owns the shape of log lines ([NewLogger]), the registry that every metric of the process goes
// to with what is known about the binary ([NewRegistry], [Build]), and the health pages ([Health]).
// Only app calls it; the rooms take a logger, a registerer or a small observer port and do not know
// it.
//
// It guarantees: an attribute whose key names a secret is logged as "***" even if its type forgot to
// hide it (invariant I27); a health page answers within its time limit whatever it asks, shows a word
// a check and never an error's text, which goes to the log.
//
// 中文名：可观测性。
package obs
