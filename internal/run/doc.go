// Package run is what moves: it owns goroutines and clocks, and calls the rules.
//
// It has two halves. [Engine] is the one to-do list: effects and timers are rows of the transaction
// that caused them, tried at once after the commit by the process that committed, found by
// [Engine.RunDue] when they are late, failed or orphaned. [Floor] is the owner of the cabinets: it
// takes their events in order, watches every open session with a recognizer of its own ([watch]),
// sends commands and publishes live baskets ([Live]). app connects both with the edges.
//
// It guarantees that an effect's result and its being done are one commit; that a firing which was
// overtaken changes nothing; that a restart continues from the rows; and that every goroutine ends
// before Run returns.
//
// 中文名：运行。
package run
