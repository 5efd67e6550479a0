// Package plot draws a session: lanes as small multiples, what their scales read, the levels that they
// came to rest on, the steps in between with their pieces, the time that the door was open, the
// verdict.
//
// It owns [SVG]. Whoever shows a session to a person calls it: the command line, the accuracy page,
// later the console. It imports the standard library, weigh and study, and does no I/O.
//
// It guarantees: the same session gives the same bytes; at most [MaxBytes] of well-formed XML that
// needs nothing from elsewhere, whatever names and numbers the session has; readable on a light and on
// a dark page; what happened is large and what did not is small.
//
// 中文名：会话图。
package plot
