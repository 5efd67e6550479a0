// Command mutants shows that the tests can say no: it plants one known mistake at a time and looks
// which test finds it.
//
// A mutant is a piece of a source file and the mistake that stands in its place. Nothing is written
// into the tree: the go command is given the changed file as an overlay. A mutant that no test finds
// is a hole in the tests, and the command ends with status 1.
//
//	go run ./test/mutants            all of them
//	go run ./test/mutants -only I2   those whose name or reason matches
//
// It belongs to nobody's house and imports nothing of it.
//
// 中文名：变异体。
package main
