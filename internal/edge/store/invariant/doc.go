// Package invariant says, as SQL over the rows of all rooms, what must be true of a database whenever
// a transaction has ended, and finds the rows that break it.
//
// It owns the list of invariants ([Checks]), each under its number (I1 to I27), and two ways to
// use it: [Run] goes through every row of a database that may be in use, for `larder audit`, for the
// verification of a backup and after a crash; [Touched] looks at what stands around a session or a
// cabinet, inside a transaction, for the simulator after each of its steps. It only reads, and it
// knows the tables of all rooms, which nothing but an auditor does.
//
// It guarantees: every check sees whole transactions, so that work under way is no violation; [Run]
// takes pages of bounded size, each in a view of its own, so that a large database holds up nobody;
// [Touched] finds all its rows by an index; one text serves both ways and both databases; what is
// found names invariant, row and figures.
//
// 中文名：核验。
package invariant
