// Package stand is what the end-to-end tests stand on: the real program, built once, and one
// installation of it with a cabinet, shoppers and a payment provider around.
//
// It owns the build ([Main]), the set-up and end of an installation ([Stand]) and the databases to try it
// on ([EachDatabase]). Packages below test
// call it. It guarantees that every process that it starts has ended when the test has.
//
// 中文名：端到端试验台。
package stand
