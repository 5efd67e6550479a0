// Package audit checks the invariants of a database while the platform may be using it.
//
// It owns the list of invariants as SQL ([Checks]) and the run over them ([Run]). The command
// `larder audit`, the demo and the tests of the whole program call it. It only reads, and it knows
// the tables of all rooms, which nothing but an auditor does.
//
// It guarantees: every check looks at whole transactions, so that work under way is no violation;
// it goes through a table in pages of bounded size, each in a view of its own, so that a large
// database holds up nobody; what it reports names the invariant, the row and the figures.
//
// 中文名：核验。
package audit
